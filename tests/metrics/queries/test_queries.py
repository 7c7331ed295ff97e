"""What the reading door answers on a small data version, worked out by hand."""

from __future__ import annotations

from datetime import date

from metrics.queries.figures.comparison import standings
from metrics.queries.figures.loans import composition
from metrics.queries.figures.progress import progress
from metrics.queries.figures.values import headlines, periods, values
from metrics.queries.filing.board import filing
from metrics.queries.members.roster import roster
from tests.published import ANALYST, HAIDIAN, INSTITUTION, PERIOD


def test_filing_says_who_filed_what(version):
    frame = filing(ANALYST, version, periods=(PERIOD,)).set_index("submitter")
    assert frame["verdict"].to_dict() == {
        "B001": "accepted", "B002": "accepted", "B003": "questions", "B004": "missing",
        "110102": "accepted", HAIDIAN: "accepted",
    }  # fmt: skip
    assert frame.loc["B003", ["version", "versions", "returned"]].tolist() == [2, 2, 1]
    assert frame.loc["B002", "on_time"] == False  # noqa: E712  (a nullable flag)
    assert frame.loc["B004", ["submission_id", "on_time"]].isna().all()


def test_filing_of_one_period_holds_no_other(version):
    assert set(filing(ANALYST, version, periods=("2025-01",))["period"]) == {"2025-01"}


def test_members_as_of_a_day(version):
    assert len(roster(ANALYST, version, date(2025, 3, 1))) == 6
    assert roster(ANALYST, version, date(2023, 12, 31)).empty
    assert roster(INSTITUTION, version, date(2025, 3, 1))["code"].tolist() == ["B001"]


def test_a_headline_holds_what_was_before(version):
    (balance, cumulative, nothing) = headlines(ANALYST, version, PERIOD, ("G01", "G04", "G12"), "bank", "B001")
    assert (balance.value, balance.last_month, balance.last_year) == (330, 80, None)
    assert balance.trend == (("2025-01", 80.0), (PERIOD, 330.0))
    assert cumulative.cumulative and not balance.cumulative
    assert nothing.value is None and nothing.trend == ()


def test_values_over_a_span(version):
    frame = values(ANALYST, version, PERIOD, ("G01",), ("bank",), ("B001",), since="2025-01")
    assert frame["value"].tolist() == [80, 330]


def test_standings_hold_a_row_a_member(version):
    frame = standings(ANALYST, version, PERIOD, "bank", ("G01", "G09")).set_index("code")
    assert frame.index.tolist() == ["B003", "B002", "B001", "B004"]
    assert frame.loc["B001", "course"] == [80, 330]
    assert frame.loc["B004", ["G01", "score"]].isna().all()


def test_composition_adds_up_to_the_balance(version):
    parts = composition(ANALYST, version, PERIOD, "city", "BJ")
    assert parts.groupby("trait")["balance"].sum().unique().tolist() == [1150]
    assert parts.groupby("trait")["share"].sum().round(9).unique().tolist() == [100]


def test_progress_stands_beside_its_reference(version):
    tasks = {task.task.indicator: task for task in progress(ANALYST, version, PERIOD, "city", "BJ")}
    assert tasks["S10"].reference == 12  # the share of a year's lending by the end of February
    assert tasks["V01"].reference == 80  # the scorecard's full mark
    assert tasks["M01"].figure.value is not None and tasks["M01"].mark == 1
    assert tasks["M01"].reference == 100  # the target
    assert tasks["P02"].reference is None and tasks["P02"].mark is None


def test_periods_come_latest_first(version):
    assert periods(ANALYST, version)[:2] == [PERIOD, "2025-01"]
