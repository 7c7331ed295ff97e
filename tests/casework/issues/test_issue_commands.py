"""`casework issue …` and `briefing verify`: the whole way of an issue by commands, with words and exit codes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from docx import Document as WordFile

from ledger.archive import digest
from tests.casework.issues.desk_world import PERIOD, Desk
from tests.processes import run_here

NOW = "2026-03-20T09:00:00"


def said(desk: Desk, *words: str | Path, code: int = 0, program: str = "casework") -> str:
    """What a command prints, once it has ended as it should."""
    given = words if program == "briefing" else ("issue", *words)
    done = run_here(program, *map(str, given), home=desk.home.root, PILOT_NOW=NOW)
    assert done.returncode == code, done.stderr
    return done.stdout if code < 2 else done.stderr


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_whole_way_by_commands(desk: Desk, tmp_path: Path):
    opened = said(desk, "open", PERIOD, "--by", "甲")
    number = opened.removeprefix("第").partition("号")[0]
    assert opened.startswith(f"第{number}号月报：{PERIOD}市级月报，起草中，数据版本第1版")
    seen = {row["paragraph"]: row for row in rows(said(desk, "show", number))}
    words = seen["overall.figures"]["words"]
    assert "【1.50亿元】" in words and seen["overall.figures"]["edited"] == ""
    edit = ("edit", number, "overall.figures", "--by", "甲", "--replaces")
    said(desk, *edit, words, "--words", "余额【1.50亿元】，另有3亿元。")
    assert "已由甲于" in said(desk, *edit, words, "--words", "别的。", code=2)
    desk.show(2)
    every = {row["paragraph"]: row for row in rows(said(desk, "show", number, code=1))}
    assert (
        "质押贷款余额，本期：1.50→1.60" in every["表1　主要指标"]["stale"]
        and every["余额与增速"]["stale"] == "图有变化"
    )
    shown = every["overall.figures"]
    assert (shown["edited"], shown["written"], shown["stale"]) == ("是", "3亿元", "质押贷款余额：1.50亿元→1.60亿元")
    said(desk, "version", number, "--by", "甲")
    said(desk, "remark", number, "--text", "备注。", "--by", "甲")
    said(desk, "charts", number, "--without", "余额与增速", "--by", "甲")
    said(desk, "submit", number, "--by", "甲")
    assert [row["state"] for row in rows(said(desk, "list", code=1))] == ["submitted"]
    said(desk, "return", number, "--reason", "再核", "--by", "乙")
    said(desk, "submit", number, "--by", "甲")
    assert "须由另一人发布" in said(desk, "release", number, "--by", "甲", code=2)
    released = said(desk, "release", number, "--by", "乙")
    assert "已发布，2026年第1期，数据版本第2版" in released
    folder = tmp_path / "out"
    for line in said(desk, "files", number, "--out", folder).splitlines():
        assert digest(Path(line).read_bytes()) in released
    assert "已分送1次，最近送办公室" in said(desk, "send", number, "--to", "办公室", "--means", "mail", "--by", "甲")

    (letter,) = said(desk, "letter", number, "--to", "某局", "--out", folder).splitlines()
    assert "某局" in "".join(paragraph.text for paragraph in WordFile(letter).paragraphs)
    assert "须写明送给谁" in said(desk, "letter", number, "--to", " ", "--out", folder, code=2)

    correction = said(desk, "correct", number, "--by", "丙").removeprefix("第").partition("号")[0]
    said(desk, "remark", correction, "--replaces", "备注。", "--text", "更正备注。", "--by", "丙")
    said(desk, "submit", correction, "--by", "丙")
    said(desk, "release", correction, "--by", "乙")
    assert rows(said(desk, "difference", correction)) == [
        {"where": "正文", "before": "备注：备注。", "after": "备注：更正备注。"}
    ]
    listed = {row["id"]: row for row in rows(said(desk, "list", "--period", PERIOD))}
    assert (listed[number]["corrected_by"], listed[correction]["corrects"]) == (correction, number)
    acts = [row["act"] for row in rows(said(desk, "turns", number))]
    assert acts == ["起草", "改写", "换版", "备注", "选图", "送审", "退回", "送审", "发布", "分送"]
    assert listed[correction]["issue"] == "2026年第1期（更正）"
    again = said(desk, "correct", correction, "--by", "丙").removeprefix("第").partition("号")[0]
    assert "已撤稿" in said(desk, "withdraw", again, "--reason", "无须再更正", "--by", "甲")
    assert "已由甲撤稿（无须再更正）" in said(desk, "submit", again, "--by", "丙", code=2)
    verified = said(desk, "verify", program="briefing").splitlines()
    assert [line.partition("　")[0] for line in verified] == ["一致", "一致"]


def test_a_wrong_call_is_one_clear_line(desk: Desk):
    for words in (
        ("show", "999"),
        ("open", "2019-01", "--by", "甲"),
        ("difference", "999"),
        ("files", "1", "--out", "x"),
    ):
        assert len(said(desk, *words, code=2).strip().splitlines()) == 1


def test_without_a_released_issue_there_is_nothing_to_verify(desk: Desk):
    assert said(desk, "verify", program="briefing") == ""
