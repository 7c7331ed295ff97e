"""What those who look after the system read of its running: data versions, storage, copies, the machine.

No figure of the business is among it: sizes, times, and kinds of acts alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.access.listed import demand
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.history import Version, versions
from etl.upkeep.duties import Duty, duties
from etl.upkeep.health import health
from etl.upkeep.machine import Fact
from etl.upkeep.records import Record, records
from etl.upkeep.storage import Month, Store, growth, stores

UPKEEP = "upkeep"  # area of `data/access.csv`


@dataclass(frozen=True)
class Storage:
    """What each store takes, how the records grew by month (latest first), how the duties stand, and every copy and
    rehearsal on record (latest first)."""

    stores: list[Store]
    growth: list[Month]
    duties: list[Duty]
    records: list[Record]


def versions_for(viewer: Viewer, home: Home) -> list[Version]:
    """Every data version, the latest first. Raises AccessDenied; LedgerError as `Ledger`."""
    demand(viewer, UPKEEP)
    return versions(home)


def storage_for(viewer: Viewer, home: Home, now: datetime) -> Storage:
    """Storage and copies at a moment (naive Beijing time). Raises AccessDenied; LedgerError as `Ledger`."""
    demand(viewer, UPKEEP)
    return Storage(stores(home), growth(home), duties(home, now), records(home)[::-1])


def condition_for(viewer: Viewer, home: Home, now: datetime, machine: Sequence[Fact]) -> list[Fact]:
    """Whether the system is well, then what the machine is (`etl.upkeep.machine.facts`, which takes a moment, so that
    the caller may keep it); what wants a hand stands first, and nothing stands twice. Raises AccessDenied."""
    demand(viewer, UPKEEP)
    found: dict[str, Fact] = {}
    for fact in (*health(home, now), *machine):
        found.setdefault(fact.subject, fact)
    return sorted(found.values(), key=lambda fact: fact.fine)
