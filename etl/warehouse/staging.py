"""Staging: the database file with what every acknowledged version holds, derived from archive and ledger alone."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import duckdb

from contract.code import code_hash
from contract.errors import LedgerError, PilotError
from contract.settings import Home
from contract.storage import FULL_DISK, database_words
from etl.warehouse.snapshot_files import CUT_LEDGER
from etl.warehouse.tables import layout
from ledger.events import Event

CONFIG = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "true",
    "memory_limit": "3GB",  # what does not fit goes to a file beside the database
    "disabled_optimizers": "join_filter_pushdown",  # as `etl.exchange.room` says why
}
# The rooms of the code by which facts are read and typed: facts that are staged anew may be other ones by it.
FACTS_REST_ON = ("contract", "etl/receiving", "etl/sheets", "etl/reading", "etl/checks", "etl/warehouse")
HEADER_BYTES = 3 * 4096  # before the first block of a DuckDB file


def staging_path(home: Home) -> Path:
    return home.warehouse / "staging.duckdb"


def drop_staging(home: Home, aside: Path | None = None) -> None:
    """Removes staging, or sets it aside. Its log goes first: none must lie beside the staging that comes after."""
    staging_path(home).with_suffix(".duckdb.wal").unlink(missing_ok=True)
    if aside:
        os.replace(staging_path(home), aside)
    else:
        staging_path(home).unlink(missing_ok=True)


def _is_laid_out(connection: duckdb.DuckDBPyConnection, statements: str) -> bool:
    """Whether the file's tables were made by these statements."""
    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    return "layout" in tables and connection.execute("SELECT text FROM layout").fetchall() == [(statements,)]


def _is_whole(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether the file has every block in use: DuckDB opens one cut off, and misses blocks only when it reads them.

    That it has fewer blocks than it once had is no loss: DuckDB gives free ones at the end back.
    """
    block_size, blocks = connection.execute("SELECT block_size, total_blocks FROM pragma_database_size()").fetchall()[0]
    there = (path.stat().st_size - HEADER_BYTES) // block_size
    if there >= blocks:
        return True
    tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    used = ["SELECT max(block_id) AS last FROM pragma_metadata_info()"]
    used += [
        f"SELECT greatest(max(block_id), max(list_max(additional_block_ids))) FROM pragma_storage_info('{name}')"
        for name in tables
    ]
    last = connection.execute(f"SELECT max(last) FROM ({' UNION ALL '.join(used)})").fetchall()[0][0]
    return last is None or last < there


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Staging with the tables of today's declarations; raises duckdb.Error for a file that cannot be used."""
    connection = duckdb.connect(str(path), config=CONFIG)
    if not _is_whole(connection, path):
        connection.close()
        raise duckdb.Error("staging is cut off")
    statements = layout()
    laid_out = ";\n".join(statements)
    if _is_laid_out(connection, laid_out):
        return connection
    if connection.execute("SELECT count(*) FROM duckdb_tables()").fetchall() != [(0,)]:
        connection.close()
        raise duckdb.Error("staging was laid out for other declarations")
    connection.execute("BEGIN")
    for statement in statements:
        connection.execute(statement)
    connection.execute("CREATE TABLE layout AS SELECT ? AS text, ? AS code", [laid_out, code_hash(FACTS_REST_ON)])
    connection.execute("COMMIT")
    return connection


def open_staging(home: Home) -> duckdb.DuckDBPyConnection:
    """The staging database, made where it is missing; the caller holds `writing`.

    A file that DuckDB cannot open any more, or that was made for other declarations, is set aside: staging is
    derived and comes back.
    """
    path = staging_path(home)
    try:
        return _connect(path)
    except duckdb.Error as error:
        if "Could not set lock" in str(error):
            raise PilotError(f"{path.name}正被另一个程序打开，请关闭后再试") from error
        if database_words(error) == FULL_DISK:
            raise
        drop_staging(home, aside=path.with_suffix(".old"))
        return _connect(path)


def staged_versions(home: Home) -> dict[int, str]:
    """Number → hash of the event of each version in staging; none where it cannot be read: it comes back by itself."""
    if not staging_path(home).exists():
        return {}
    try:
        with duckdb.connect(str(staging_path(home)), read_only=True, config=CONFIG) as connection:
            return dict(connection.execute("SELECT submission_id, event_hash FROM version").fetchall())
    except duckdb.Error:
        return {}


def check_known(staged: dict[int, str], acknowledged: Iterable[Event]) -> None:
    """Raises LedgerError where staging holds a version that the ledger does not know: the ledger's end is lost."""
    strange = staged.items() - {(event.seq, event.hash) for event in acknowledged}
    if strange:
        raise LedgerError(f"暂存库中的第{min(strange)[0]}号报送与台账不符：{CUT_LEDGER}")
