"""A rule that breaks is neither a bad file nor a finding: it is set apart, told, and leaves a question open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import duckdb
import pytest

import etl.checks.engine
import etl.checks.rule_changes
import etl.checks.typed_forms
import etl.snapshot.consistency
import etl.snapshot.publish
from contract.declarations import Column
from contract.errors import PilotError
from etl.checks.across import cross_checks
from etl.checks.cell_types import typed
from etl.checks.faults import without_values
from etl.checks.rulebook import rule_book
from etl.snapshot import consistency, facts, rules, verdicts
from etl.snapshot.publish import rebuild
from tests.etl.conftest import Pilot
from tests.etl.submissions import BANK, DISTRICT, PERIOD, change, state, submission

BROKEN = "V-B1-101"
BREAKING = "CAST(loan_no AS INTEGER) > 0"  # a loan number is no number: a conversion error on every row
OTHER = "B002"
ACROSS = tuple(
    check for check in cross_checks() if check.id in ("M-COVER-301", "M-B2-301", "M-B2-303", "M-B1-301", "M-R1-302")
)
EXPLAINED = state(submission(), "说明", "情况属实")


@pytest.fixture(autouse=True)
def _whole_snapshot(pilot: Pilot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots with some of their checks across submissions."""
    monkeypatch.setattr(etl.snapshot.consistency, "cross_checks", lambda: ACROSS)
    modules = (facts, rules, consistency, verdicts)
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: {module.__name__: module.build for module in modules})


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Declares a check of a form otherwise for one test."""

    def declared(check_id: str, **fields: object) -> None:
        book = tuple(replace(check, **fields) if check.id == check_id else check for check in rule_book())
        catalogue = {check.id: check for check in book} | {check.id: check for check in cross_checks()}
        catalogue = etl.checks.rule_changes.catalogue() | catalogue
        monkeypatch.setattr(etl.checks.engine, "rule_book", lambda: book)
        monkeypatch.setattr(etl.checks.rule_changes, "catalogue", lambda: catalogue)

    return declared


def break_rule(declare: Callable[..., None], rule: str = BREAKING) -> None:
    declare(BROKEN, rule=rule, columns=("uscc", "loan_no"), expected="")


def break_typing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The texts of B1's column 8 are cast without looking."""

    def cast(column: Column, text: str) -> str:
        return f"CAST({text} AS DATE)" if column.code == "tech" else typed(column, text)

    monkeypatch.setattr(etl.checks.typed_forms, "typed", cast)


def fault_rows(pilot: Pilot) -> list[tuple]:
    return pilot.ask("SELECT submission_id, submitter, period, check_id, form, reason, is_open FROM rule_fault")


def verdict(pilot: Pilot, submission_id: int) -> tuple:
    return pilot.ask("SELECT verdict, v_count, rule_book FROM submission WHERE submission_id = ?", [submission_id])[0]


def test_all_other_rules_of_the_form_still_judge(pilot: Pilot, declare: Callable[..., None]):
    break_rule(declare)
    wrong = change(submission(), "B1", {"balance": "1000.5", "ip_count": "0"})
    outcome = pilot.send(f"{PERIOD}_{BANK}.xlsx", wrong)
    assert outcome.status == "returned" and outcome.counts["V"] == 2
    assert [fault.check_id for fault in outcome.faults] == [BROKEN]


def test_a_submission_on_which_a_rule_broke_is_taken_with_an_open_question(pilot: Pilot, declare: Callable[..., None]):
    break_rule(declare)
    outcome = pilot.send(f"{PERIOD}_{BANK}.xlsx", EXPLAINED)
    receipt = pilot.events("submission")[-1].payload
    assert (outcome.status, receipt["verdict"]) == ("accepted", "questions")
    assert [(entry["check"], entry["form"], entry["reason"]) for entry in receipt["rule_faults"]] == [
        (BROKEN, "B1", "值无法换算")
    ]
    pilot.publish()
    number = outcome.submission_id
    assert fault_rows(pilot) == [(number, BANK, PERIOD, BROKEN, "B1", "值无法换算", True)]
    # The cover's note explains what was found, and not what could not be looked for.
    assert verdict(pilot, number)[0] == "questions"


def test_a_rule_breaks_only_where_it_does(pilot: Pilot, declare: Callable[..., None]):
    """The other submission of the batch is judged by the same rule."""
    numbered = change(change(submission(), "B1", {"loan_no": "101"}, 1), "B1", {"loan_no": "-102"})
    for form, row in (("B6", 1), ("B6", -1), ("B4", 1), ("B4", -1)):
        change(numbered, form, {"loan_no": "101"}, row)
    break_rule(declare, "CAST(loan_no AS INTEGER) > 0 OR uscc IS NULL")
    paths = [
        pilot.put(f"{PERIOD}_{OTHER}.xlsx", numbered | {"cover": state(numbered, "报送机构编码", OTHER)["cover"]}),
        pilot.put(f"{PERIOD}_{BANK}.xlsx", submission()),
    ]
    judged, broken = pilot.load(*paths)
    assert (judged.status, judged.counts["V"], judged.faults) == ("returned", 1, ())
    assert (broken.status, [fault.check_id for fault in broken.faults]) == ("accepted", [BROKEN])


def test_the_same_file_is_judged_again_once_the_rule_is_mended(pilot: Pilot, declare: Callable[..., None]):
    break_rule(declare)
    path = pilot.put(f"{PERIOD}_{BANK}.xlsx", EXPLAINED)
    first, again = pilot.load(path)[0], pilot.load(path)[0]
    assert (first.version, again.status) == (1, "unchanged")
    break_rule(declare, "uscc_is_valid(uscc)")
    (mended,) = pilot.load(path)
    assert (mended.status, mended.version, mended.faults) == ("accepted", 2, ())
    pilot.publish()
    assert [row[-1] for row in fault_rows(pilot)] == [False]
    assert verdict(pilot, mended.submission_id)[0] == "accepted"
    assert pilot.load(path)[0].status == "unchanged"


def test_a_file_that_comes_twice_in_a_batch_is_judged_again_once(pilot: Pilot, declare: Callable[..., None]):
    break_rule(declare)
    path = pilot.put(f"{PERIOD}_{BANK}.xlsx", EXPLAINED)
    assert pilot.load(path)[0].version == 1
    break_rule(declare, "uscc_is_valid(uscc)")
    assert [(outcome.status, outcome.version) for outcome in pilot.load(path, path)] == [
        ("accepted", 2),
        ("unchanged", 2),
    ]


def test_cells_that_cannot_be_typed_keep_a_submission_from_being_taken_in(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch
):
    """A value that was not read must not be missing from the figures without a word."""
    taken = pilot.send(f"{PERIOD}_{DISTRICT}", submission(DISTRICT))
    with monkeypatch.context() as broken:
        break_typing(broken)
        path = pilot.put(f"{PERIOD}_{BANK}.xlsx", submission())
        (outcome,) = pilot.load(path)
        pilot.load(path)
    assert (outcome.status, outcome.submission_id, taken.status) == ("faulty", 0, "accepted")
    assert [fault.check_id for fault in outcome.faults] == ["S-B1-008"]
    (event,) = pilot.events("rule_fault")
    assert (event.subject, event.payload["period"]) == (BANK, PERIOD)
    pilot.publish()
    assert fault_rows(pilot) == [(None, BANK, PERIOD, "S-B1-008", "B1", "值无法换算", True)]
    assert pilot.load(path)[0].status == "accepted"
    pilot.publish()
    assert fault_rows(pilot)[0][-1] is False


def test_the_archive_is_not_read_again_with_a_column_left_out(pilot: Pilot, monkeypatch: pytest.MonkeyPatch):
    pilot.send(f"{PERIOD}_{BANK}.xlsx", submission())
    break_typing(monkeypatch)
    with pytest.raises(PilotError, match="第4号报送在档案中的文件现已无法读入：规则S-B1-008（值无法换算）"):
        rebuild(pilot.home, pilot.ledger, "测试")


def test_a_broken_check_across_submissions_stops_no_publication(pilot: Pilot, monkeypatch: pytest.MonkeyPatch):
    """All others have judged; what the broken one would have found leaves the form's submissions in question."""
    wrong = change(state(submission(), "说明", "情况属实"), "B2", {"ip_loans": "3"})
    numbers = [
        pilot.send(name, content).submission_id
        for name, content in ((f"{PERIOD}_{BANK}.xlsx", wrong), (f"{PERIOD}_{DISTRICT}.xlsx", submission(DISTRICT)))
    ]
    sql = "SELECT submission_id, row_no, CAST(loan_no AS INTEGER) AS value, NULL AS expected, '' AS record FROM B1"
    checks = [replace(check, rule=sql) if check.id == "M-B2-301" else check for check in ACROSS]
    monkeypatch.setattr(etl.snapshot.consistency, "cross_checks", lambda: checks)
    pilot.publish()
    assert fault_rows(pilot) == [(None, None, None, "M-B2-301", "B2", "值无法换算", True)]
    assert ("M-B2-303",) in pilot.ask("SELECT DISTINCT check_id FROM finding")
    assert [verdict(pilot, number)[0] for number in numbers] == ["questions", "accepted"]


def test_a_broken_view_breaks_the_checks_that_read_it_and_no_other(pilot: Pilot, monkeypatch: pytest.MonkeyPatch):
    pilot.send(f"{PERIOD}_{BANK}.xlsx", submission())
    views = etl.snapshot.consistency.views() | {"live_loan": "SELECT no_such_column FROM B1"}
    monkeypatch.setattr(etl.snapshot.consistency, "views", lambda: views)
    pilot.publish()
    broken = {row[3] for row in fault_rows(pilot)}
    assert broken == {"M-B2-301", "M-B2-303", "M-B1-301"}
    assert {row[0] for row in pilot.ask("SELECT DISTINCT message FROM rule_fault")} == {
        'Binder Error: Referenced column "no_such_column" not found in FROM clause!'
    }


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("SELECT CAST('张三 13800000000' AS INTEGER)", "Conversion Error: Could not convert string…"),
        ("SELECT error('某企业欠款')", "Invalid Input Error:…"),
        ("SELECT CAST(9223372036854775807 AS BIGINT) * 2", "Out of Range Error: Overflow in multiplication of INT…"),
    ],
)
def test_no_cell_value_is_in_what_is_told(sql: str, kept: str):
    with duckdb.connect() as connection, pytest.raises(duckdb.Error) as broken:
        connection.execute(sql).fetchall()
    assert without_values(broken.value) == kept
