"""The tables of a snapshot that metrics reads, as `etl` leaves them (docs/engineering.md), and two that it adds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import duckdb

from etl.celltypes import sql_type
from etl.declarations import Form, districts, forms

MONEY = "DECIMAL(18,6)"
FACT_COLUMNS = {"submission_id": "INTEGER", "submitter": "TEXT", "period": "TEXT", "row_no": "INTEGER", "sheet": "TEXT"}

MEMBER_TABLES: Mapping[str, Mapping[str, str]] = {
    "snapshot": {"number": "INTEGER", "now": "TIMESTAMP", "last_period": "TEXT"},
    "member": {
        "code": "TEXT",
        "name": "TEXT",
        "kind": "TEXT",
        "member_group": "TEXT",
        "admitted_on": "DATE",
        "admission_period": "TEXT",
    },
    "member_state": {"code": "TEXT", "state": "TEXT", "from_date": "DATE", "to_date": "DATE"},
    "ceiling": {"code": "TEXT", "ceiling": MONEY, "from_date": "DATE", "to_date": "DATE"},
    "period": {
        "period": "TEXT",
        "year": "INTEGER",
        "month": "INTEGER",
        "first_day": "DATE",
        "last_day": "DATE",
        "is_quarter_end": "BOOLEAN",
    },
    "expected": {
        "submitter": "TEXT",
        "kind": "TEXT",
        "period": "TEXT",
        "deadline": "TIMESTAMP",
        "deadline_passed": "BOOLEAN",
    },
    "submission": {
        "submission_id": "INTEGER",
        "submitter": "TEXT",
        "kind": "TEXT",
        "period": "TEXT",
        "version": "INTEGER",
        "received_at": "TIMESTAMP",
        "deadline": "TIMESTAMP",
        "on_time": "BOOLEAN",
        "verdict": "TEXT",
        "in_force": "BOOLEAN",
        "history": "BOOLEAN",
        "file_name": "TEXT",
        "data_rows": "INTEGER",
        "s_count": "INTEGER",
        "v_count": "INTEGER",
    },
    "version_form": {"submission_id": "INTEGER", "form": "TEXT", "sheet": "TEXT", "data_rows": "INTEGER"},
    "presence": {
        "submitter": "TEXT",
        "kind": "TEXT",
        "member_group": "TEXT",
        "period": "TEXT",
        "submission_id": "INTEGER",
        "on_list": "BOOLEAN",
    },
}

# Added by `metrics.build` before the sets: policy parameters by stretch of days, and the codes a loan's district has.
ADDED_TABLES: Mapping[str, Mapping[str, str]] = {
    "parameter": {
        "name": "TEXT",
        "value": MONEY,
        "unit": "TEXT",
        "effective_from": "DATE",
        "effective_to": "DATE",
        "document_no": "TEXT",
        "note": "TEXT",
    },
    "district_unit": {"code": "TEXT", "name": "TEXT", "short_name": "TEXT", "district_group": "TEXT"},
}


def fact_columns(form: Form) -> dict[str, str]:
    """The columns of a form's table: where the row stands, then the form's own, in declared order."""
    return FACT_COLUMNS | {column.code: sql_type(column) for column in form.columns}


@cache
def tables() -> dict[str, dict[str, str]]:
    """Table → column → type, of everything that a set may read."""
    facts = {form.code: fact_columns(form) for form in forms().values()}
    return {name: dict(columns) for name, columns in (MEMBER_TABLES | facts | ADDED_TABLES).items()}


def create(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Creates tables, empty."""
    for name in names:
        columns = ", ".join(f'"{column}" {kind}' for column, kind in tables()[name].items())
        connection.execute(f'CREATE OR REPLACE TABLE "{name}" ({columns})')


def add_districts(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `district_unit`: a row a code that a loan's district can have, 京外 among them."""
    create(connection, "district_unit")
    connection.executemany(
        "INSERT INTO district_unit VALUES (?, ?, ?, ?)",
        [(unit.code, unit.name, unit.short_name, unit.group) for unit in districts().values()],
    )
