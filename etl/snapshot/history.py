"""Every data version that was published: when, by whom, after which acts, and how it was built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contract.settings import Home
from etl.snapshot.publish import ASK_FOR_ONE
from etl.snapshot.timing import Build, builds
from ledger.events import Ledger


@dataclass(frozen=True)
class Version:
    """One data version. `at`: when the ledger has it published; `acts`: kinds of the ledger's events since the one
    before that ask for a data version, in the order of their first; `upto`: the last event that it knows; `bytes`:
    None where the file was thinned; `build`: None where no times are on record."""

    number: int
    at: datetime
    by: str
    acts: tuple[str, ...]
    upto: int
    bytes: int | None
    is_current: bool
    build: Build | None


def versions(home: Home) -> list[Version]:
    """All that the ledger acknowledges, the latest first; none where nothing was ever published.

    Raises LedgerError as `Ledger`.
    """
    if not home.ledger.exists():
        return []
    current = home.current_snapshot() if home.is_published else None
    measured = builds(home)
    found: list[Version] = []
    acts: dict[str, None] = {}
    for event in Ledger(home.ledger).events("publication", *ASK_FOR_ONE):
        if event.kind != "publication":
            acts[event.kind] = None
            continue
        number, path = event.payload["number"], home.snapshot(event.payload["number"])
        size = path.stat().st_size if path.exists() else None
        facts = (number, event.at, event.actor, tuple(acts), event.seq - 1, size, path == current)
        found.append(Version(*facts, measured.get(number)))
        acts = {}
    return found[::-1]
