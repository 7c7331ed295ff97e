"""Publishing: builds an immutable snapshot from staging in declared steps, and switches to it last."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from etl.archive import sync
from etl.declarations import read_rows
from etl.errors import SnapshotError
from etl.ledger import Entry, Ledger
from etl.settings import DECLARATIONS, Home, clock, wall_time
from etl.staging import CONFIG, Progress, open_staging, path_of, reconcile, writing

PREVIOUS = "previous"  # the snapshot before, attached while the next one is built
KEPT = 10  # snapshots that stay beside the current one for comparison; older ones can be built again


@dataclass(frozen=True)
class BuildContext:
    """What a step of a snapshot may know besides the tables: its number, the reference time, the ledger."""

    number: int
    now: datetime
    ledger: Ledger
    demonstration: bool


Step = Callable[[duckdb.DuckDBPyConnection, BuildContext], None]


def demonstration_moment(ledger: Ledger) -> datetime | None:
    """The fixed moment of a demonstration, where this ledger is one."""
    events = ledger.events("demonstration")
    return datetime.fromisoformat(events[-1].payload["moment"]) if events else None


def reference_time(ledger: Ledger) -> datetime:
    """What time it is for this ledger: `PILOT_NOW`, else the demonstration's moment, else the clock."""
    return clock() or demonstration_moment(ledger) or wall_time()


def steps() -> dict[str, Step]:
    """The declared steps of a snapshot in order. Later layers are named in `data/`, so this one imports none."""
    rows = read_rows(DECLARATIONS / "snapshot.csv", "step", "callable")
    found = {}
    for row in rows:
        module, _, function = row["callable"].partition(":")
        found[row["step"]] = getattr(importlib.import_module(module), function)
    return found


def _numbers(home: Home) -> list[int]:
    return sorted(int(path.stem.removeprefix("pilot-")) for path in home.warehouse.glob("pilot-*.duckdb"))


def _next_number(home: Home, ledger: Ledger) -> int:
    published = [event.payload["number"] for event in ledger.events("publication")]
    return max([0, *published, *_numbers(home)]) + 1


def _switch(home: Home, name: str) -> None:
    """Points readers at a snapshot, whole or not at all."""
    aside = home.warehouse / ".CURRENT"
    aside.write_text(name + "\n", encoding="utf-8")
    sync(aside)
    os.replace(aside, home.warehouse / "CURRENT")
    sync(home.warehouse)


def _thin(home: Home) -> None:
    for number in _numbers(home)[: -KEPT - 1]:
        (home.warehouse / f"pilot-{number}.duckdb").unlink(missing_ok=True)


def _before(home: Home) -> Path | None:
    """The snapshot that readers see, where there is one."""
    try:
        return home.current_snapshot()
    except SnapshotError:
        return None


def _opened(building: Path, before: Path | None) -> duckdb.DuckDBPyConnection:
    """The snapshot to be built, with the one before attached where there is one."""
    connection = duckdb.connect(str(building), config=CONFIG | {"enable_external_access": "true"})
    if before is not None:
        place = str(before).replace("'", "''")
        with contextlib.suppress(duckdb.Error):  # cut off or gone: then all is worked out anew
            connection.execute(f"ATTACH '{place}' AS {PREVIOUS} (READ_ONLY)")
    connection.execute("SET enable_external_access = false")
    return connection


def publish(home: Home, ledger: Ledger, actor: str, progress: Progress | None = None, *, anew: bool = False) -> int:
    """Builds the next snapshot and switches to it; returns its number.

    What rests on unchanged reports is taken over from the snapshot before, unless all is to be worked out `anew`.

    Readers see the snapshot before or this one, never a mixture: the file is complete and synced under a new
    name before the pointer moves. A build that is cut off leaves a file that the next one removes.
    """
    with writing(home):
        for leftover in home.warehouse.glob(".building-*"):
            leftover.unlink()
        staging = open_staging(home)
        try:
            reconcile(staging, home, ledger, progress)
            staging.execute("CHECKPOINT")
        finally:
            staging.close()
        context = BuildContext(
            _next_number(home, ledger), reference_time(ledger), ledger, demonstration_moment(ledger) is not None
        )
        building = home.warehouse / f".building-{context.number}.duckdb"
        shutil.copyfile(path_of(home), building)
        connection = _opened(building, None if anew else _before(home))
        try:
            for step in steps().values():
                step(connection, context)
            connection.execute("CHECKPOINT")
        finally:
            connection.close()
        sync(building)
        name = f"pilot-{context.number}.duckdb"
        os.replace(building, home.warehouse / name)
        _switch(home, name)
        ledger.append(reference_time(ledger), [Entry("publication", actor, name, {"number": context.number})])
        _thin(home)
    return context.number


def rebuild(home: Home, ledger: Ledger, actor: str, progress: Progress | None = None) -> int:
    """Drops staging and builds it and a new snapshot again, from archive and ledger alone."""
    with writing(home):
        path_of(home).unlink(missing_ok=True)
        path_of(home).with_suffix(".duckdb.wal").unlink(missing_ok=True)
    return publish(home, ledger, actor, progress, anew=True)
