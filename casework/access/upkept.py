"""What those who look after the system read of its running: data versions, storage, copies, the machine.

No figure of the business is among it: sizes, times, and kinds of acts alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.access.listed import demand
from casework.replay.replay import kinds
from contract.errors import PilotError
from contract.levels import OTHER, Level, kept_until, levels
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.history import Version, versions
from etl.upkeep.duties import Duty, duties
from etl.upkeep.health import health
from etl.upkeep.machine import Fact
from etl.upkeep.records import Record, records
from etl.upkeep.storage import Month, Store, growth, stores
from ledger.archive import reached
from ledger.audit import looks
from ledger.events import Ledger

UPKEEP = "upkeep"  # area of `data/access.csv`
LEDGER, AUDIT = "台账", "查阅记录"


@dataclass(frozen=True)
class Term:
    """How long records are kept at least: whose (`台账`, `查阅记录`), of which level, how many there are, the earliest
    day, and the day until which that one is kept. Nothing removes them: the day says from when on an office may."""

    what: str
    level: Level
    records: int
    since: date
    until: date


@dataclass(frozen=True)
class Storage:
    """What each store takes, how the records grew by month (latest first), how the duties stand, every copy and
    rehearsal on record (latest first), and how long records are kept.

    `away`: why the archive that hosts share cannot be reached, where it cannot: then neither size nor growth is known.
    """

    stores: list[Store]
    growth: list[Month]
    duties: list[Duty]
    records: list[Record]
    terms: list[Term]
    away: str = ""


def versions_for(viewer: Viewer, home: Home) -> list[Version]:
    """Every data version, the latest first. Raises AccessDenied; LedgerError as `Ledger`."""
    demand(viewer, UPKEEP)
    return versions(home)


def storage_for(viewer: Viewer, home: Home, now: datetime) -> Storage:
    """Storage and copies at a moment (naive Beijing time). Raises AccessDenied; LedgerError as `Ledger`."""
    demand(viewer, UPKEEP)
    done = (duties(home, now), records(home)[::-1], terms(home))
    try:
        reached(home.archive)
    except PilotError as error:
        return Storage([], [], *done, away=str(error))
    return Storage(stores(home), growth(home), *done)


def terms(home: Home) -> list[Term]:
    """One row a level of events of the ledger, by the levels declared with their kinds (`data/replay.csv`), and one of
    entries of the audit, by what was looked at. The strictest first.

    Raises LedgerError as `Ledger`.
    """
    days: dict[tuple[str, str], list[date]] = {}
    for event in Ledger(home.ledger).events() if home.ledger.exists() else ():
        level = kinds()[event.kind].level if event.kind in kinds() else OTHER
        days.setdefault((LEDGER, level), []).append(event.at.date())
    for look in looks(home):
        days.setdefault((AUDIT, look.level or OTHER), []).append(look.at.date())
    found = [
        Term(what, levels()[level], len(all_days), min(all_days), kept_until(levels()[level], min(all_days)))
        for (what, level), all_days in days.items()
    ]
    return sorted(found, key=lambda term: (term.what, -term.level.years))


def condition_for(viewer: Viewer, home: Home, now: datetime, machine: Sequence[Fact]) -> list[Fact]:
    """Whether the system is well, then what the machine is (`etl.upkeep.machine.facts`, which takes a moment, so that
    the caller may keep it); what wants a hand stands first, and nothing stands twice. Raises AccessDenied."""
    demand(viewer, UPKEEP)
    found: dict[str, Fact] = {}
    for fact in (*health(home, now), *machine):
        found.setdefault(fact.subject, fact)
    return sorted(found.values(), key=lambda fact: fact.fine)
