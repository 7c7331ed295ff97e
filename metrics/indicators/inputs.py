"""The tables of a snapshot that metrics reads, as `etl` leaves them (docs/tables.md), and two that it adds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import duckdb

from contract.declarations import Form, districts, forms
from etl.checks.cell_types import sql_type
from etl.snapshot.filing import lay_filing
from etl.warehouse.tables import insert, keys_of

FACT_COLUMNS = "submission_id INTEGER, submitter TEXT, period TEXT, row_no INTEGER, sheet TEXT"

# Table → its columns as SQL, in order.
ETL_TABLES: Mapping[str, str] = {
    "snapshot": (
        "number INTEGER, built_at TIMESTAMP, now TIMESTAMP, ledger_seq BIGINT, ledger_hash TEXT, "
        "demonstration BOOLEAN, last_period TEXT"
    ),
    "member": (
        "code TEXT, name TEXT, kind TEXT, member_group TEXT, admitted_on DATE, admission_period TEXT, state "
        "TEXT, since DATE, short_name TEXT"
    ),
    "member_state": "code TEXT, state TEXT, from_date DATE, to_date DATE",
    "ceiling": "code TEXT, ceiling DECIMAL(18,6), from_date DATE, to_date DATE",
    "decision": (
        "decision_id INTEGER, kind TEXT, subject TEXT, proposed_on DATE, effective_on DATE, batch TEXT, "
        "document_no TEXT, reason TEXT, proposer TEXT, approver TEXT, status TEXT, decided_on DATE, noticed_on DATE, "
        "answer_due DATE, answered_on DATE, rectify_due DATE, successor TEXT, sets TEXT, recommended_by TEXT, "
        "rejected_because TEXT, triggers TEXT[]"
    ),
    "member_attribute": "code TEXT, attribute TEXT, value TEXT, from_date DATE, to_date DATE",
    "heir": "code TEXT, heir TEXT, from_date DATE, to_date DATE",
    "incident": (
        "incident_id INTEGER, kind TEXT, rule TEXT, subject TEXT, entered_on DATE, happened_on DATE, note TEXT, "
        "entered_by TEXT, confirmed_on DATE, confirmed_by TEXT, veto_year INTEGER"
    ),
    "period": ("period TEXT, year INTEGER, month INTEGER, first_day DATE, last_day DATE, is_quarter_end BOOLEAN"),
    "expected": (
        "submitter TEXT, kind TEXT, member_group TEXT, period TEXT, deadline TIMESTAMP, deadline_passed BOOLEAN"
    ),
    "submission": (
        "submission_id INTEGER, submitter TEXT, kind TEXT, period TEXT, version INTEGER, received_at "
        "TIMESTAMP, deadline TIMESTAMP, on_time BOOLEAN, verdict TEXT, in_force BOOLEAN, history BOOLEAN, "
        "file_name TEXT, content_hash TEXT, rule_book TEXT, data_rows INTEGER, s_count INTEGER, v_count "
        "INTEGER, q_count INTEGER, m_count INTEGER, preparer TEXT, reviewer TEXT, officer TEXT, phone TEXT, "
        "note TEXT"
    ),
    "layout": "text TEXT, code TEXT",
    "version_form": "submission_id INTEGER, form TEXT, sheet TEXT, header_row INTEGER, data_rows INTEGER",
    "finding": (
        "submission_id INTEGER, finding_no INTEGER, form TEXT, sheet TEXT, row_no INTEGER, column_code TEXT, "
        "value TEXT, level TEXT, check_id TEXT, message TEXT, advice TEXT, expected TEXT, category TEXT, record TEXT"
    ),
    "due_date": "period TEXT, deadline TIMESTAMP, explain_by TIMESTAMP, closed_at TIMESTAMP",
    "explanation": (
        "submission_id INTEGER, finding_no INTEGER, submitter TEXT, key TEXT, state TEXT, is_open BOOLEAN, "
        "reason TEXT, said_by TEXT, said_at TIMESTAMP, said_period TEXT, said_version INTEGER, answer TEXT, "
        "answered_by TEXT, answered_at TIMESTAMP"
    ),
    "open_question": "submission_id INTEGER, open_q BIGINT, open_m BIGINT, awaiting BIGINT",
    # Left empty, for what the database stops at (`metrics.indicators.not_computable`).
    "not_computable": "period TEXT, scope TEXT, entity TEXT, indicator TEXT, reason TEXT, submissions INTEGER[]",
    "presence": ("submitter TEXT, kind TEXT, member_group TEXT, period TEXT, submission_id INTEGER, on_list BOOLEAN"),
}

# Added by `metrics.indicators.build` before the sets: policy parameters by stretch of days, and the codes a loan's
# district has; by `metrics.evaluation.judgements` before the scores: recognised initiatives and assessed items.
ADDED_TABLES: Mapping[str, str] = {
    "parameter": (
        "name TEXT, value DECIMAL(18,6), unit TEXT, effective_from DATE, effective_to DATE, document_no TEXT, "
        "note TEXT, reason TEXT, proposer TEXT, approver TEXT"
    ),
    "district_unit": "code TEXT, name TEXT, short_name TEXT, district_group TEXT",
    "recognition": "submitter TEXT, period TEXT, title TEXT, recognised_on DATE, recognised_by TEXT, reason TEXT",
    "assessment": (
        "period TEXT, subject TEXT, item TEXT, score DECIMAL(5,2), reason TEXT, assessed_on DATE, assessed_by TEXT, "
        "file_name TEXT, content_hash TEXT"
    ),
}


def fact_columns(form: Form) -> str:
    """The columns of a form's table: where the row stands, then the form's own, in declared order, then its keys."""
    own = [f"{column.code} {sql_type(column)}" for column in form.columns]
    return ", ".join([FACT_COLUMNS, *own, *(f"{name} INTEGER" for name in keys_of(form.code))])


@cache
def tables() -> dict[str, str]:
    """Table → its columns as SQL, of everything that a set may read."""
    return {**ETL_TABLES, **{form.code: fact_columns(form) for form in forms().values()}, **ADDED_TABLES}


def create(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Creates tables, empty."""
    for name in names:
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({tables()[name]})")


def create_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates everything that a set may read: the tables, empty, and the view `filing` on them."""
    create(connection, *tables())
    lay_filing(connection)


def add_districts(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `district_unit`: a row a code that a loan's district can have, 京外 among them."""
    create(connection, "district_unit")
    units = districts().values()
    insert(connection, "district_unit", [(unit.code, unit.name, unit.short_name, unit.group) for unit in units])
