"""The tables of staging, laid out from the forms' declarations; rows and integer keys, as they are added to tables.

What is counted and followed by text keys has an integer for them: counting ten million texts costs several times as
much. A key is given in the order in which its text first came in, so that a rebuilt warehouse has the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from contract.declarations import forms
from etl.checks.cell_types import sql_type
from etl.checks.findings import FINDING_COLUMNS

VERSION_COLUMNS = {
    "submission_id": pa.int32(),
    "submitter": pa.string(),
    "kind": pa.string(),
    "period": pa.string(),
    "version": pa.int32(),
    "received_at": pa.string(),
    "verdict": pa.string(),
    "file_name": pa.string(),
    "content_hash": pa.string(),
    "rule_book": pa.string(),
    "data_rows": pa.int32(),
    "s_count": pa.int32(),
    "v_count": pa.int32(),
    "q_count": pa.int32(),
    "m_count": pa.int32(),
    "preparer": pa.string(),
    "reviewer": pa.string(),
    "officer": pa.string(),
    "phone": pa.string(),
    "note": pa.string(),
    "amount_b1": pa.string(),
    "event_hash": pa.string(),
}


@dataclass(frozen=True)
class Key:
    """An integer column of a form's facts; `texts` are the columns that it stands for together."""

    form: str
    texts: tuple[str, ...]

    @property
    def table(self) -> str:
        """The dictionary: a row a key, with the texts that it stands for."""
        return f"key_{self.form}_{'_'.join(self.texts)}"


KEYS: Mapping[str, Key] = {
    "firm_key": Key("B1", ("uscc",)),
    "loan_key": Key("B1", ("submitter", "loan_no")),
}


def keys_of(form: str) -> tuple[str, ...]:
    """The names of the key columns of a form's facts, in order."""
    return tuple(name for name, key in KEYS.items() if key.form == form)


def layout() -> list[str]:
    """The statements that make staging's tables."""
    types = {pa.int32(): "INTEGER", pa.string(): "TEXT"}
    versions = ", ".join(
        f"{name} {'TIMESTAMP' if name == 'received_at' else types[kind]}" for name, kind in VERSION_COLUMNS.items()
    )
    facts = {
        form.code: ", ".join(f"{column.code} {sql_type(column)}" for column in form.columns)
        for form in forms().values()
    }
    texts = ", ".join(f"{name} {'INTEGER' if name == 'row_no' else 'TEXT'}" for name in FINDING_COLUMNS)
    return [
        f"CREATE TABLE version ({versions})",
        "CREATE TABLE version_form "
        "(submission_id INTEGER, form TEXT, sheet TEXT, header_row INTEGER, data_rows INTEGER)",
        f"CREATE TABLE finding (submission_id INTEGER, finding_no INTEGER, {texts})",
        "CREATE TABLE revision (submission_id INTEGER, form TEXT, column_code TEXT, cells BIGINT, filled BIGINT, "
        "blanked BIGINT, corrected BIGINT, moved DECIMAL(38,6), total DECIMAL(38,6))",
        *(
            f"CREATE TABLE fact_{code} (submission_id INTEGER, row_no INTEGER, {columns}"
            f"{''.join(f', {name} INTEGER' for name in keys_of(code))})"
            for code, columns in facts.items()
        ),
        *(
            f"CREATE TABLE {key.table} ({', '.join(f'{text} TEXT' for text in key.texts)}, {name} INTEGER)"
            for name, key in KEYS.items()
        ),
    ]


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence]) -> None:
    """Adds rows in one statement, each the table's columns in order; none is none. Code names the table, never a user.

    Many single inserts are slow.
    """
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        connection.execute(f"INSERT INTO {table} SELECT {', '.join('unnest(?)' for _ in columns)}", columns)


def add_keys(connection: duckdb.DuckDBPyConnection, form: str) -> None:
    """Gives numbers to texts of `new_fact` (submission_id, submitter, row_no, columns) that have none yet."""
    for name in keys_of(form):
        key = KEYS[name]
        texts = ", ".join(key.texts)
        connection.execute(f"""
            INSERT INTO {key.table}
            WITH last AS (SELECT coalesce(max({name}), 0) AS number FROM {key.table}),
            new AS (
                SELECT {texts}, min({{'submission_id': submission_id, 'row_no': row_no}}) AS first
                FROM new_fact ANTI JOIN {key.table} USING ({texts}) GROUP BY {texts})
            SELECT {texts}, last.number + row_number() OVER (ORDER BY first) FROM new, last""")


def with_keys(form: str) -> tuple[str, str]:
    """SQL: the key columns to select beside those of `new_fact`, and the joins that bring them."""
    names = keys_of(form)
    joins = "".join(f" LEFT JOIN {KEYS[name].table} USING ({', '.join(KEYS[name].texts)})" for name in names)
    return "".join(f", {name}" for name in names), joins
