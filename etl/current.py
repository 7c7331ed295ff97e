"""The current snapshot, opened by a command to read it and to do nothing else."""

from __future__ import annotations

import duckdb

from etl.settings import Home

NO_FILES = {"enable_external_access": "false"}


def open_current(home: Home) -> duckdb.DuckDBPyConnection:
    """A read-only connection to what readers are pointed at. Raises SnapshotError where nothing is published."""
    return duckdb.connect(str(home.current_snapshot()), read_only=True, config=NO_FILES)
