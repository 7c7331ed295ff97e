"""Adds rows to a table in one statement: many single inserts are slow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence]) -> None:
    """Adds rows, each the table's columns in order; none is none. The table is named by code, never by a user."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        connection.execute(f"INSERT INTO {table} SELECT {', '.join('unnest(?)' for _ in columns)}", columns)
