"""Publishing: builds an immutable snapshot from staging in declared steps, and switches to it last."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path

import duckdb

from contract.declarations import read_rows
from contract.errors import SnapshotError
from contract.settings import DECLARATIONS, Home
from etl.snapshot.context import PREVIOUS, BuildContext, Step
from etl.warehouse.revision import measure_revisions
from etl.warehouse.snapshot_files import (
    building_path,
    clear_buildings,
    file_digest,
    finish,
    kept_numbers,
    name_of,
    published,
    switch,
)
from etl.warehouse.staging import (
    CONFIG,
    Progress,
    check_known,
    drop_staging,
    open_staging,
    path_of,
    reconcile,
    staged_versions,
    writing,
)
from ledger.archive import sync
from ledger.clock import demonstration_moment, reference_time
from ledger.events import Entry, Ledger

KEPT = 10  # snapshots that stay beside the current one for comparison; older ones can be built again


def steps() -> dict[str, Step]:
    """The declared steps of a snapshot in order. Later layers are named in `data/`, so this one imports none."""
    rows = read_rows(DECLARATIONS / "snapshot.csv", "step", "callable")
    found = {}
    for row in rows:
        module, _, function = row["callable"].partition(":")
        found[row["step"]] = getattr(importlib.import_module(module), function)
    return found


def _before(home: Home, acknowledged: dict[int, str]) -> Path | None:
    """The snapshot that readers see, where there is one and it is byte for byte what was published."""
    try:
        path = home.current_snapshot()
    except SnapshotError:
        return None
    whole = {name_of(number): sha256 for number, sha256 in acknowledged.items()}
    return path if path.exists() and file_digest(path) == whole.get(path.name) else None


def _opened(building: Path, before: Path | None) -> duckdb.DuckDBPyConnection:
    """The snapshot to be built, with the one before attached where there is one."""
    connection = duckdb.connect(str(building), config=CONFIG | {"enable_external_access": "true"})
    if before is not None:
        place = str(before).replace("'", "''")
        connection.execute(f"ATTACH '{place}' AS {PREVIOUS} (READ_ONLY)")
    connection.execute("SET enable_external_access = false")
    return connection


def _build(home: Home, building: Path, context: BuildContext, before: Path | None) -> None:
    """Copies staging and takes the declared steps on the copy."""
    shutil.copyfile(path_of(home), building)
    connection = _opened(building, before)
    try:
        for step in steps().values():
            step(connection, context)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def publish(home: Home, ledger: Ledger, actor: str, progress: Progress | None = None, *, anew: bool = False) -> int:
    """Builds the next snapshot and switches to it; returns its number.

    What rests on unchanged reports is taken over from the snapshot before, unless all is to be worked out `anew`.

    Readers see the snapshot before or this one, never a mixture: the file is complete, synced and in the ledger
    before it has its name and the pointer moves. A build that is cut off leaves a file that the next one removes;
    one that is in the ledger already is switched to by the next load or publication.
    """
    with writing(home):
        finish(home, ledger)
        staging = open_staging(home)
        try:
            reconcile(staging, home, ledger, progress)
            measure_revisions(staging, home, ledger)
            staging.execute("CHECKPOINT")
        finally:
            staging.close()
        acknowledged = published(ledger.events("publication"))
        number = max([0, *acknowledged]) + 1
        context = BuildContext(number, reference_time(ledger), ledger, demonstration_moment(ledger) is not None)
        building = building_path(home, number)
        try:
            _build(home, building, context, None if anew else _before(home, acknowledged))
        except BaseException:
            clear_buildings(home)  # a full disk gets its room back
            raise
        sync(building)
        facts = {"number": number, "sha256": file_digest(building)}
        ledger.append(reference_time(ledger), [Entry("publication", actor, name_of(number), facts)])
        switch(home, number)
        thin(home)
    return number


def is_behind(ledger: Ledger) -> bool:
    """Whether a submission was acknowledged, or set aside, after the last publication: by a load just now, or by one
    cut off."""
    last = {event.kind: event.seq for event in ledger.events("submission", "rule_fault", "publication")}
    return max(last.get("submission", 0), last.get("rule_fault", 0)) > last.get("publication", 0)


def rebuild(home: Home, ledger: Ledger, actor: str, progress: Progress | None = None) -> int:
    """Drops staging and builds it and a new snapshot again, from archive and ledger alone."""
    with writing(home):
        finish(home, ledger)
        check_known(staged_versions(home), ledger.events("submission"))  # the only witness must not be dropped
        drop_staging(home)
    return publish(home, ledger, actor, progress, anew=True)


def thin(home: Home) -> None:
    for number in kept_numbers(home)[: -KEPT - 1]:
        (home.warehouse / name_of(number)).unlink(missing_ok=True)
