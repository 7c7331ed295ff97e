"""What a step of a snapshot is given: the tables so far, and what it may know besides them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from contract.places import Archive
from contract.settings import home_of
from ledger.events import Ledger

PREVIOUS = "previous"  # the snapshot before, attached while the next one is built


@dataclass(frozen=True)
class BuildContext:
    """What a step of a snapshot may know besides the tables: its number, the reference time, the ledger."""

    number: int
    now: datetime
    ledger: Ledger
    demonstration: bool
    originals: Archive | None = None

    @property
    def archive(self) -> Archive:
        """Where the files lie that events name: as stated, else where the ledger's home has them."""
        return self.originals or home_of(self.ledger.place).archive


Step = Callable[[duckdb.DuckDBPyConnection, BuildContext], None]
