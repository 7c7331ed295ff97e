"""The ledgers of all homes of a run on a server of its own: a database each, copied with its home."""

from __future__ import annotations

from pathlib import Path

import psycopg

from contract.places import Place, Server
from contract.settings import Home
from tests.postgres import Cluster


class Ledgers:
    """Where the ledger of each home lies, in this process and in those forked from it, whatever home is their own."""

    def __init__(self) -> None:
        self._cluster = Cluster()
        self._databases: dict[Path, str] = {}
        of_a_file = Home._record

        def record(home: Home, name: str) -> Place:
            database = self._databases.get(home.root)
            return Server(self._cluster.url(database), name) if database else of_a_file(home, name)

        Home._record = record

    def add(self, home: Path) -> None:
        self._databases[home] = self._cluster.new_database()

    def copy(self, home: Path, to: Path) -> None:
        """A database like another home's, in place of the one that was there."""
        before = self._databases.pop(to, None)
        like = self._databases[home]
        with self._cluster.connected("postgres") as connection:
            if before:
                connection.execute(f"DROP DATABASE {before} WITH (FORCE)")
            query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(query, (like,)).fetchall()  # of processes that have just ended
        self._databases[to] = self._cluster.new_database(like)

    def remove(self) -> None:
        self._cluster.remove()


def rows(server: Server) -> list[tuple]:
    """Number, hash, kind and payload of all events, without the code at test."""
    with psycopg.connect(server.url) as connection:
        return connection.execute(f"SELECT seq, hash, kind, payload FROM {server.schema}.event ORDER BY seq").fetchall()
