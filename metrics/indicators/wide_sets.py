"""The sets and their aggregates as they are run: with room for the largest amounts that could be reported.

Apart from the sets themselves (`metrics.indicators.relations`), as only who works figures out has to read their SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

import duckdb

from contract.declarations import forms
from contract.wide_sql import SMALL, Kind, Source, of_column, of_type, read_expression, read_statement, table
from contract.widths import ROWS, SUBMITTERS
from metrics.indicators.inputs import ADDED_TABLES, ETL_TABLES, fact_columns
from metrics.indicators.relations import Relation, relations, view_name


@cache
def _tables() -> dict[str, Source]:
    """Table → how large what its columns hold can be, of everything that a set may read."""
    own = {name: _columns(columns) for name, columns in {**ETL_TABLES, **ADDED_TABLES}.items()}
    facts = {
        form.code: _columns(fact_columns(form)) | {column.code: of_column(column.type) for column in form.columns}
        for form in forms().values()
    }
    return {name: table(columns) for name, columns in (own | facts).items()}


def _columns(columns: str) -> dict[str, Kind]:
    """What columns as SQL hold; their whole numbers count what the system itself has."""
    types = dict(column.split(" ", 1) for column in columns.split(", "))
    return {name: SMALL if kind in ("INTEGER", "BIGINT") else of_type(kind) for name, kind in types.items()}


@cache
def _read(relation: Relation) -> tuple[str, Source]:
    above = {view_name(code): partial(_held, other) for code, other in relation.above.items()}
    return read_statement(relation.sql, _tables() | above, f"集合{relation.code}")


def _held(relation: Relation, column: str) -> Kind | None:
    """How large what a column of a set holds can be; None where it has no such column."""
    return _read(relation)[1](column)


def statement(relation: Relation) -> str:
    """The SQL of a set as it is run. Raises DeclarationError where it may get too large."""
    return _read(relation)[0]


def rows_counted(relation: Relation) -> int:
    """The most rows of a set that count for one entity and period."""
    return SUBMITTERS if relation.form and forms()[relation.form].rows == "one" else ROWS


@cache
def aggregate(relation: Relation, expression: str, where: str = "") -> tuple[str, Kind]:
    """An aggregate of a set's rows as it is run, and how large it can be. Raises DeclarationError."""
    where = where or f"集合{relation.code}"
    return read_expression(expression, partial(_held, relation), where, rows_counted(relation))


def create_sets(connection: duckdb.DuckDBPyConnection, declared: Mapping[str, Relation] | None = None) -> None:
    """Creates every set, on the tables that metrics.indicators.inputs names: a view, or a table where it is stored.

    One to be stored at whose rows the database stops is a view: then only the figures of those rows are not computable.
    """
    for relation in (declared or relations()).values():
        try:
            _create(connection, relation, "TABLE" if relation.stored else "VIEW")
        except duckdb.DataError:
            _create(connection, relation, "VIEW")


def _create(connection: duckdb.DuckDBPyConnection, relation: Relation, kind: str) -> None:
    connection.execute(f"CREATE OR REPLACE {kind} {relation.view} AS {statement(relation)}")
