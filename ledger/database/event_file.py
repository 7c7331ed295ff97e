"""A record of events in a SQLite file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from contract.errors import LedgerError
from ledger.database.sqlite import STORAGE_WORDS, Database
from ledger.database.tables import EVENT, GUARDS, MIGRATIONS, due
from ledger.guard.chain import Stored

WAIT_SECONDS = 60  # for another process that appends


class EventFile(Database):
    """`ledger.database.store.EventStore` in a file. The version of its tables is SQLite's own number for that."""

    pragmas = ("foreign_keys=ON",)

    def __init__(self, path: Path, called: str) -> None:
        self.called = called
        super().__init__(path, WAIT_SECONDS)
        with self.reading() as connection:
            known, is_guarded = _version(connection), _is_guarded(connection)
        if due(known, called) or not is_guarded:
            self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        with self._engine.begin() as connection:
            for migration in due(_version(connection), self.called):
                for statement in migration.sqlite:
                    connection.exec_driver_sql(statement)
            for guard in GUARDS:  # also where somebody took them away
                connection.exec_driver_sql(guard)
            connection.exec_driver_sql(f"PRAGMA user_version = {MIGRATIONS[-1].number:d}")

    def append(self, build: Callable[[sa.Connection], Iterable[Stored]], identity: object = None) -> list[Stored]:
        """A commit that fails here has failed: what is known of it is in the file, and nobody else's to tell."""
        with self._engine.begin() as connection:
            stored = []
            for event in build(connection):
                connection.execute(sa.insert(EVENT).values(vars(event)))
                stored.append(event)
        return stored

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with self._reader.connect() as connection:
            yield connection

    def check_sound(self) -> None:
        with self.reading() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() != ["ok"]:
                raise LedgerError(f"{self.called}{self.path.name}{STORAGE_WORDS['SQLITE_CORRUPT']}")

    def close(self) -> None:
        self._engine.dispose()


def _version(connection: sa.Connection) -> int:
    return connection.exec_driver_sql("PRAGMA user_version").scalar_one()


def _is_guarded(connection: sa.Connection) -> bool:
    found = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").scalar_one()
    return found >= len(GUARDS)
