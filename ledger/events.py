"""The ledger: append-only events, each chained to the last by hash; the truth about receipts and decisions."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from contract.errors import LedgerError

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
FIRST = "0" * 64
LOG = logging.getLogger(__name__)
# By the beginning of SQLite's name for the error.
STORAGE_WORDS = {
    "SQLITE_FULL": "无法写入：磁盘已满，本次操作没有登记",
    "SQLITE_IOERR": "无法读写：磁盘出错或已满，本次操作没有登记",
    "SQLITE_CORRUPT": "已损坏，请从备份恢复",
    "SQLITE_NOTADB": "无法打开：文件损坏或不是台账，请从备份恢复",
    "SQLITE_CANTOPEN": "无法打开：文件夹不存在或没有权限",
    "SQLITE_READONLY": "无法写入：没有写入权限",
    "SQLITE_BUSY": "正被另一个程序占用，请稍后再试",
}


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


def _chained(previous: str, seq: int, at: str, kind: str, actor: str, subject: str, payload: str) -> str:
    body = json.dumps([previous, seq, at, kind, actor, subject, payload], ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


class Ledger:
    """An open ledger. Several processes may append at once; each append is one durable transaction.

    Every method raises LedgerError where the disk is full, the file is damaged or another process keeps it locked.
    """

    called = "台账"  # as people know this record

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})
        sa.event.listen(self._engine, "connect", self._prepare)
        # The lock is taken before the last hash is read, so that two writers cannot chain to the same event.
        sa.event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        sa.event.listen(self._engine, "handle_error", self._told)
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        with self._engine.begin() as connection:
            METADATA.create_all(connection)
            for statement in APPEND_ONLY:
                connection.exec_driver_sql(statement)

    @staticmethod
    def _prepare(connection, _record) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    def _told(self, context: sa.engine.ExceptionContext) -> None:
        """Raises LedgerError for what the disk, the file or another process caused; a fault of the program stays."""
        name = getattr(context.original_exception, "sqlite_errorname", "")
        for begins, words in STORAGE_WORDS.items():
            if name.startswith(begins):
                raise LedgerError(f"{self.called}{self.path.name}{words}") from context.original_exception

    def append(self, at: datetime, entries: Sequence[Entry]) -> list[Event]:
        """Appends all entries in one transaction: all of them or none. Returns them with their numbers."""
        moment = at.isoformat(timespec="seconds")
        events = []
        with self._engine.begin() as connection:
            last = connection.execute(
                sa.select(EVENT.c.seq, EVENT.c.hash, EVENT.c.at).order_by(EVENT.c.seq.desc()).limit(1)
            ).first()
            seq, previous, before = last or (0, FIRST, moment)
            if moment < before:
                LOG.warning(
                    "时钟回拨：现在是%s，早于%s第%d号事件的%s；照实记录，先后以编号为准",
                    moment,
                    self.called,
                    seq,
                    before,
                )
            for entry in entries:
                seq += 1
                payload = json.dumps(entry.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
                row_hash = _chained(previous, seq, moment, entry.kind, entry.actor, entry.subject, payload)
                values = {
                    "seq": seq,
                    "at": moment,
                    "kind": entry.kind,
                    "actor": entry.actor,
                    "subject": entry.subject,
                    "payload": payload,
                    "previous": previous,
                    "hash": row_hash,
                }
                connection.execute(sa.insert(EVENT).values(values))
                facts = (entry.kind, entry.actor, entry.subject, json.loads(payload), row_hash)
                events.append(Event(seq, datetime.fromisoformat(moment), *facts))
                previous = row_hash
        return events

    def events(self, *kinds: str) -> list[Event]:
        """All events of these kinds (of all kinds where none is named), oldest first."""
        query = sa.select(EVENT).order_by(EVENT.c.seq)
        if kinds:
            query = query.where(EVENT.c.kind.in_(kinds))
        with self._reader.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Event(
                row.seq,
                datetime.fromisoformat(row.at),
                row.kind,
                row.actor,
                row.subject,
                json.loads(row.payload),
                row.hash,
            )
            for row in rows
        ]

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event; (0, zeros) for an empty ledger."""
        query = sa.select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)
        with self._reader.connect() as connection:
            row = connection.execute(query).first()
        return (row.seq, row.hash) if row else (0, FIRST)

    def verify(self) -> None:
        """Raises LedgerError where the file is damaged, or at the first event that does not chain to the one before."""
        previous, expected = FIRST, 1
        with self._reader.connect() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() != ["ok"]:
                raise LedgerError(f"{self.called}{self.path.name}{STORAGE_WORDS['SQLITE_CORRUPT']}")
            for row in connection.execute(sa.select(EVENT).order_by(EVENT.c.seq)):
                chained = _chained(previous, row.seq, row.at, row.kind, row.actor, row.subject, row.payload)
                if row.seq != expected or row.previous != previous or row.hash != chained:
                    raise LedgerError(
                        f"{self.called}第{row.seq}号事件与前一事件的校验链不符，{self.called}被改动或缺损，请从备份恢复"
                    )
                previous, expected = row.hash, expected + 1
