"""The lock of whoever loads, publishes or acts, between hosts: held by the server for a session of its own.

The server lets go of it when the session ends, however that comes: no host that died keeps others waiting. Whoever has
lost it finds out before the next event is appended and before readers are pointed elsewhere. An append looks at the
session while it holds the lock of appending; the next holder takes that lock once before it reads anything. So an
event of a holder that has lost its session either comes before all that the next one reads, or is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
import sqlalchemy as sa

from contract.errors import LedgerError
from contract.places import Server
from ledger.database.connecting import MARK, connect, impatient, promised
from ledger.database.postgres import APPENDING, LOOK_SECONDS, OF_PILOT, lock_of, store_on
from ledger.database.server_words import server_words

WRITING = 3  # the kind of the lock; `APPENDING` has the others
LOST = "与台账服务器的连接中断，失去了写入的锁：没有切换数据版本，也不再登记。连接恢复后再执行一次即可"
TAKEN_ELSEWHERE = "55P03"
SESSION = "SELECT pg_backend_pid(), pg_postmaster_start_time()"
# Of the server that is asked, whichever it is.
IS_HELD = sa.text("""
    SELECT pg_postmaster_start_time() = :since AND EXISTS (
        SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE datname = current_database() AND locktype = 'advisory' AND granted
            AND classid = :ours AND objid = :writing AND pid = :pid)""")


@contextmanager
def held_between_hosts(server: Server, called: str, seconds: float) -> Iterator[Callable[[], None]]:
    """Holds the lock; what it gives raises LedgerError where the lock was lost meanwhile.

    Raises TimeoutError after `seconds`, LedgerError where the server cannot be reached.
    """
    try:
        connection = connect(server, lock_timeout=f"{max(1, int(seconds * 1000))}ms")
        try:
            pid, since = _take(connection, server, seconds)
        except BaseException:
            connection.close()
            raise
    except psycopg.Error as error:
        if error.sqlstate == TAKEN_ELSEWHERE:
            raise TimeoutError from None
        raise LedgerError(f"{called}服务器（{server.name}）{server_words(error) or '没有给出写入的锁'}") from error

    def still_held() -> None:
        try:
            with impatient(connection, LOOK_SECONDS):
                connection.execute("SELECT 1")
        except (psycopg.Error, OSError) as error:  # the second where the connection is closed already
            raise LedgerError(LOST) from error

    def held_where(appending: sa.Connection) -> None:
        """On the very server that is appended to: one that another has taken over from may go on answering."""
        still_held()
        session = {"ours": OF_PILOT, "writing": lock_of(server, WRITING), "pid": pid, "since": since}
        with impatient(appending.connection.dbapi_connection, LOOK_SECONDS):
            if not appending.execute(IS_HELD, session).scalar_one():
                raise LedgerError(LOST)

    store = store_on(server, called)
    store.still_held = held_where
    try:
        yield still_held
    finally:
        store.still_held = None
        connection.close()


def _take(connection: psycopg.Connection, server: Server, seconds: float) -> tuple[int, datetime]:
    """The lock; then, once, that of appending, which whoever had lost this one before may still hold. Gives which
    session of which server has it.

    By that transaction's own COMMIT all that is read from here on lies on the standby too, where there is one: nobody
    is told that a matter is registered already which only a server about to be replaced has.
    """
    connection.autocommit = True
    with impatient(connection, seconds + LOOK_SECONDS):
        connection.execute("SELECT pg_advisory_lock(%s, %s)", (OF_PILOT, lock_of(server, WRITING)))
        with promised(connection), connection.transaction():
            appending = lock_of(server, APPENDING[server.record])
            connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", (OF_PILOT, appending))
            connection.execute(MARK)
        return connection.execute(SESSION).fetchone()
