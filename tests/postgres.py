"""A PostgreSQL server of the tests' own, in a temporary folder: started, broken and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import closing
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

from contract.places import Server
from ledger.database.preparing import prepare

OWNER, ROLE, STANDBY, PASSWORD = "pilot_owner", "pilot", "standby", "口令 of@the:tests"
RECORDS = ("ledger", "audit")
UNPRIVILEGED = ("postgres", "nobody")  # as whom a server runs that root starts, which it refuses to run as
NUMBERS = count(1)


@cache
def programs() -> Path | None:
    """The folder of the newest server that is installed, as Debian lays it; None where there is none."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return known[-1] if known else None


def lacks() -> str:
    """What is missing for tests on a server; empty where nothing is."""
    return "" if programs() else "没有PostgreSQL服务器：apt-get install postgresql"


class Cluster:
    """One server with a database that is prepared, of which every test gets a copy; or the standby of another one."""

    def __init__(self, settings: tuple[str, ...] = (), primary: Cluster | None = None, by: int = 0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pilot-pg-"))
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._user = None
        if os.geteuid() == 0:
            known = {entry.pw_name for entry in pwd.getpwall()}
            self._user = next(name for name in UNPRIVILEGED if name in known)
            shutil.chown(self.folder, self._user)
        self._data = self.folder / "data"
        if primary:
            self.follow(primary, by)
        else:
            self._begin(settings)

    def _begin(self, settings: tuple[str, ...]) -> None:
        self._run("initdb", "-D", self._data, "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync",
                  "--auth-local=trust", "--auth-host=scram-sha-256")  # fmt: skip
        self._configure("shared_buffers=16MB", "max_connections=60", "autovacuum=off")
        self.start()
        with self.connected("postgres") as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN")
            connection.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
            connection.execute(f"CREATE ROLE {STANDBY} REPLICATION LOGIN PASSWORD '{PASSWORD}'")
            connection.execute(f"CREATE DATABASE prepared OWNER {OWNER}")
        for record in RECORDS:
            prepare(Server(self.url("prepared", OWNER), record), ROLE)
        if settings:
            self.stop("fast")
            self._configure(*settings)
            self.start()

    def _configure(self, *lines: str) -> None:
        own = (f"port={self.port}", "listen_addresses='127.0.0.1'", f"unix_socket_directories='{self.folder}'")
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in (*own, *lines))  # of several lines the last one counts

    def follow(self, primary: Cluster, port: int = 0) -> None:
        """Begins, or begins anew, as a copy of another server that takes whatever comes from it, by a port."""
        shutil.rmtree(self._data, ignore_errors=True)
        conninfo = f"host=127.0.0.1 port={port or primary.port} user={STANDBY} password='{PASSWORD}' connect_timeout=2"
        self._run("pg_basebackup", "-D", self._data, "-d", conninfo, "-R", "--checkpoint=fast", "--no-sync")
        self._configure()
        self.start()

    def promote(self) -> None:
        """Makes a standby a server that takes writes."""
        self._run("pg_ctl", "-D", self._data, "-w", "promote")

    def _run(self, program: str, *arguments: str | Path) -> None:
        call = [programs() / program, *map(str, arguments)]
        done = subprocess.run(call, user=self._user, cwd=self.folder, stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}")

    def start(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self.folder / "log", "start")

    def stop(self, how: str = "immediate") -> None:
        """`immediate`: as by a crash, without a word to anybody."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", how, "stop")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, database: str, role: str = ROLE) -> str:
        """By the server's own socket, where nobody asks for a password."""
        return f"postgresql://{role}@/{database}?host={self.folder}&port={self.port}"

    def url_by_network(self, database: str, *ports: int, password: str = PASSWORD) -> str:
        """With a password; by other ports where they are given, of which the first is taken that leads to a server that
        takes writes."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports or (self.port,))
        return f"postgresql://{ROLE}:{quote(password)}@{hosts}/{database}"

    def connected(self, database: str, role: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url(database, role), autocommit=True)

    def emptied(self) -> str:
        """The name of the database that tests share one after the other, without an event."""
        name = "shared"
        with self.connected("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(f"CREATE DATABASE {name} TEMPLATE prepared OWNER {OWNER}")
        with self.connected(name, OWNER) as connection, connection.transaction():
            for record in RECORDS:
                connection.execute(f"ALTER TABLE {record}.event DISABLE TRIGGER USER")
                connection.execute(f"TRUNCATE {record}.event")
                connection.execute(f"ALTER TABLE {record}.event ENABLE TRIGGER USER")
        return name

    def new_database(self, like: str = "prepared") -> str:
        """The name of a copy of a database to which nobody is connected."""
        name = f"test_{os.getpid()}_{next(NUMBERS)}"
        with self.connected("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like} OWNER {OWNER}")
        return name
