"""Connections to a PostgreSQL server: what each session demands, and a limit on how long it is waited for."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg.conninfo import conninfo_to_dict

from contract.errors import LedgerError
from contract.places import Server

CONNECT_SECONDS = 10
LOCK_SECONDS = 60  # for another process that appends
# Of libpq on this side and of the server on its own: who vanished is noticed in a minute, and keeps no lock longer.
HERE = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "pilot",
    "target_session_attrs": "read-write",  # of several hosts the one that is not a standby
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
THERE = {
    "lock_timeout": f"{LOCK_SECONDS}s",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
# Written into a transaction that changes nothing, so that its COMMIT waits for disk and standby like any other: when it
# has come to pass, all that was committed before lies there too, and the server is one whose word holds.
MARK = "SELECT pg_logical_emit_message(true, 'pilot', '')"
LAST = "pg_temp"  # else a session's own tables would be found before the record's, by triggers too
# What the server was set to may be more than is demanded, and stays then.
DURABLE = """
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')"""
# What it finds on closing a connection that broke has been told already, as the error of whatever broke.
logging.getLogger("psycopg").setLevel(logging.ERROR)


def connect(server: Server, **more: str) -> psycopg.Connection:
    """A connection that sees the record's tables and no others, with commits that wait for the disk.

    Raises psycopg.Error as the server answers, LedgerError where the URL itself is none.
    """
    try:
        given = conninfo_to_dict(server.url)
    except psycopg.ProgrammingError:  # its text repeats the URL
        raise LedgerError("台账的地址写法不对，应如postgresql://用户@主机:5432/数据库") from None
    options = {"search_path": f"{server.schema},{LAST}"} | THERE | more
    stated = " ".join(f"-c {name}={value}" for name, value in options.items())
    given = HERE | given | {"options": f"{given.get('options') or ''} {stated}"}
    connection = psycopg.connect(**given)
    try:
        with impatient(connection, CONNECT_SECONDS):
            connection.execute(DURABLE)
            connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def impatient(connection: psycopg.Connection, seconds: float) -> Iterator[None]:
    """Cuts the connection where what is done within takes longer: a server that was paused answers no timeout of its
    own, and psycopg waits for ever. What was waited for then raises psycopg.OperationalError.
    """
    handle = os.dup(connection.fileno())
    timer = threading.Timer(seconds, _cut, (handle,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        os.close(handle)


@contextmanager
def promised(connection: psycopg.Connection) -> Iterator[None]:
    """For a COMMIT. Raises LedgerError where somebody ended its wait for a standby: the server then warns, and answers
    as if it had waited."""
    warned: list[str | None] = []

    def keep(said: psycopg.errors.Diagnostic) -> None:
        warned.append(said.severity_nonlocalized)

    connection.add_notice_handler(keep)
    try:
        yield
    finally:
        connection.remove_notice_handler(keep)
    if "WARNING" in warned:
        raise LedgerError("台账服务器没有等到备用服务器落盘就作了答复")


def _cut(handle: int) -> None:
    with socket.socket(fileno=os.dup(handle)) as both_ways, suppress(OSError):  # broken already
        both_ways.shutdown(socket.SHUT_RDWR)
