"""The store of sign-in, `access.db` beside the ledger: accounts, identities, sessions, steps between, failures.

It is changed in place, unlike the ledger: what happened is told by the audit. Every process of the dashboard opens it;
it outlives them all. Of secrets that a browser holds it has hashes alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from contract.settings import Home
from ledger.database.sqlite import Database

WAIT_SECONDS = 5  # for another process that writes; a visitor waits no longer
BRIEF_SECONDS = 0.3
METADATA = sa.MetaData()
ACCOUNT = sa.Table(
    "account",
    METADATA,
    sa.Column("person", sa.Text, primary_key=True),  # the name's key
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password", sa.Text, nullable=False),  # argon2id
    sa.Column("first_until", sa.Float, nullable=False),  # until when a first password holds; 0 once it is changed
    sa.Column("code_secret", sa.Text, nullable=False),  # of one-time codes; empty where there are none
    sa.Column("code_used", sa.Integer, nullable=False),  # the last step of time whose code was used
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("bootstrap", sa.Boolean, nullable=False),  # administers until the ledger has an administrator
    sa.Column("created", sa.Float, nullable=False),
)
IDENTITY = sa.Table(
    "identity",
    METADATA,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
)
SESSION = sa.Table(
    "session",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("way", sa.Text, nullable=False),
    sa.Column("began", sa.Float, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("standing", sa.Integer, nullable=False),  # the user's last event in the ledger as it began
    sa.Column("id_token", sa.Text, nullable=False),  # for the provider's own sign-out
    sa.Column("ended", sa.Text, nullable=False),  # why, empty while it lives
    sqlite_autoincrement=True,
)
STEP = sa.Table(
    "step",
    METADATA,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)
FAILURE = sa.Table(
    "failure",
    METADATA,
    sa.Column("about", sa.Text, nullable=False, index=True),
    sa.Column("at", sa.Float, nullable=False),
)


class AccessStore(Database):
    """An open store. Every use raises LedgerError as `Database`."""

    called = "登录记录"
    pragmas = ("secure_delete=ON",)

    def __init__(self, path: Path, wait_seconds: float) -> None:
        super().__init__(path, wait_seconds)
        with self.writing() as connection:
            METADATA.create_all(connection)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction, which no other writer comes between."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A look that waits for no writer."""
        with self._reader.connect() as connection:
            yield connection


class Passing(AccessStore):
    """The same file for notes that may be lost with the power, and that nobody waits for long: they are many."""

    pragmas = (*AccessStore.pragmas, "synchronous=NORMAL")


@lru_cache(maxsize=4)
def _open(path: Path) -> AccessStore:
    return AccessStore(path, WAIT_SECONDS)


@lru_cache(maxsize=4)
def _open_in_passing(path: Path) -> Passing:
    return Passing(path, BRIEF_SECONDS)


def store_of(home: Home) -> AccessStore:
    """The store of a home, opened once a process; made where there is none. Raises LedgerError."""
    if not home.access.exists():
        _open.cache_clear()
        _open_in_passing.cache_clear()
    return _open(home.access)


def in_passing(home: Home) -> Passing:
    """The store of a home, which is there, for a note in passing. Raises LedgerError where others write just now."""
    return _open_in_passing(home.access)


def seconds() -> float:
    """The time of the clock on the wall, in seconds: sessions know no replay and no demonstration's moment."""
    return time.time()


def hashed(secret: str) -> str:
    """What the store keeps of a secret that a browser holds. It is random and long, so that a plain hash hides it."""
    return sha256(secret.encode()).hexdigest()
