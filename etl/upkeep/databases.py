"""Records copied while others write to them: SQLite's own way, page by page, of one moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from contract.errors import LedgerError
from ledger.archive import sync
from ledger.database.sqlite import STORAGE_WORDS, storage_words
from ledger.guard.private import FILE_MODE

WAIT_SECONDS = 60


def copy_database(source: Path, target: Path) -> None:
    """Copies a SQLite file, whoever writes to it meanwhile, as one file by itself; whole, synced and looked over.

    Raises LedgerError where the disk is full, or either of the two cannot be read or is damaged.
    """
    target.touch(FILE_MODE)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=WAIT_SECONDS)) as read,
            closing(sqlite3.connect(target)) as written,
        ):
            read.backup(written)
    except sqlite3.Error as error:
        raise _told(source.name, error) from error
    settle(target)


def settle(path: Path) -> None:
    """Brings what stands in a database's log into its one file, looks it over and syncs it; nobody has it open."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except sqlite3.Error as error:
        raise _told(path.name, error) from error
    if not sound:
        raise LedgerError(f"{path.name}{STORAGE_WORDS['SQLITE_CORRUPT']}")
    sync(path)


def _told(name: str, error: sqlite3.Error) -> LedgerError:
    return LedgerError(f"{name}{storage_words(error) or '无法复制'}")
