"""What a partition holds, told by one statement that is asked of a data version and of files alike.

Rows, the exact sum of every number, and a hash of the contents that knows no order: each row's text has an MD5, whose
halves are added up over all rows. So any engine that has MD5 and exact sums can tell whether it holds the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from contract.console.output import plain
from etl.exchange.tables import PERIOD, Column, Table

WHOLE = ""  # in place of a period, of a table that is not split


@dataclass(frozen=True)
class Summary:
    """What some rows come to. `sums`: column → exact sum, as it prints; empty of a column without a value."""

    rows: int
    sums: Mapping[str, str]
    content: str


def summaries(
    connection: duckdb.DuckDBPyConnection, table: Table, source: str, values: Mapping[str, object] | None = None
) -> dict[str, Summary]:
    """Period → what its rows come to; of a table that is not split, one of `WHOLE`. `source` is SQL of the rows."""
    numbers = [column.code for column in table.columns if column.is_number]
    halves = ", ".join(f"coalesce(sum(md5_number_{half}(row_text)), 0)" for half in ("lower", "upper"))
    sums = "".join(f", sum({code})" for code in numbers)
    period, grouped = (PERIOD, f"GROUP BY {PERIOD}") if table.by_period else (f"'{WHOLE}'", "")
    rows = f"SELECT *, {row_text(table)} AS row_text FROM ({source})"
    found = connection.execute(f"SELECT {period}, count(*), {halves}{sums} FROM ({rows}) {grouped}", values or {})
    return {
        key: Summary(rows, dict(zip(numbers, map(plain, totals), strict=True)), _content(table, rows, lower, upper))
        for key, rows, lower, upper, *totals in sorted(found.fetchall())
    }


def row_text(table: Table) -> str:
    """SQL: a row as one text from which each cell can be told again: texts with their length, an absent cell as `-`."""
    return f"concat_ws('|', {', '.join(map(_cell_text, table.columns))})"


def _cell_text(column: Column) -> str:
    text = column.code if column.type == "VARCHAR" else f"CAST({column.code} AS VARCHAR)"
    return f"coalesce(length({text}) || ':' || {text}, '-')" if column.type == "VARCHAR" else f"coalesce({text}, '-')"


def _content(table: Table, rows: int, lower: int | Decimal, upper: int | Decimal) -> str:
    """The hash of the contents: columns with their types, number of rows, and the two sums of MD5 halves."""
    columns = " ".join(f"{column.code} {column.type}" for column in table.columns)
    return hashlib.sha256(f"{columns}\n{rows} {int(lower)} {int(upper)}".encode()).hexdigest()
