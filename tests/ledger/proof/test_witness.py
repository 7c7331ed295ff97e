"""Hashes printed on papers, held against the ledger: which agree, and from where on it differs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.settings import home
from etl.__main__ import etl
from ledger.events import Entry, Ledger
from ledger.guard.chain import words
from ledger.proof.witness import Witness, compare, head_words, witnesses_in
from tests.ledger.records import by_force

AT = datetime(2026, 11, 16, 9)
A, B, C = "a" * 64, "b" * 64, "sm3:" + "c" * 64
UNREAD = Entry("refusal", "张三", "报送.xlsx", {"content_hash": "", "reason": "无法读取"})


def filled(ledger: Ledger, number: int) -> None:
    for place in range(number):
        ledger.append(AT, [Entry("refusal", "张三", f"{place}.xlsx", {"content_hash": "", "reason": "无法读取"})])


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (f"{A}\n{C}\n{A}\n", [Witness(None, A), Witness(None, C)]),
        (f"回执 {words(7, A)}；文件校验码（SHA-256）：{B}", [Witness(7, A), Witness(None, B)]),
        (f"台账校验码（截至第 12 号事件）：\n{C}", [Witness(12, C)]),
        (f"{A}0 {A[:63]} x{A}", []),
        ("", []),
    ],
)
def test_hashes_are_found_in_a_list_and_in_a_text(text: str, printed: list[Witness]):
    assert witnesses_in(text) == printed


def test_what_agrees_is_counted_and_what_differs_is_named_with_where_it_begins(tmp_path: Path):
    ledger = Ledger(tmp_path / "ledger.db")
    filled(ledger, 4)
    events = ledger.events()
    sound = [Witness(1, events[0].hash), Witness(None, events[1].hash)]
    assert compare(sound, events).lines == ["印出的校验码与台账相符的2个，最后一个是第2号事件"]
    differing = compare([*sound, Witness(4, A), Witness(None, B)], events)
    assert differing.lines == [
        "印出的校验码与台账相符的2个，最后一个是第2号事件",
        "错误：印出的第4号事件的校验码aaaaaaaaaaaa…与台账不符",
        "错误：印出的不知编号的事件的校验码bbbbbbbbbbbb…与台账不符",
        "错误：台账自第2号事件之后、至迟自第4号事件起，与印出时不同，请与备份核对",
    ]
    moved = compare([Witness(2, events[0].hash)], events)
    assert (moved.agreed, moved.differing) == (0, (Witness(2, events[0].hash),))


def test_the_hash_of_a_file_is_no_events(tmp_path: Path):
    ledger = Ledger(tmp_path / "ledger.db")
    (event,) = ledger.append(AT, [Entry("refusal", "张三", "x", {"content_hash": B, "reason": "无法读取"})])
    comparison = compare([Witness(1, event.hash), Witness(None, B)], ledger.events())
    assert comparison.lines[1:] == ["注意：另有1个校验码是文件的，不是台账的"]


def test_what_is_printed_is_the_head_whole(tmp_path: Path):
    ledger = Ledger(tmp_path / "ledger.db")
    assert witnesses_in(head_words(ledger)) == [Witness(0, "0" * 64)]
    filled(ledger, 2)
    assert head_words(ledger) == f"台账校验码（截至第2号事件）：{ledger.head()[1]}"
    ledger.change_hash_function(AT, "sm3", "张三")
    assert witnesses_in(head_words(ledger)) == [Witness(3, ledger.head()[1])]


def test_the_command_finds_a_history_rewritten_with_right_hashes(tmp_path: Path, each_database: str):
    """Whoever may write to the file can chain anew all that follows, and the chain alone shows nothing."""
    ledger = Ledger(home().ledger)
    filled(ledger, 3)
    papers = tmp_path / "papers.txt"
    papers.write_text("\n".join(words(event.seq, event.hash) for event in ledger.events()), encoding="utf-8")
    done = CliRunner().invoke(etl, ["verify", "--against", str(papers)])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "印出的校验码与台账相符的3个，最后一个是第3号事件")
    by_force(ledger.place, "DELETE FROM event WHERE seq >= 2")
    Ledger(home().ledger).append(AT, [UNREAD, UNREAD])
    assert CliRunner().invoke(etl, ["verify"]).exit_code == 0
    done = CliRunner().invoke(etl, ["verify", "--against", str(papers)])
    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == "错误：台账自第1号事件之后、至迟自第2号事件起，与印出时不同，请与备份核对"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", "没有".encode()])
def test_a_file_without_a_hash_is_one_clear_line(tmp_path: Path, content: bytes):
    papers = tmp_path / "papers.txt"
    papers.write_bytes(content)
    done = CliRunner().invoke(etl, ["verify", "--against", str(papers)])
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert done.output.startswith("错误：papers.txt")


def test_the_command_goes_over_to_another_function_once(each_database: str):
    filled(Ledger(home().ledger), 2)
    done = CliRunner().invoke(etl, ["rehash", "sm3", "--by", "张三"])
    assert (done.exit_code, "自第3号事件起，台账以SM3" in done.output) == (0, True)
    assert Ledger(home().ledger).head()[1].startswith("sm3:")
    assert CliRunner().invoke(etl, ["verify"]).exit_code == 0
    again = CliRunner().invoke(etl, ["rehash", "sm3", "--by", "张三"])
    assert (again.exit_code, "没有变化" in again.output) == (2, True)
