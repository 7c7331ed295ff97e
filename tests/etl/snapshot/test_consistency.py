"""Checks across forms, submitters and periods: each seen firing and silent, on a small snapshot in which all agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from contract.declarations import forms
from contract.settings import Home
from etl.checks.across import cross_checks
from etl.checks.cover import Submitted
from etl.checks.engine import check_batch
from etl.reading.packages import read_package
from etl.snapshot import facts, rules
from etl.snapshot.consistency import add_findings, build, declare_views
from etl.snapshot.context import BuildContext
from etl.snapshot.verdicts import settle
from etl.warehouse.staging import open_staging
from ledger.events import Ledger
from ledger.roster import admissions
from tests.etl.conftest import roster
from tests.etl.snapshot.consistency_cases import (
    ABROAD,
    CASES,
    FILINGS,
    GONE,
    NOW,
    OTHER,
    PATENT,
    PLEDGED_TWICE,
    Change,
    Filing,
    now,
)
from tests.etl.submissions import BANK, DISTRICT, PERIOD, RIGHT, csv_files, package, submission


def _file(connection: duckdb.DuckDBPyConnection, number: int, filing: Filing) -> None:
    """A version with the rows that `check_batch` typed for a valid submission of its kind."""
    submitter, period = filing
    kind, origin = ("district", 1) if submitter == DISTRICT else ("bank", 0)
    connection.execute(
        "INSERT INTO version BY NAME SELECT ? AS submission_id, ? AS submitter, ? AS kind, ? AS period, 1 AS version, "
        "TIMESTAMP '2027-02-01' AS received_at, 'accepted' AS verdict, ? AS amount_b1",
        [number, submitter, kind, period, "1601" if kind == "bank" else None],
    )
    for form in forms().values():
        if not form.filed_by(kind) or not form.due_in(period):
            continue
        columns = ", ".join(column.code for column in form.columns)
        connection.execute("INSERT INTO version_form VALUES (?, ?, ?, 1, 2)", [number, form.code, form.sheet])
        connection.execute(
            f"INSERT INTO fact_{form.code} BY NAME "
            f"SELECT ? AS submission_id, row_no, {columns} FROM typed_{form.code} WHERE number = ?",
            [number, origin],
        )


@pytest.fixture(scope="module")
def agreeing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A snapshot after its first step: two banks and a district, several periods, in which everything agrees."""
    home = Home(tmp_path_factory.mktemp("consistency"))
    home.warehouse.mkdir(parents=True)
    connection = open_staging(home)
    given = [
        Submitted(number, code, kind, PERIOD, read_package(package(csv_files(submission(code)), code)))
        for number, (code, kind) in enumerate(((BANK, "bank"), (DISTRICT, "district")))
    ]
    check_batch(connection, given)
    for number, filing in enumerate(FILINGS, 1):
        _file(connection, number, filing)
    for row, (kind, right_no) in enumerate((("trademark", "20000002"), ("patent", RIGHT["right_no"])), 4):
        connection.execute(
            "INSERT INTO fact_B6 SELECT submission_id, ?, 'L-0002', ?, ?, 'Y20260002', registered_on, expires_on "
            "FROM fact_B6 WHERE row_no = 2",
            [row, kind, right_no],
        )
    connection.execute("UPDATE fact_B6 SET right_no = right_no || '-2' WHERE submission_id = 5")
    connection.execute("UPDATE fact_B4 SET status = 'open', closed_on = NULL")
    connection.execute("UPDATE fact_I1 SET title = title || submission_id")
    connection.execute(
        "UPDATE fact_B2 SET ip_disbursed_ytd = 0, ip_disbursed_loans_ytd = 0, ip_rate_ytd = NULL "
        "WHERE submission_id = 4"
    )
    moment = datetime(2027, 2, 16, 9)
    ledger = Ledger(home.ledger)
    ledger.append(moment, admissions(roster(BANK, OTHER, DISTRICT, admitted_on="2026-06-01"), [], "测试"))
    for step in (facts, rules):
        step.build(connection, BuildContext(1, moment, ledger, False))
    yield connection
    connection.close()


@pytest.fixture
def snapshot(agreeing: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same for one test: what it changes is undone."""
    agreeing.execute("BEGIN")
    yield agreeing
    agreeing.execute("ROLLBACK")


def number_of(filing: Filing) -> int:
    return FILINGS.index(filing) + 1


def apply(connection: duckdb.DuckDBPyConnection, changes: list[Change]) -> None:
    for change in changes:
        table, place = "version", "submission_id = ?"
        values = [number_of(change.filing)]
        if change.form != "version":
            table, place = f"fact_{change.form}", "submission_id = ? AND row_no = ?"
            values.append(change.row or (2 if forms()[change.form].rows == "one" else 3))
        if change.cells == GONE:
            connection.execute(f"DELETE FROM {table} WHERE {place}", values)
        else:
            cells = ", ".join(f"{column} = ?" for column in change.cells)
            connection.execute(f"UPDATE {table} SET {cells} WHERE {place}", [*change.cells.values(), *values])


def found_by(connection: duckdb.DuckDBPyConnection, check_id: str) -> list[tuple]:
    """(submission_id, row, value, expected) of what one check finds."""
    add_findings(connection, next(check for check in cross_checks() if check.id == check_id), declare_views(connection))
    return connection.execute("SELECT submission_id, row_no, value, expected FROM finding ORDER BY ALL").fetchall()


def test_submissions_that_agree_have_no_finding_and_are_accepted(snapshot: duckdb.DuckDBPyConnection):
    build(snapshot, None)
    assert snapshot.execute("SELECT check_id, submission_id, message FROM finding").fetchall() == []
    assert snapshot.execute("SELECT DISTINCT verdict, q_count, m_count FROM submission").fetchall() == [
        ("accepted", 0, 0)
    ]


@pytest.mark.parametrize("check", CASES)
def test_it_fires_at_its_place_with_what_it_compares(check: str, snapshot: duckdb.DuckDBPyConnection):
    case = CASES[check]
    apply(snapshot, case.fires)
    assert found_by(snapshot, check) == [(number_of(filing), case.row, case.value, case.expected) for filing in case.at]
    (declared,) = [cross_check for cross_check in cross_checks() if cross_check.id == check]
    place = snapshot.execute("SELECT DISTINCT form, column_code, level, check_id, category FROM finding").fetchall()
    assert place == [(declared.form, declared.column, declared.level, check, declared.category)]
    assert "{" not in snapshot.execute("SELECT min(message) FROM finding").fetchall()[0][0]


@pytest.mark.parametrize("check", CASES)
def test_it_is_silent_at_the_boundary(check: str, snapshot: duckdb.DuckDBPyConnection):
    apply(snapshot, CASES[check].silent)
    assert found_by(snapshot, check) == []


def test_the_checks_declared_are_those_that_have_cases():
    assert set(CASES) == {check.id for check in cross_checks()}


@pytest.mark.parametrize("check", ["M-B1-301", "M-B1-302", "M-B1-305", "M-R1-302", "M-B4-302"])
def test_without_the_month_before_nothing_is_compared(check: str, snapshot: duckdb.DuckDBPyConnection):
    apply(snapshot, CASES[check].fires)
    snapshot.execute("DELETE FROM submission WHERE period = '2026-08'")
    assert found_by(snapshot, check) == []


def test_the_same_number_of_another_kind_is_another_right(snapshot: duckdb.DuckDBPyConnection):
    apply(snapshot, [Change(ABROAD, "B6", {"right_no": PATENT, "ip_type": "copyright"})])
    assert found_by(snapshot, "M-B6-301") == []


def test_a_right_released_before_the_other_bank_takes_it_is_free(snapshot: duckdb.DuckDBPyConnection):
    apply(
        snapshot, [PLEDGED_TWICE, now("B6")]
    )  # the loan's list of this month, without it, takes the place of the last
    assert found_by(snapshot, "M-B6-301") == []


def test_neither_bank_is_told_of_the_other(snapshot: duckdb.DuckDBPyConnection):
    apply(snapshot, [PLEDGED_TWICE])
    found_by(snapshot, "M-B6-301")
    texts = snapshot.execute("SELECT message || advice || coalesce(expected, '') || record, submission_id FROM finding")
    for text, submission_id in texts.fetchall():
        assert (OTHER if submission_id == number_of(NOW) else BANK) not in text


@pytest.mark.parametrize("point", ["110105-01", "110115403-01", "110115-01", "310101-01"])
def test_a_point_of_a_district_that_has_not_reported_is_not_looked_for(point: str, snapshot: duckdb.DuckDBPyConnection):
    apply(snapshot, [now("B1", disbursed_on="2026-09-01", point_id=point)])
    assert found_by(snapshot, "M-B1-310") == []


def test_numbers_of_rights_are_shown_as_they_are(snapshot: duckdb.DuckDBPyConnection):
    apply(snapshot, [now("B6", right_no="ZL200.10"), Change(ABROAD, "B6", {"right_no": "ZL200.10"})])
    assert {row[2] for row in found_by(snapshot, "M-B6-301")} == {"ZL200.10"}


@pytest.mark.parametrize(("note", "verdict"), [(None, "questions"), ("余额含已批未放", "accepted")])
def test_the_verdict_waits_for_an_explanation(note: str | None, verdict: str, snapshot: duckdb.DuckDBPyConnection):
    apply(snapshot, CASES["M-B2-301"].fires)
    snapshot.execute("UPDATE submission SET note = ?", [note])
    build(snapshot, None)
    settle(snapshot, [])
    query = "SELECT verdict, m_count FROM submission WHERE submission_id = ?"
    assert snapshot.execute(query, [number_of(NOW)]).fetchall() == [(verdict, 1)]
