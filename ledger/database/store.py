"""What a record of events asks of the database that it lies in, whichever that is; and the database of a place."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from contract.places import Place
from ledger.database.event_file import EventFile
from ledger.guard.chain import Stored

Building = Callable[[sa.Connection], Iterable[Stored]]  # the events to store, made once nobody else can come between


class EventStore(Protocol):
    """Every use raises LedgerError, in one line, for what disk, network or server did."""

    def append(self, build: Building, identity: object = None) -> list[Stored]:
        """Stores what `build` makes, all of it or nothing, and gives it once it is durable. One builds at a time.

        Raises OutcomeUnknown where it cannot be found out whether it was stored. Then an append of the same
        `identity` in this process first looks whether it was, and does not store it a second time.
        """

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A look that waits for no writer."""

    def check_sound(self) -> None:
        """Raises LedgerError where the database itself is damaged, or its guards are gone."""

    def close(self) -> None:
        """Lets go of it; the next use opens it again."""


def store_of(place: Place, called: str) -> EventStore:
    """The database of a place, its tables brought up to date or found so; `called`: as people know what it holds.

    What speaks to a server is imported where there is one.
    """
    if isinstance(place, Path):
        return EventFile(place, called)
    return importlib.import_module("ledger.database.postgres").store_on(place, called)
