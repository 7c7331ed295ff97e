"""The yardstick: DuckDB alone reads the same CSV file as text into a table. Run as a process of its own."""

from __future__ import annotations

import sys

import duckdb

if __name__ == "__main__":
    connection = duckdb.connect()
    connection.execute("CREATE TABLE B1 AS SELECT * FROM read_csv(?, header = true, all_varchar = true)", [sys.argv[1]])
    print(connection.execute("SELECT count(*) FROM B1").fetchone()[0])
