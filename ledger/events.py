"""The ledger: append-only events, each chained to the last by hash; the truth about receipts and decisions."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from contract.errors import LedgerError
from contract.places import Place
from ledger.database.event_file import WAIT_SECONDS
from ledger.database.store import store_of
from ledger.database.tables import EVENT
from ledger.guard.chain import CHANGE, FIRST, Follower, Stored, chained, change, check_change, function_of

LOG = logging.getLogger(__name__)
BATCH = 1000  # events read at once


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


class Ledger:
    """An open ledger, in a file or on a server. Several processes may append at once; each append is one durable
    transaction.

    The lock is taken before the last hash is read, so that two writers cannot chain to the same event. Every method
    raises LedgerError as `ledger.database.store.EventStore`.
    """

    called = "台账"

    def __init__(self, place: Place) -> None:
        self.place = place
        self._store = store_of(place, self.called)

    def close(self) -> None:
        """Lets go of the file, so that it can be moved, measured or removed; the next call opens it again."""
        self._store.close()

    def append(self, at: datetime, entries: Sequence[Entry]) -> list[Event]:
        """Appends all entries in one transaction: all of them or none. Returns them with their numbers.

        Raises OutcomeUnknown where a server went away while it made them durable, and does not come back.
        """
        moment = at.isoformat(timespec="seconds")
        told = [_told(entry) for entry in entries]

        def build(connection: sa.Connection) -> Iterator[Stored]:
            seq, previous, before = _last(connection)
            # Another may have said what time it is later than this one and have been faster by as long as one waits.
            if before and at + timedelta(seconds=WAIT_SECONDS) < datetime.fromisoformat(before):
                LOG.warning(
                    "时钟回拨：现在是%s，早于%s第%d号事件的%s；照实记录，先后以编号为准",
                    moment,
                    self.called,
                    seq,
                    before,
                )
            for number, facts in enumerate(told, seq + 1):
                hashed = chained(function_of(previous), previous, number, moment, *facts)
                yield Stored(number, moment, *facts, previous, hashed)
                previous = hashed

        return [_read(event) for event in self._store.append(build, tuple(told))]

    def change_hash_function(self, at: datetime, to: str, actor: str) -> Event:
        """Appends the event from which on another declared function chains the ledger. Raises CallError."""
        moment = at.isoformat(timespec="seconds")

        def build(connection: sa.Connection) -> Iterator[Stored]:
            seq, previous, _ = _last(connection)
            before = [Stored(*row) for row in connection.execute(sa.select(EVENT).order_by(EVENT.c.seq))]
            facts = (seq + 1, moment, *_told(Entry(CHANGE, actor, to, change(before, to))))
            yield Stored(*facts, previous, chained(to, previous, *facts))

        (event,) = self._store.append(build)
        return _read(event)

    def take(self, events: Iterable[Stored]) -> None:
        """Appends events as they stand in another record of the same history, all of them or none.

        Raises LedgerError where they do not chain to the last one that is here.
        """

        def build(connection: sa.Connection) -> Iterator[Stored]:
            seq, previous, _ = _last(connection)
            follower = Follower(previous, seq + 1, self.called)
            for event in events:
                follower.follow(event)
                yield event

        self._store.append(build)

    def events(self, *kinds: str) -> list[Event]:
        """All events of these kinds (of all kinds where none is named), oldest first."""
        query = sa.select(EVENT).order_by(EVENT.c.seq)
        if kinds:
            query = query.where(EVENT.c.kind.in_(kinds))
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return [_read(row) for row in rows]

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event; (0, zeros) for an empty ledger."""
        query = sa.select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return (row.seq, row.hash) if row else (0, FIRST)

    def verify(self) -> None:
        """Raises LedgerError where the database is damaged, or at the first event that does not chain to the one
        before."""
        self._store.check_sound()
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
                f"请从备份恢复{self.place.name}；若备份就是这样，删除warehouse目录后执行python -m etl rebuild"
            )

    def stored(self, after: int = 0, upto: int | None = None) -> Iterator[Stored]:
        """The events after a number, as far as another where one is given, as they are stored, oldest first."""
        while True:
            query = sa.select(EVENT).where(EVENT.c.seq > after).order_by(EVENT.c.seq).limit(BATCH)
            with self._store.reading() as connection:
                rows = connection.execute(query if upto is None else query.where(EVENT.c.seq <= upto)).all()
            yield from (Stored(*row) for row in rows)
            if len(rows) < BATCH:
                return
            after = rows[-1].seq


def _told(entry: Entry) -> tuple[str, str, str, str]:
    """What an event says of an entry: kind, actor, subject, payload as it is hashed."""
    payload = json.dumps(entry.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return entry.kind, entry.actor, entry.subject, payload


def _last(connection: sa.Connection) -> tuple[int, str, str]:
    """Number, hash and time of the last event, once nobody else can append."""
    query = sa.select(EVENT.c.seq, EVENT.c.hash, EVENT.c.at).order_by(EVENT.c.seq.desc()).limit(1)
    return tuple(connection.execute(query).first() or (0, FIRST, ""))


def _read(row: Stored | sa.Row) -> Event:
    facts = (row.kind, row.actor, row.subject, json.loads(row.payload))
    return Event(row.seq, datetime.fromisoformat(row.at), *facts, row.hash)
