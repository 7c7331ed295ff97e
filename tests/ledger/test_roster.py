"""The list of members: admitted from a roster, in a state on any day."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from contract.errors import CallError
from etl.receiving.receive import find
from ledger.events import Entry, Ledger
from ledger.roster import ROSTER_COLUMNS, admissions, members, read_roster
from tests.etl.conftest import roster

HEADER = ",".join(ROSTER_COLUMNS)
AT = datetime(2026, 7, 1)


def written(path: Path, *rows: str, encoding: str = "utf-8-sig") -> Path:
    path.write_text("\n".join([HEADER, *rows, ""]), encoding=encoding)
    return path


def test_a_roster_is_read(tmp_path: Path):
    path = written(
        tmp_path / "roster.csv", "b001 ,演示银行,bank,city,1500,2026-07-06", "110108,海淀区,district,core,,2026-07-06"
    )
    assert [(row["code"], row["ceiling"]) for row in read_roster(path)] == [("B001", "1500"), ("110108", "")]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("B001,演示银行,firm,city,,2026-07-06", "kind"),
        ("B001,演示银行,bank,core,,2026-07-06", "peer_group"),
        ("110100,某区,district,core,,2026-07-06", "17个地区"),
        ("000000,京外,district,core,,2026-07-06", "17个地区"),
        ("B001,,bank,city,,2026-07-06", "名称"),
        ("B001,演示银行,bank,city,,2026/7/6", "admitted_on"),
        ("B001,演示银行,bank,city,-1,2026-07-06", "ceiling"),
        ("B001,演示银行,bank,city,Infinity,2026-07-06", "ceiling"),
        ("B001,演示银行,bank,city,many,2026-07-06", "ceiling"),
        ("B001,演示银行,bank,city", "admitted_on"),
        ("B002,演示银行,bank,city,,2026-07-06\nb002,演示银行,bank,city,,2026-07-06", "重复"),
    ],
)
def test_a_bad_row_is_one_clear_line(tmp_path: Path, row: str, words: str):
    with pytest.raises(CallError, match=words):
        read_roster(written(tmp_path / "roster.csv", row))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding_is_one_clear_line(tmp_path: Path, encoding: str):
    path = written(tmp_path / "roster.csv", "B001,演示银行,bank,city,,2026-07-06", encoding=encoding)
    with pytest.raises(CallError, match="UTF-8"):
        read_roster(path)


def test_who_is_on_the_list_already_is_not_admitted_again(tmp_path: Path):
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.append(AT, admissions(roster("B001"), [], "测试"))
    entries = admissions(roster("B001", "B002"), ledger.events("decision"), "测试")
    assert [entry.subject for entry in entries] == ["B002"]


def test_a_roster_admits_nobody_once_two_persons_have_decided(tmp_path: Path):
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.append(AT, admissions(roster("B001"), [], "测试"))
    facts = {"kind": "watch", "effective_on": "2026-08-01", "proposal": 2, "proposer": "甲", "approver": "乙"}
    ledger.append(AT, [Entry("decision", "乙", "B001", facts)])
    with pytest.raises(CallError, match="B002不能再作为首批登记.*propose admit"):
        admissions(roster("B001", "B002"), ledger.events("decision"), "测试")
    assert admissions(roster("B001"), ledger.events("decision"), "测试") == []


def test_a_member_is_expected_in_every_period_that_it_is_on_the_list_for_a_day(tmp_path: Path):
    ledger = Ledger(tmp_path / "ledger.db")
    decisions = [("watch", "2026-08-01"), ("exit", "2026-09-10"), ("readmit", "2027-09-30")]
    ledger.append(AT, admissions(roster("B001", admitted_on="2026-07-31"), [], "测试"))
    for kind, effective in decisions:
        ledger.append(AT, [Entry("decision", "测试", "B001", {"kind": kind, "effective_on": effective})])
    member = members(ledger.events("decision"))["B001"]
    periods = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2027-08", "2027-09", "2027-10")
    assert [member.expected_in(period) for period in periods] == [False, True, True, True, False, False, True, True]
    assert member.admission_period == "2026-07"
    states = {day: member.state_at(day) for day in (date(2026, 7, 30), date(2026, 9, 9), date(2026, 9, 10))}
    assert [state and state.value for state in states.values()] == [None, "watch", "exited"]


def test_submissions_of_a_tree_come_in_the_order_of_their_paths(tmp_path: Path):
    for name in ("b/2026-09_B002.xlsx", "a/2026-09_B001/cover.csv", "a/2026-09_B001.zip", "a/~$2026-09_B001.xlsx"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    for name in ("roster.csv", "deliveries.csv", ".hidden"):
        (tmp_path / name).write_bytes(b"x")
    paths = [path.relative_to(tmp_path).as_posix() for path in find(tmp_path)]
    assert paths == ["a/2026-09_B001", "a/2026-09_B001.zip", "b/2026-09_B002.xlsx"]
    with pytest.raises(CallError, match="找不到"):
        list(find(tmp_path / "missing"))


def test_a_district_without_a_group_has_its_usual_one(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(
        "code,name,kind,peer_group,ceiling,admitted_on\n110108,海淀区,district,,,2025-01-01\n", encoding="utf-8"
    )
    assert [row["peer_group"] for row in read_roster(path)] == ["core"]
