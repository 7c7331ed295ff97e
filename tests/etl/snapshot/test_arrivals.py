"""Checks across submitters judge again when the other side arrives: what they found goes, or comes to both."""

from __future__ import annotations

import duckdb
import pytest

import etl.snapshot.publish
from etl.feedback.answers import version_answered
from etl.receiving.receive import Delivery
from etl.snapshot import consistency, facts, rules, verdicts
from etl.snapshot.status import finding_rows, status_rows
from etl.warehouse.load import load
from ledger.events import Ledger
from ledger.roster import admissions
from tests.etl.conftest import NOW, Pilot, roster
from tests.etl.submissions import BANK, DISTRICT, PERIOD, Sheets, change, state, submission

OTHER = "B002"
INTERNAL = {"valuation_method": "内部评估", "valuation_fee": "0", "amount": "1000.01"}


@pytest.fixture
def judging(pilot: Pilot, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    """A pilot whose snapshots are judged across submissions."""
    modules = (facts, rules, consistency, verdicts)
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: {module.__name__: module.build for module in modules})
    return pilot


def firms_of(sheets: Sheets, submitter: str) -> Sheets:
    """The submission as another bank's: rights of its own."""
    state(sheets, "报送机构编码", submitter)
    change(sheets, "B6", {"ip_type": "商标", "right_no": "30000001"}, row=1)
    return change(sheets, "B6", {"ip_type": "商标", "right_no": "30000002"})


def open_questions(pilot: Pilot, check: str) -> set[str]:
    """Who has a finding of the check in what is in force."""
    pilot.publish()
    query = "SELECT submitter FROM finding JOIN submission USING (submission_id) WHERE in_force AND check_id = ?"
    return {row[0] for row in pilot.ask(query, [check])}


def verdict(pilot: Pilot, submitter: str) -> str:
    with duckdb.connect(str(pilot.home.current_snapshot()), read_only=True) as connection:
        return {row["submitter"]: row["verdict"] for row in status_rows(connection, PERIOD)}[submitter]


def test_a_point_is_looked_for_once_its_district_has_reported_and_until_it_names_it(judging: Pilot):
    new = {"disbursed_on": "2026-09-10", "point_id": "110108-03"}
    judging.send(f"{PERIOD}_{BANK}.xlsx", change(submission(), "B1", new))
    assert open_questions(judging, "M-B1-310") == set()
    judging.send(f"{PERIOD}_{DISTRICT}.xlsx", submission(DISTRICT))
    assert open_questions(judging, "M-B1-310") == {BANK}
    judging.send(f"{PERIOD}_{DISTRICT}_2.xlsx", change(submission(DISTRICT), "R1", {"point_id": "110108-03"}))
    assert open_questions(judging, "M-B1-310") == set()


def test_a_right_that_a_second_bank_takes_is_a_question_to_both_until_one_corrects_it(judging: Pilot):
    judging.send(f"{PERIOD}_{BANK}.xlsx", submission())
    assert open_questions(judging, "M-B6-301") == set()
    twice = state(submission(), "报送机构编码", OTHER)
    judging.send(f"{PERIOD}_{OTHER}.xlsx", twice)
    assert open_questions(judging, "M-B6-301") == {BANK, OTHER}
    assert verdict(judging, BANK) == verdict(judging, OTHER) == "questions"
    judging.send(f"{PERIOD}_{OTHER}_2.xlsx", firms_of(submission(), OTHER))
    assert open_questions(judging, "M-B6-301") == set()


def test_findings_across_submissions_follow_those_of_the_file_and_count(judging: Pilot):
    sheets = change(submission(), "B1", {"risk_share": "融资担保"})
    judging.send(f"{PERIOD}_{BANK}.xlsx", change(sheets, "B2", {"ip_loans": "3"}))
    judging.publish()
    with duckdb.connect(str(judging.home.current_snapshot()), read_only=True) as connection:
        rows = finding_rows(connection, version_answered(connection, BANK, PERIOD))
        (row,) = [row for row in status_rows(connection, PERIOD) if row["submitter"] == BANK]
    own, *others = rows
    assert (own["check"], own["level"]) == ("Q-B1-214", "Q")
    mine = {row["check"]: row for row in others}["M-B2-303"]
    assert (mine["row"], mine["value"], mine["expected"], mine["category"]) == (4, "3", "2", "口径不一致")
    assert (row["verdict"], row["Q"], row["M"]) == ("questions", 1, len(others))


def test_the_cover_s_amount_is_compared_as_people_type_it(judging: Pilot):
    for number, (amount, banks) in enumerate((("１,６０１.00", set()), ("1,602", {BANK}))):
        judging.send(f"{PERIOD}_{BANK}_{number}.xlsx", state(submission(), "金额 B1", amount))
        assert open_questions(judging, "M-COVER-301") == banks


def test_the_note_explains_on_receipt(judging: Pilot):
    sheets = change(submission(), "B1", {"risk_share": "融资担保"})
    judging.send(f"{PERIOD}_{BANK}.xlsx", sheets)
    judging.send(f"{PERIOD}_{BANK}_2.xlsx", state(sheets, "说明", "有保证担保，已按纯质押审批"))
    assert [event.payload["verdict"] for event in judging.events("submission")] == ["questions", "accepted"]


def test_a_bank_is_judged_by_its_own_ceiling(judging: Pilot):
    ledger = Ledger(judging.home.ledger)
    own = [row | {"ceiling": "3000"} for row in roster("B003", admitted_on="2026-01-05")]
    ledger.append(NOW, admissions(own, [], "测试"))
    for code in (BANK, "B003"):
        sheets = state(change(submission(), "B1", INTERNAL), "报送机构编码", code)
        path = judging.put(f"{PERIOD}_{code}.xlsx", sheets)
        load(judging.home, ledger, [Delivery(path, NOW)], NOW, "测试")
    assert open_questions(judging, "Q-B1-215") == {BANK}
