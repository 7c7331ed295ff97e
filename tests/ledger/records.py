"""What somebody does to a record who owns its database, past all that guards it; and what the database itself says."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg

from contract.places import Place
from tests.postgres import OWNER, ROLE

GUARDS = ("no_update", "no_delete", "no_replace")


def by_force(place: Place, *statements: str) -> None:
    """Statements run by one who owns the tables and takes the triggers away first."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as connection, connection:
            for trigger in GUARDS:
                connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            for statement in statements:
                connection.execute(statement)
        return
    with _on_server(place, OWNER) as connection:
        connection.execute("ALTER TABLE event DISABLE TRIGGER USER")
        for statement in statements:
            connection.execute(statement)
        connection.execute("ALTER TABLE event ENABLE TRIGGER USER")


def stored_by_hand(place: Place, row: Sequence[object]) -> None:
    """An event put in without the program; the guards are there."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as connection, connection:
            connection.execute(f"INSERT INTO event VALUES ({', '.join('?' * len(row))})", row)
        return
    with _on_server(place, ROLE) as connection:
        connection.execute(f"INSERT INTO event VALUES ({', '.join(['%s'] * len(row))}, '')", row)


def _on_server(place: Place, role: str) -> psycopg.Connection:
    url = place.url.replace(f"//{ROLE}@", f"//{role}@")
    return psycopg.connect(url, options=f"-c search_path={place.schema}")
