"""What the pages of supervision are told of filings, scores and triggers, on the small data version."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from contract.errors import AccessDenied
from metrics.queries.evaluation.scorecard import movements, previous_round, ranking, scorecard, spread
from metrics.queries.filing.board import filing_counts, filing_of, filing_of_year, periods_to_file
from metrics.queries.filing.quality import quality_by_member, quality_by_period
from metrics.queries.members.roster import roster, roster_changes, roster_span
from metrics.queries.members.trigger_cases import cases, rules_in_force, trigger_history
from pages.supervision.evaluation.scorecard import basis
from tests.published import ANALYST, DISTRICT, HAIDIAN, INSTITUTION, PERIOD


def test_every_expected_member_is_in_force_returned_missing_or_due(version):
    counts = filing_counts(ANALYST, version, PERIOD, "bank")
    assert counts.in_force + counts.returned + counts.missing + counts.due == counts.expected == 4
    assert (counts.filed, counts.questions, counts.missing, counts.late) == (3, 1, 1, 1)


def test_the_board_says_of_each_member_how_it_stands(version):
    board = filing_of_year(ANALYST, version, PERIOD[:4]).query("period == @PERIOD").set_index("submitter")
    assert board["verdict"].to_dict() == {
        "B001": "accepted", "B002": "accepted", "B003": "questions", "B004": "missing",
        HAIDIAN: "accepted", "110102": "accepted",
    }  # fmt: skip
    assert board["late"].to_dict()["B002"] and not board["late"].to_dict()["B001"]


def test_a_member_sees_its_own_filing_alone(version):
    assert set(filing_of_year(INSTITUTION, version, PERIOD[:4])["submitter"]) == {"B001"}
    assert filing_counts(INSTITUTION, version, PERIOD).expected == 1
    with pytest.raises(AccessDenied):
        filing_of(INSTITUTION, version, "B002", PERIOD)


def test_first_pass_counts_first_versions(version):
    """Of B001, B002, B003 and two districts, B003's first version was returned: 4 of 5."""
    (month,) = quality_by_period(ANALYST, version, PERIOD, PERIOD).to_dict("records")
    assert (month["expected"], month["filed"], month["passed_first"], month["first_pass_pct"]) == (6, 5, 4, 80.0)
    assert month["attempts"] == month["until_accepted"] == 6 / 5  # B003's second version was taken, the others' first
    members = quality_by_member(ANALYST, version, PERIOD, PERIOD)
    assert members.iloc[0]["submitter"] == "B003"


def test_the_list_differs_from_the_day_before_the_first_admission(version):
    first, last = roster_span(ANALYST, version)
    assert len(roster(ANALYST, version, last)) == 6
    changes = roster_changes(ANALYST, version, date(first.year - 1, 1, 1), last)
    assert set(changes["state_after"]) == {"active"} and changes["state_before"].isna().all()
    assert roster_changes(ANALYST, version, last, last).empty
    assert roster(DISTRICT, version, last)["code"].tolist() == [HAIDIAN]


@pytest.mark.parametrize(
    ("period", "before"),
    [("2026-10", "2026-09"), ("2026-09", "2026-06"), ("2026-12", "2026-09"), ("2026-01", "2025-12")],
)
def test_the_round_before(period, before):
    assert previous_round(period) == before


def test_a_scorecard_adds_up_to_the_total(version):
    ranked = ranking(ANALYST, version, PERIOD, "bank").set_index("subject")
    items = scorecard(ANALYST, version, PERIOD, "B001")
    row = ranked.loc["B001"]
    assert float(items["points"].sum()) + float(row["bonus"]) - float(row["deduction"]) == pytest.approx(
        row["total"], abs=0.01
    )
    assert float(items["effective_weight"].sum()) == pytest.approx(100, abs=0.001)
    assert movements(ANALYST, version, PERIOD, "B001").empty
    assert basis(items) == "零分值、满分值、权重、最低样本均为演示参数，可由监管局调整。"


def test_a_scorecard_names_the_document_that_set_it():
    items = pd.DataFrame({"document_no": ["试5号"] * 2, "effective_from": [pd.Timestamp("2026-07-01")] * 2})
    assert basis(items) == "零分值、满分值、权重、最低样本按试5号，自2026-07-01起。"


def test_unscored_members_stand_last_with_their_reason(version):
    ranked = ranking(ANALYST, version, PERIOD, "bank")
    assert ranked.iloc[-1]["subject"] == "B004" and ranked.iloc[-1]["unscored_reason"] == "未报送"
    totals = spread(ANALYST, version, PERIOD, "bank")
    assert (totals.scored, totals.unscored) == (3, 1)


def test_scores_are_closed_to_members_until_a_round_is_disclosed(version):
    for viewer, kind in ((INSTITUTION, "bank"), (DISTRICT, "district")):
        assert ranking(viewer, version, PERIOD, kind).empty


def test_a_group_of_few_has_no_rank_of_its_own(version):
    assert ranking(ANALYST, version, PERIOD, "bank")["group_rank"].isna().all()


def test_cases_carry_the_rule_in_words(version):
    for case in cases(ANALYST, version, PERIOD):
        assert case.text and "{" not in case.text
        assert case.periods[-1]["period"] <= PERIOD
    assert all("{" not in text for _, text in rules_in_force(ANALYST, version, PERIOD))


def test_history_ends_at_the_period_asked_for(version):
    history = trigger_history(ANALYST, version, PERIOD)
    assert (history["last"] <= PERIOD).all()
    assert set(history.loc[~history["ended"], "id"]) == {case.id for case in cases(ANALYST, version, PERIOD)}


def test_the_period_due_is_the_latest_that_is_not_in_force(version):
    """B004 has not filed for the last period; B001 has, so what comes next is due."""
    assert periods_to_file(ANALYST, version, "B004")[1] == PERIOD
    periods, due = periods_to_file(INSTITUTION, version, "B001")
    assert (periods[:2], due) == (["2025-03", PERIOD], "2025-03")
    with pytest.raises(AccessDenied):
        periods_to_file(INSTITUTION, version, "B004")
