"""A data version that was thinned, built again: from the archive and the ledger as it was at its publication."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from contract.errors import SnapshotError
from contract.places import Archive
from contract.settings import Home
from etl.snapshot.build import build, steps
from etl.snapshot.context import BuildContext
from etl.snapshot.opened import Snapshot, describe
from etl.warehouse.filling import Progress, reconcile
from etl.warehouse.revision import measure_revisions
from etl.warehouse.snapshot_files import building_path, switch
from etl.warehouse.staging import open_staging
from ledger.clock import demonstration_moment
from ledger.events import Entry, Event, Ledger


@dataclass(frozen=True)
class Scratch(Home):
    """A home that is built in, whose archive is another's, to be read."""

    originals: Archive

    @property
    def archive(self) -> Archive:
        return self.originals


def built_again(home: Home, number: int, now: datetime, scratch: Path, progress: Progress | None = None) -> Snapshot:
    """The data version in a home of its own below `scratch`, which takes as long as a rebuild; `home` is only read.

    `now`: the moment that it was built at, which the ledger does not have to the second.

    Raises SnapshotError where no such version was ever published.
    """
    place = Scratch(scratch, home.archive)
    place.warehouse.mkdir(parents=True)
    ledger = Ledger(place.ledger)
    for event_time, events in groupby(_before(home, number), key=lambda event: event.at):
        entries = [Entry(event.kind, event.actor, event.subject, event.payload) for event in events]
        ledger.append(event_time, entries)
    staging = open_staging(place)
    try:
        reconcile(staging, place, ledger, progress)
        measure_revisions(staging, place, ledger)
        staging.execute("CHECKPOINT")
    finally:
        staging.close()
    context = BuildContext(number, now, ledger, demonstration_moment(ledger) is not None, place.archive)
    build(place, building_path(place, number), steps().values(), context, None)
    switch(place, number)
    return describe(place.current_snapshot())


def _before(home: Home, number: int) -> list[Event]:
    """The events that the data version knows: those before its publication."""
    events = Ledger(home.ledger).events()
    for at, event in enumerate(events):
        if event.kind == "publication" and event.payload["number"] == number:
            return events[:at]
    raise SnapshotError(f"没有发布过数据版本第{number}版")
