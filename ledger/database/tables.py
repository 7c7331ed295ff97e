"""The tables of a record of events, and the versions that they went through: a short list, applied in order.

A version is never changed once it was released; what is to be otherwise is the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from contract.errors import LedgerError

EVENT = sa.Table(
    "event",
    sa.MetaData(),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("at", "kind", "actor", "subject", "payload", "previous", "hash")),
)


@dataclass(frozen=True)
class Migration:
    """One version: what it brings, and its statements in each database."""

    number: int
    brings: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


COLUMNS = """
    at TEXT NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL, subject TEXT NOT NULL, payload TEXT NOT NULL,
    previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE"""
# INSERT OR REPLACE deletes a row without firing the trigger on DELETE, hence the third.
GUARDS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS no_{name} BEFORE {event} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    for name, event in {
        "update": "UPDATE ON event",
        "delete": "DELETE ON event",
        "replace": "INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq OR hash = NEW.hash)",
    }.items()
)
# Of a statement, so that one which would find no row is refused as well. `token` is of no event: it tells whose append
# a row came by (ledger.database.postgres). Whatever a client does, an event follows the last one: no gap, no fork.
ON_A_SERVER = (
    f"CREATE TABLE event (seq BIGINT PRIMARY KEY CHECK (seq > 0), {COLUMNS}, token TEXT NOT NULL)",
    """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$""",
    """CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        DECLARE last RECORD;
        BEGIN
            SELECT seq, hash INTO last FROM event ORDER BY seq DESC LIMIT 1;
            IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.previous <> coalesce(last.hash, repeat('0', 64)) THEN
                RAISE EXCEPTION 'an event has to follow the last one';
            END IF;
            RETURN NEW;
        END $$""",
    "CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
    "CREATE TRIGGER no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
    "CREATE TRIGGER follows BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION follow()",
)
TRIGGERS = ("follows", "no_change", "no_truncate")
MIGRATIONS = (
    Migration(
        1,
        "events, appended to and never changed",
        sqlite=(f"CREATE TABLE IF NOT EXISTS event (seq INTEGER NOT NULL PRIMARY KEY, {COLUMNS})", *GUARDS),
        postgresql=ON_A_SERVER,
    ),
)


def due(known: int, called: str, migrations: tuple[Migration, ...] = MIGRATIONS) -> tuple[Migration, ...]:
    """The versions that a database lacks, in order. Raises LedgerError where it knows more than this program."""
    latest = migrations[-1].number
    if known > latest:
        raise LedgerError(f"{called}的表已是第{known}版，本程序只认得第{latest}版：请升级程序，以免写坏{called}")
    return migrations[known:]
