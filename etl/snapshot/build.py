"""Builds a snapshot's file: a copy of staging, on which the declared steps are taken in order."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import duckdb

from contract.settings import Home
from etl.snapshot.context import PREVIOUS, BuildContext, Step
from etl.snapshot.timing import declared_steps
from etl.warehouse.staging import CONFIG, staging_path


def steps() -> dict[str, Step]:
    """The declared steps of a snapshot in order. Later layers are named in `data/`, so this one imports none."""
    declared = {}
    for row in declared_steps():
        module, _, function = row["callable"].partition(":")
        declared[row["step"]] = getattr(importlib.import_module(module), function)
    return declared


def build(
    home: Home,
    building: Path,
    taken: Collection[Step],
    context: BuildContext,
    before: Path | None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Copies staging to the file `building` and takes steps on the copy, the snapshot `before` it at hand.

    `progress` is told how many of the steps are behind us, and how many there are; of none, once the copy is there.
    """
    shutil.copyfile(staging_path(home), building)
    connection = _opened(building, before)
    try:
        if progress:
            progress(0, len(taken))
        for place, step in enumerate(taken, 1):
            step(connection, context)
            if progress:
                progress(place, len(taken))
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _opened(building: Path, before: Path | None) -> duckdb.DuckDBPyConnection:
    """The snapshot to be built, with the one before attached where there is one."""
    connection = duckdb.connect(str(building), config=CONFIG | {"enable_external_access": "true"})
    if before is not None:
        place = str(before).replace("'", "''")
        connection.execute(f"ATTACH '{place}' AS {PREVIOUS} (READ_ONLY)")
    connection.execute("SET enable_external_access = false")
    return connection
