"""What a template brings along from the last report: the rows that must appear again, what changes left empty."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import duckdb
import sqlglot
from sqlglot import exp

from contract.declarations import Column, Form, forms, named, read_rows
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS

PATH = DECLARATIONS / "prefill.csv"


@dataclass(frozen=True)
class Carried:
    """Which rows of a form a template brings along (SQL over its columns), and which columns it leaves to fill."""

    form: Form
    rows: str
    fill: frozenset[str]
    what: str


@dataclass(frozen=True)
class Prefilled:
    """The rows brought along, in the order of the form's columns and as the template shows values; and from where."""

    rows: tuple[tuple[object, ...], ...]
    period: str
    what: str


@cache
def carried() -> dict[str, Carried]:
    """Form → what is declared for it. Raises DeclarationError for unknown forms and columns."""
    declared = {}
    for row in read_rows(PATH, "form", "rows", "fill", "what"):
        where = f"{PATH.name}的表{row['form']}"
        if row["form"] not in forms() or row["form"] in declared:
            raise DeclarationError(f"{where}没有声明，或出现两次")
        form = forms()[row["form"]]
        fill = frozenset(row["fill"].split())
        try:
            used = {column.name for column in sqlglot.parse_one(row["rows"], dialect="duckdb").find_all(exp.Column)}
        except sqlglot.errors.ParseError:
            raise DeclarationError(f"{where}的rows“{row['rows']}”不是合法的SQL条件") from None
        unknown = (fill | used) - {column.code for column in form.columns}
        if unknown or not fill or fill & set(form.key):
            raise DeclarationError(f"{where}的rows和fill只能用本表的列，fill不能为空，也不能含主键列")
        declared[form.code] = Carried(form, row["rows"], fill, row["what"])
    return declared


def prefilled(connection: duckdb.DuckDBPyConnection, submitter: str, period: str) -> dict[str, Prefilled]:
    """Form → rows brought along into a period, from the last version in force before it that has the form.

    `connection` is on a snapshot. A form never reported, or without such rows, is left out.
    """
    brought = {}
    for code, carry in carried().items():
        columns = ", ".join(column.code for column in carry.form.columns)
        last = connection.execute(
            """SELECT max(period) FROM version_form JOIN submission USING (submission_id)
            WHERE in_force AND submitter = ? AND form = ? AND period < ?""",
            [submitter, code, period],
        ).fetchall()[0][0]
        rows = connection.execute(
            f"SELECT {columns} FROM {code} WHERE submitter = ? AND period = ? AND ({carry.rows}) ORDER BY row_no",
            [submitter, last],
        ).fetchall()
        if rows:
            brought[code] = Prefilled(tuple(_brought(carry, row) for row in rows), last, carry.what)
    return brought


def _brought(carry: Carried, row: tuple) -> tuple[object, ...]:
    return tuple(
        None if column.code in carry.fill else shown(column, value)
        for column, value in zip(carry.form.columns, row, strict=True)
    )


def shown(column: Column, value: object) -> object:
    """A stored value as the template has it: codes and flags by their names."""
    if isinstance(value, bool):
        return named(column, str(value).lower())
    return named(column, value) if isinstance(value, str) else value
