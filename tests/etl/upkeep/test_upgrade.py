"""A home that an older version wrote: read, gone on with, and left so that the older version finds what it wrote.

`older_home.tar.xz` was written by the version of 2026-11-27 (5b1d1a8): one bank admitted, its report of 2025-07 with
twelve loans accepted and published, a proposal awaiting its second person. Its files are open to other users and its
archive holds no papers, as was so then.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from contract.settings import Home
from etl.snapshot.opened import current
from etl.snapshot.verify import verify
from ledger.guard.private import open_to_others
from tests.processes import run_here

OLDER = Path(__file__).with_name("older_home.tar.xz")
PERIOD, NOW = "2025-07", "2025-08-21T10:00:00"


@pytest.fixture
def older(own_home) -> Home:
    with tarfile.open(OLDER) as archive:
        archive.extractall(own_home, filter="data")
    return Home(own_home)


def stored(home: Home) -> list[tuple]:
    """Every row of the ledger as it lies in the file, read as any program would."""
    with closing(sqlite3.connect(home.ledger)) as connection:
        return connection.execute("SELECT * FROM event ORDER BY seq").fetchall()


def files(home: Home, pattern: str) -> dict[str, str]:
    return {
        str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.root.glob(pattern)
        if path.is_file()
    }


def done(home: Home, program: str, *arguments: str) -> str:
    ended = run_here(program, *arguments, home=home.root, PILOT_NOW=NOW)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_what_an_older_version_wrote_is_whole_and_can_be_read(older):
    assert verify(older).faults == []
    assert current(older).number == 1
    assert "4,watch,B001,proposed" in done(older, "casework", "proposals")
    told = run_here("etl", "status", "--period", PERIOD, home=older.root, PILOT_NOW=NOW)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert "数据版本第1版由旧版程序发布" in told.stderr and "python -m etl publish" in told.stderr


def test_it_goes_on_and_can_be_gone_back_from(older):
    """An act begun before the upgrade is ended after it; what the older version reads is still there, byte for byte."""
    before, archived, published = stored(older), files(older, "archive/*/*"), files(older, "warehouse/pilot-1.duckdb")
    done(older, "casework", "approve", "4", "--by", "李四")
    assert current(older).number == 2
    values = done(older, "metrics", "values", "--period", PERIOD, "--indicator", "G03", "--scope", "city")
    assert f"{PERIOD},city,BJ,G03,12,,12" in values.splitlines()
    assert ",bank,watch,2025-09-01," in done(older, "casework", "list", "--as-of", "2025-09-01")
    assert "B001" in done(older, "etl", "status", "--period", PERIOD)
    assert verify(older).faults == [] and open_to_others(older) == []

    assert stored(older)[: len(before)] == before
    assert archived.items() <= files(older, "archive/*/*").items()
    assert files(older, "warehouse/pilot-1.duckdb") == published
    assert (older.warehouse / "CURRENT").read_text(encoding="ascii") == "pilot-2.duckdb\n"
    with closing(sqlite3.connect(older.ledger)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(event)")]
    assert columns == ["seq", "at", "kind", "actor", "subject", "payload", "previous", "hash"]
