"""A published data version: which one is current, and a read-only connection to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock

import duckdb

from contract.console.output import Row
from contract.console.program import later
from contract.errors import CallError, OlderVersion, SnapshotError
from contract.settings import Home, home
from contract.storage import database_words

built_by_now = later("etl.snapshot.built_by:built_by_now")  # reading needs none of what laying facts needs

OPENING = Lock()  # two that open the same file at once would share it, and one would find it configured already
KEPT_OPEN = 4  # snapshots are immutable, so a connection stays good for the life of the process
# How it shows that a table or a column is not there: in a statement, and in a frame that a statement gave or its rows.
LACKING = (duckdb.CatalogException, duckdb.BinderException, KeyError, AttributeError)
FRAMES = ("DataFrame", "Series", "Pandas")
LIMITS = {
    "memory_limit": "1GB",
    "threads": 2,
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


@dataclass(frozen=True)
class Snapshot:
    """One data version (数据版本): its number, file and moments, as its table `snapshot` states them."""

    number: int
    path: Path
    built_at: datetime
    now: datetime
    demonstration: bool
    last_period: str


@lru_cache(maxsize=KEPT_OPEN)
def _database(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), read_only=True, config=LIMITS)
    connection.execute("SET lock_configuration = true")
    return connection


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A cursor of its own on a snapshot, read-only, without access to other files."""
    try:
        with OPENING:
            return _database(path).cursor()
    except duckdb.Error as error:
        if database_words(error) is None:
            raise
        raise SnapshotError(f"数据版本文件{path.name}不存在、已被清理或损坏") from None


@contextmanager
def reading(snapshot: Snapshot) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor on a data version for what is asked of it. Raises OlderVersion as `told_of_age` does."""
    with closing(connect(snapshot.path)) as connection, told_of_age(snapshot):
        yield connection


@contextmanager
def told_of_age(snapshot: Snapshot) -> Iterator[None]:
    """Says it clearly where a table or column is missing because other code published the data version; else lets it
    pass: a fault of the program is none of its age.

    Raises OlderVersion.
    """
    try:
        yield
    except LACKING as missing:
        if _built_by(snapshot.path) == built_by_now() or not _is_of_data(missing, snapshot.path):
            raise
        raise OlderVersion(snapshot.number) from missing


def _is_of_data(missing: Exception, path: Path) -> bool:
    """Whether what is missing is of the data: said by the database, or a column asked of a frame and in no table."""
    if isinstance(missing, duckdb.Error):
        return True
    if isinstance(missing, AttributeError):
        return type(missing.obj).__name__ in FRAMES and missing.name not in _columns(path)
    name = next(iter(missing.args), None)
    return isinstance(name, str) and name.isidentifier() and name not in _columns(path)


@lru_cache(maxsize=KEPT_OPEN)
def _columns(path: Path) -> frozenset[str]:
    """The names of all columns of a data version."""
    with closing(connect(path)) as connection:
        return frozenset(
            name for (name,) in connection.execute("SELECT column_name FROM information_schema.columns").fetchall()
        )


@lru_cache(maxsize=KEPT_OPEN)
def _built_by(path: Path) -> str | None:
    """What built a data version, as its table `snapshot` has it; none where that was not noted yet."""
    with closing(connect(path)) as connection:
        noted = "SELECT 1 FROM information_schema.columns WHERE table_name = 'snapshot' AND column_name = 'built_by'"
        if not connection.execute(noted).fetchall():
            return None
        return connection.execute("SELECT built_by FROM snapshot").fetchall()[0][0]


@lru_cache(maxsize=KEPT_OPEN)
def describe(path: Path) -> Snapshot:
    """The data version in a file."""
    with connect(path) as connection:
        row = connection.execute("SELECT number, built_at, now, demonstration, last_period FROM snapshot").fetchone()
    number, built_at, now, demonstration, last_period = row
    return Snapshot(number, path, built_at, now, demonstration, last_period)


def current(home: Home) -> Snapshot:
    """The snapshot that `CURRENT` names. Raises SnapshotError where none is published."""
    return describe(home.current_snapshot())


def numbered(home: Home, number: int) -> Snapshot:
    """The data version of a number. Raises SnapshotError where it is not kept any more."""
    path = home.snapshot(number)
    if not path.exists():
        raise SnapshotError(f"数据版本第{number}版已清理，不再保存")
    return describe(path)


def open_period(period: str) -> duckdb.DuckDBPyConnection:
    """The current snapshot of this home, once it is sure that it has the period.

    Raises:
        SnapshotError: none is published.
        CallError: it has no such period.
    """
    connection = connect(current(home()).path)
    periods = [row[0] for row in connection.execute("SELECT period FROM period ORDER BY period").fetchall()]
    if period not in periods:
        span = f"，应为{periods[0]}至{periods[-1]}" if periods else ""
        raise CallError(f"当前数据版本没有报送期“{period}”{span}，形如2026-10")
    return connection


def select(connection: duckdb.DuckDBPyConnection, query: str, values: list | dict) -> list[Row]:
    """What a query gives, a mapping a row."""
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
