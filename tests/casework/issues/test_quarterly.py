"""The quarterly report as an issue: it holds the tie-out on record with its reasons, as it was at its release."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefing.issue.content import Document, tables
from briefing.issued.making import drafted
from briefing.issued.verifying import verify
from casework.issues import drafts, passing
from casework.month.tie_out import record_tie_out
from contract.errors import CallError
from ledger.issues import Issue
from tests.casework.issues.desk_world import ANALYST, SUPERVISOR, Desk, built
from tests.casework.pilots import Pilot

QUARTER = "2026-03"
# B001 has 10,000 of us and 10,500 of its own; B002 agrees.
FILED = ("S70.csv", b"bank,column,value\nB001,D,10500\nB002,D,5000\n")


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    return {1: built(tmp_path_factory.mktemp("quarter"), 1, 5000, period=QUARTER, now="2026-04-20T09:00:00")}


@pytest.fixture
def desk(pilot: Pilot, quarter: dict[int, Path]) -> Desk:
    desk = Desk(pilot, quarter)
    pilot.at("2026-04-22")
    return desk


def rows(document: Document) -> list[tuple]:
    """What the table of differences says of each cell: figures plain, words as they are."""
    (table,) = [table for table in tables(document.sections) if table.key == "S70差异"]
    return [tuple(getattr(cell, "value", cell) for cell in row) for row in table.rows]


def opened(desk: Desk) -> Issue:
    return drafts.open_issue(desk.home, QUARTER, ANALYST, "quarterly")


def apart(desk: Desk, reason: str) -> None:
    """Puts the tie-out on record, every cell that is apart with a reason."""
    every = {(bank, column): reason for bank in ("B001", "B002") for column in "ABCDEFGH"}
    record_tie_out(desk.home, QUARTER, FILED, every, ANALYST)


def test_the_report_names_what_is_apart_and_why(desk: Desk):
    issue = opened(desk)
    assert [table.key for table in tables(drafted(desk.home, issue).sections) if table.key == "S70差异"] == []
    apart(desk, "口径不同")
    said = {row[1]: row for row in rows(drafted(desk.home, issue)) if row[0].endswith("B001")}
    assert said["D贷款余额"][2:] == (10500, 10000, -500, "不一致", "口径不同")


def test_a_later_tie_out_is_not_the_released_issues(desk: Desk):
    apart(desk, "口径不同")
    issue = passing.submit(desk.home, opened(desk).id, ANALYST)
    apart(desk, "重新核对后的原因")
    with pytest.raises(CallError, match="内容与送审时不同，没有发布"):
        passing.release(desk.home, issue.id, SUPERVISOR)
    passing.give_back(desk.home, issue.id, "对数已更新", SUPERVISOR)
    passing.submit(desk.home, issue.id, ANALYST)
    out = passing.release(desk.home, issue.id, SUPERVISOR)
    apart(desk, "发布之后的原因")
    assert {row[-1] for row in rows(drafted(desk.home, out))} == {"重新核对后的原因"}
    assert [verified.same for verified in verify(desk.home)] == [True]


def test_a_month_that_ends_no_quarter_has_no_such_issue(desk: Desk):
    with pytest.raises(CallError, match="报总局专报按季编报，2026年1月不是季末月份"):
        drafts.open_issue(desk.home, "2026-01", ANALYST, "quarterly")
