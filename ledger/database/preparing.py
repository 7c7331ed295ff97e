"""The tables of a server, made and brought up to date by their owner; the role that runs gets no more than it needs."""

from __future__ import annotations

import psycopg
from psycopg import sql

from contract.errors import CallError, LedgerError
from contract.places import Server
from ledger.database.connecting import connect
from ledger.database.server_words import server_words
from ledger.database.tables import due

NOTES = """
    CREATE TABLE IF NOT EXISTS migration (
        number INTEGER PRIMARY KEY, brings TEXT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now())"""
GRANTS = (
    "GRANT USAGE ON SCHEMA {record} TO {role}",
    "REVOKE ALL ON {record}.event, {record}.migration FROM PUBLIC, {role}",
    "GRANT SELECT, INSERT ON {record}.event TO {role}",
    "GRANT SELECT ON {record}.migration TO {role}",
)


def prepare(owner: Server, role: str) -> list[int]:
    """Brings one record's tables to the version of this program, in one transaction; gives the versions applied.

    `owner` connects as the role that owns the tables, `role` is who runs the system.

    Raises:
        CallError: both are the same role, or the one that runs is not there or is above all rights.
        LedgerError: as the server answers, or a newer program has been here.
    """
    try:
        with connect(owner) as connection:
            _check_role(connection, role)
            names = {"record": sql.Identifier(owner.schema), "role": sql.Identifier(role)}
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {record}").format(**names))
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('migration'))")
            connection.execute(NOTES)
            (known,) = connection.execute("SELECT coalesce(max(number), 0) FROM migration").fetchone()
            lacking = due(known, f"PostgreSQL中的{owner.schema}")
            for migration in lacking:
                for statement in migration.postgresql:
                    connection.execute(statement)
                values = (migration.number, migration.brings)
                connection.execute("INSERT INTO migration (number, brings) VALUES (%s, %s)", values)
            for grant in GRANTS:
                connection.execute(sql.SQL(grant).format(**names))
    except psycopg.Error as error:
        raise LedgerError(f"台账服务器（{owner.name}）{server_words(error) or '没有接受建表'}") from error
    return [migration.number for migration in lacking]


def _check_role(connection: psycopg.Connection, role: str) -> None:
    row = connection.execute(
        "SELECT rolsuper, rolname = current_user FROM pg_roles WHERE rolname = %s", (role,)
    ).fetchone()
    if row is None:
        raise CallError(f"服务器上没有角色“{role}”，请先建立：CREATE ROLE {role} LOGIN")
    if any(row):
        raise CallError(f"“{role}”是超级用户或表的所有者，不能作为运行角色")
