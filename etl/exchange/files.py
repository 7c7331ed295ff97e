"""Rows to a Parquet file and back: exact decimals, rows in a fixed order, nothing but what a file of rows needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from etl.exchange.room import Room
from etl.exchange.summary import WHOLE
from etl.exchange.tables import PERIOD, Column, Table

BATCH = 1 << 17  # rows that are in memory at once, and of a row group: what one task of a reader takes
ARROW = {
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
}
DECIMAL = re.compile(r"DECIMAL\((\d+), ?(\d+)\)")


def arrow_type(column: Column) -> pa.DataType:
    match = DECIMAL.fullmatch(column.type)
    return pa.decimal128(int(match[1]), int(match[2])) if match else ARROW[column.type]


def write_rows(connection: duckdb.DuckDBPyConnection, table: Table, period: str, path: Path) -> None:
    """Writes the rows of a table and period to a file; the period itself is told by the folder."""
    columns = ", ".join(column.code for column in table.columns)
    only = f"WHERE {PERIOD} = $period" if period != WHOLE else ""
    found = connection.sql(
        f"SELECT {columns} FROM ({table.rows}) {only} ORDER BY {', '.join(table.order)}",
        params={"period": period} if only else {},
    )
    schema = pa.schema([(column.code, arrow_type(column)) for column in table.columns])
    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(path, schema, compression="zstd", store_decimal_as_integer=True) as writer:
        for batch in found.to_arrow_reader(BATCH):
            writer.write_batch(batch.cast(schema), row_group_size=BATCH)


def reader(folder: Path, room: Room | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory that may read the files of a folder, and no others."""
    connection, place = (room or Room()).database(), str(folder).replace("'", "''")
    connection.execute(f"SET allowed_directories = ['{place}']")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def rows_of(table: Table) -> str:
    """SQL: the rows of a table in the files of the parameter `$files`, none where there are none."""
    split = f", hive_partitioning = true, hive_types = {{'{PERIOD}': VARCHAR}}" if table.by_period else ""
    columns = ", ".join(([PERIOD] if table.by_period else []) + [column.code for column in table.columns])
    return f"SELECT {columns} FROM read_parquet($files{split})"


def differing(table: Table, path: Path) -> list[str]:
    """The columns of a file that are not as declared, by name and type; all where the file cannot be read."""
    try:
        held = pq.read_schema(path)
    except (OSError, pa.ArrowInvalid):
        return [column.code for column in table.columns]
    there = dict(zip(held.names, held.types, strict=True))
    wanted = {column.code: arrow_type(column) for column in table.columns}
    return [name for name in there | wanted if there.get(name) != wanted.get(name)]


def paths(place: Path, parts: Sequence[str]) -> list[str]:
    """Files as DuckDB is given them."""
    return [str(place / part) for part in parts]
