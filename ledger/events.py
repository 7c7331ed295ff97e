"""The ledger: append-only events, each chained to the last by hash; the truth about receipts and decisions."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from contract.errors import LedgerError
from ledger.database import STORAGE_WORDS, Database
from ledger.guard.chain import CHANGE, FIRST, Follower, Stored, chained, change, check_change, function_of

METADATA = sa.MetaData()
EVENT = sa.Table(
    "event",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
)
# INSERT OR REPLACE deletes a row without firing the trigger on DELETE, hence the third.
APPEND_ONLY = tuple(
    f"CREATE TRIGGER IF NOT EXISTS no_{name} BEFORE {event} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    for name, event in {
        "update": "UPDATE ON event",
        "delete": "DELETE ON event",
        "replace": "INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq OR hash = NEW.hash)",
    }.items()
)
LOG = logging.getLogger(__name__)
WAIT_SECONDS = 60  # for another process that appends


@dataclass(frozen=True)
class Event:
    """One entry: what happened, when (naive Beijing time), by whom, to what."""

    seq: int
    at: datetime
    kind: str
    actor: str
    subject: str
    payload: dict[str, Any]
    hash: str


@dataclass(frozen=True)
class Entry:
    """What is to be appended."""

    kind: str
    actor: str
    subject: str
    payload: Mapping[str, Any]


class Ledger(Database):
    """An open ledger. Several processes may append at once; each append is one durable transaction.

    The lock is taken before the last hash is read, so that two writers cannot chain to the same event. Every method
    raises LedgerError as `Database`.
    """

    called = "台账"
    pragmas = ("foreign_keys=ON",)

    def __init__(self, path: Path) -> None:
        super().__init__(path, WAIT_SECONDS)
        with self._engine.begin() as connection:
            METADATA.create_all(connection)
            for statement in APPEND_ONLY:
                connection.exec_driver_sql(statement)

    def close(self) -> None:
        """Lets go of the file, so that it can be moved, measured or removed; the next call opens it again."""
        self._engine.dispose()

    def append(self, at: datetime, entries: Sequence[Entry]) -> list[Event]:
        """Appends all entries in one transaction: all of them or none. Returns them with their numbers."""
        moment = at.isoformat(timespec="seconds")
        with self._engine.begin() as connection:
            seq, previous, before = self._last(connection)
            # Another may have said what time it is later than this one and have been faster by as long as one waits.
            if before and at + timedelta(seconds=WAIT_SECONDS) < datetime.fromisoformat(before):
                LOG.warning(
                    "时钟回拨：现在是%s，早于%s第%d号事件的%s；照实记录，先后以编号为准",
                    moment,
                    self.called,
                    seq,
                    before,
                )
            events = []
            for entry in entries:
                event = self._insert(connection, seq + 1, previous, moment, entry, function_of(previous))
                events.append(_read(event))
                seq, previous = event.seq, event.hash
        return events

    def change_hash_function(self, at: datetime, to: str, actor: str) -> Event:
        """Appends the event from which on another declared function chains the ledger. Raises CallError."""
        with self._engine.begin() as connection:
            before = [Stored(*row) for row in connection.execute(sa.select(EVENT).order_by(EVENT.c.seq))]
            seq, previous, _ = self._last(connection)
            entry = Entry(CHANGE, actor, to, change(before, to))
            event = self._insert(connection, seq + 1, previous, at.isoformat(timespec="seconds"), entry, to)
        return _read(event)

    @staticmethod
    def _last(connection: sa.Connection) -> tuple[int, str, str]:
        query = sa.select(EVENT.c.seq, EVENT.c.hash, EVENT.c.at).order_by(EVENT.c.seq.desc()).limit(1)
        return tuple(connection.execute(query).first() or (0, FIRST, ""))

    @staticmethod
    def _insert(connection: sa.Connection, seq: int, previous: str, at: str, entry: Entry, function: str) -> Stored:
        payload = json.dumps(entry.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        facts = (seq, at, entry.kind, entry.actor, entry.subject, payload)
        event = Stored(*facts, previous, chained(function, previous, *facts))
        connection.execute(sa.insert(EVENT).values(vars(event)))
        return event

    def events(self, *kinds: str) -> list[Event]:
        """All events of these kinds (of all kinds where none is named), oldest first."""
        query = sa.select(EVENT).order_by(EVENT.c.seq)
        if kinds:
            query = query.where(EVENT.c.kind.in_(kinds))
        with self._reader.connect() as connection:
            rows = connection.execute(query).all()
        return [_read(row) for row in rows]

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event; (0, zeros) for an empty ledger."""
        query = sa.select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)
        with self._reader.connect() as connection:
            row = connection.execute(query).first()
        return (row.seq, row.hash) if row else (0, FIRST)

    def verify(self) -> None:
        """Raises LedgerError where the file is damaged, or at the first event that does not chain to the one before."""
        with self._reader.connect() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() != ["ok"]:
                raise LedgerError(f"{self.called}{self.path.name}{STORAGE_WORDS['SQLITE_CORRUPT']}")
        self.verify_after(0, FIRST)

    def verify_after(self, seq: int, hashed: str) -> None:
        """The same for what was added after an event, whose number and hash are known to have been sound."""
        self.demand(seq, hashed)
        follower = Follower(hashed, seq + 1, self.called)
        for event in self.stored(seq):
            follower.follow(event)
            if event.kind == CHANGE:
                check_change(event, list(self.stored(0, event.seq - 1)))

    def demand(self, seq: int, hashed: str) -> None:
        """Raises LedgerError where an event is not there, or is another one; 0 is what comes before the first."""
        if seq and [event.hash for event in self.stored(seq - 1, seq)] != [hashed]:
            raise LedgerError(
                f"{self.called}第{seq}号事件与上次核对时不同：{self.called}缺少末尾的事件或被改动，"
                f"请从备份恢复{self.path.name}；若备份就是这样，删除warehouse目录后执行python -m etl rebuild"
            )

    def stored(self, after: int = 0, upto: int | None = None) -> Iterator[Stored]:
        """The events after a number, as far as another where one is given, as they are stored, oldest first."""
        query = sa.select(EVENT).where(EVENT.c.seq > after).order_by(EVENT.c.seq)
        with self._reader.connect() as connection:
            for row in connection.execute(query if upto is None else query.where(EVENT.c.seq <= upto)):
                yield Stored(*row)


def _read(row: Stored | sa.Row) -> Event:
    facts = (row.kind, row.actor, row.subject, json.loads(row.payload))
    return Event(row.seq, datetime.fromisoformat(row.at), *facts, row.hash)
