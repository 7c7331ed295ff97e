"""A record of events on a PostgreSQL server: one order under many writers, and no doubt about what was stored.

A connection that breaks during COMMIT leaves open whether it came to pass. Each append writes a token of its own beside
its rows. To find out, the lock of appending is taken on a new connection: the server gives it only once the old
transaction has ended, one way or the other, and rows with its token are then there or are not. That answer counts once
a COMMIT of its own has come to pass, on the standby too where the server waits for one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from contract.errors import LedgerError, OutcomeUnknown
from contract.places import Server
from ledger.database.connecting import MARK, connect, impatient, promised
from ledger.database.server_words import CUT, server_words
from ledger.database.tables import EVENT, MIGRATIONS, TRIGGERS, due
from ledger.guard.chain import Stored

OF_PILOT = 0x49504631  # the first of the two numbers of every lock of ours; locks are each database's own
APPENDING = {"ledger": 1, "audit": 2}  # the last digit of the second; the region's code stands before it
ANSWER_SECONDS = 90  # for one answer of the server, the longest of which is the wait for other writers
BATCH = 500  # events stored at once
FIND_SECONDS = 30  # for a server to come back that went away during COMMIT
LOOK_SECONDS = 10  # for a connection kept open to show that it still answers
INSERT = sa.text(
    "INSERT INTO event (seq, at, kind, actor, subject, payload, previous, hash, token) "
    "VALUES (:seq, :at, :kind, :actor, :subject, :payload, :previous, :hash, :token)"
)
STATE = """
    SELECT to_regclass('migration') IS NOT NULL, current_setting('fsync') = 'on',
        current_setting('server_encoding') = 'UTF8'"""
MAY_CHANGE = """
    SELECT has_table_privilege('event', 'UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'event'::regclass)"""
GUARDED = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'event'::regclass AND tgenabled IN ('O', 'A')"


def lock_of(server: Server, kind: int) -> int:
    """The second number of a lock of a kind, below ten: regions in one database do not wait for each other."""
    return int(server.region or 0) * 10 + kind


class EventServer:
    """`ledger.database.store.EventStore` on a server, for all threads of a process."""

    def __init__(self, server: Server, called: str) -> None:
        self.called, self._server = called, server
        self.still_held: Callable[[sa.Connection], None] | None = (
            None  # while this process holds the lock between hosts
        )
        self._unknown: dict[
            object, list[str]
        ] = {}  # identity → tokens of an append whose outcome could not be found out
        self._engine = sa.create_engine(
            "postgresql+psycopg://", creator=lambda: connect(server), max_overflow=-1
        )  # how many are too many is the server's to say
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        sa.event.listen(self._engine, "handle_error", self._told)
        sa.event.listen(self._engine, "checkout", _look_alive)
        self.check_sound()

    @property
    def _named(self) -> str:
        return f"{self.called}服务器（{self._server.name}）"

    def _told(self, context: sa.engine.ExceptionContext) -> None:
        if words := server_words(context.original_exception):
            raise LedgerError(self._named + words) from context.original_exception

    def check_sound(self) -> None:
        """Raises LedgerError where the tables are not there or of another version, the server promises no durability,
        the role that runs could change events, or what guards them is gone."""
        with self.reading() as connection:
            is_there, is_durable, is_utf8 = connection.exec_driver_sql(STATE).one()
            if not is_there or (known := _version(connection)) < MIGRATIONS[-1].number:
                raise LedgerError(
                    f"{self._named}的表没有建立或不是本版程序的：请以所有者执行python -m etl ledger prepare"
                )
            due(known, self.called)
            may_change = connection.exec_driver_sql(MAY_CHANGE).scalar_one()
            guards = set(connection.exec_driver_sql(GUARDED).scalars())
        if not is_durable or not is_utf8:
            raise LedgerError(f"{self._named}须开启fsync并以UTF8建库，否则登记的事件可能丢失或写坏")
        if may_change:
            raise LedgerError(f"{self._named}的运行角色可以改动已登记的事件：请改用只有SELECT、INSERT权限的角色")
        if not guards >= set(TRIGGERS):
            raise LedgerError(f"{self._named}的表缺少防止改动的触发器：请查明何人所为，并从备份恢复")

    def append(self, build: Callable[[sa.Connection], Iterable[Stored]], identity: object = None) -> list[Stored]:
        """The chain of what is stored is held by the lock, by the keys of the table and by its trigger alike."""
        try:
            return self._append(build, identity)
        except LedgerError as error:
            if identity in self._unknown and not isinstance(error, OutcomeUnknown):  # of an earlier attempt
                raise self._left_open() from error
            raise

    def _append(self, build: Callable[[sa.Connection], Iterable[Stored]], identity: object) -> list[Stored]:
        token = uuid4().hex
        tokens = [*self._unknown.get(identity, ()), token]
        with self._connected(self._engine) as connection:
            transaction = connection.begin()
            try:
                self._wait_for_others(connection)
                stored = self._stored_by(connection, tokens[:-1])
                if stored:
                    _mark(connection)
                else:
                    if self.still_held:
                        self.still_held(connection)
                    stored = self._insert(connection, build, token)
            except BaseException:
                transaction.rollback()
                raise
            try:
                _commit(connection, transaction)
            except LedgerError as error:
                stored = self._found_out(tokens, identity, error) if stored else []
        self._unknown.pop(identity, None)
        return stored

    @staticmethod
    def _insert(
        connection: sa.Connection, build: Callable[[sa.Connection], Iterable[Stored]], token: str
    ) -> list[Stored]:
        stored, coming = [], iter(build(connection))
        while True:
            with _impatient(connection):
                batch = list(islice(coming, BATCH))
                if not batch:
                    return stored
                connection.execute(INSERT, [vars(event) | {"token": token} for event in batch])
            stored += batch

    def _wait_for_others(self, connection: sa.Connection) -> None:
        both = {"ours": OF_PILOT, "appending": lock_of(self._server, APPENDING[self._server.record])}
        with _impatient(connection):
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:ours, :appending)"), both)

    def _stored_by(self, connection: sa.Connection, tokens: list[str]) -> list[Stored]:
        """What an append has stored by one of its attempts: they are given one after another until one is told."""
        if not tokens:
            return []
        query = sa.select(EVENT).where(sa.column("token").in_(tokens)).order_by(EVENT.c.seq)
        with _impatient(connection):
            return [Stored(*row) for row in connection.execute(query)]

    def _found_out(self, tokens: list[str], identity: object, error: LedgerError) -> list[Stored]:
        """The events, where they are stored. Raises LedgerError where they are not, OutcomeUnknown where that stays
        open because no server comes back whose word holds."""
        until = time.monotonic() + FIND_SECONDS
        while True:
            try:
                stored = self._asked(tokens)
                break
            except LedgerError:
                if time.monotonic() > until:
                    if identity is not None:
                        self._unknown[identity] = tokens
                    raise self._left_open() from error
                time.sleep(0.2)
        if not stored:
            self._unknown.pop(identity, None)
            raise LedgerError(f"{self._named}在登记时中断，本次没有登记，请再办理一次") from error
        return stored

    def _left_open(self) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"{self._named}在登记时中断，是否已经登记不明：服务器恢复后请先查看是否已有这件登记，没有的再办理一次"
        )

    def _asked(self, tokens: list[str]) -> list[Stored]:
        """By a transaction that comes to pass itself. A server that still shows what no standby has, or that another
        has taken over from, does not get that far, and what it holds is no answer."""
        with self._connected(self._engine) as connection:
            transaction = connection.begin()
            self._wait_for_others(connection)
            stored = self._stored_by(connection, tokens)
            _mark(connection)
            _commit(connection, transaction)
            return stored

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with self._connected(self._reader) as connection, _impatient(connection):
            yield connection

    @contextmanager
    def _connected(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        try:
            connection = engine.connect()
        except sa.exc.InvalidRequestError as error:  # one that was kept open, and the one in its place: `_look_alive`
            raise LedgerError(self._named + CUT) from error
        with connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    def forget(self) -> None:
        """For a forked child: its parent's connections are not its own, and stay open."""
        self._engine.dispose(close=False)


def _version(connection: sa.Connection) -> int:
    return connection.exec_driver_sql("SELECT coalesce(max(number), 0) FROM migration").scalar_one()


def _impatient(connection: sa.Connection):
    return impatient(connection.connection.dbapi_connection, ANSWER_SECONDS)


def _mark(connection: sa.Connection) -> None:
    with _impatient(connection):
        connection.exec_driver_sql(MARK)


def _commit(connection: sa.Connection, transaction: sa.RootTransaction) -> None:
    with promised(connection.connection.dbapi_connection), _impatient(connection):
        transaction.commit()


def _look_alive(connection: psycopg.Connection, _record: object, _proxy: object) -> None:
    """A connection kept open from before a restart, or a failover, is thrown away with all others."""
    try:
        with impatient(connection, LOOK_SECONDS):
            connection.execute("SELECT 1")
            connection.rollback()
    except psycopg.Error as error:
        raise sa.exc.InvalidatePoolError from error


@lru_cache(maxsize=8)
def store_on(server: Server, called: str) -> EventServer:
    """The one of this process for a record. Raises LedgerError; then the next call tries again."""
    store = EventServer(server, called)
    os.register_at_fork(after_in_child=store.forget)
    return store
