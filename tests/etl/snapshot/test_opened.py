"""Many that open a data version at the same moment each get it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import duckdb

from etl.snapshot import opened


def test_a_version_opened_by_several_at_once_opens_for_all(tmp_path, monkeypatch):
    path = tmp_path / "pilot-1.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE fact AS SELECT 7 AS figure")
    connect = duckdb.connect

    def slow(*arguments, **named):
        connection = connect(*arguments, **named)
        time.sleep(0.05)  # long enough for all to stand between opening and configuring
        return connection

    monkeypatch.setattr(opened.duckdb, "connect", slow)

    def read(_) -> int:
        with opened.connect(path) as connection:
            return connection.execute("SELECT figure FROM fact").fetchone()[0]

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(read, range(6))) == [7] * 6
