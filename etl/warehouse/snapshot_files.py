"""The files of published snapshots: their names, the pointer to the current one, and a switch that was cut off.

The ledger's event is the acknowledgement of a publication too, and comes before the file has its name. So whatever
is named `pilot-<n>.duckdb` is whole and in the ledger, and a ledger without it has lost its end.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from contract.errors import LedgerError
from contract.settings import Home, snapshot_name
from etl.warehouse.origin import check_has_facts
from ledger.archive import sync, write_whole
from ledger.events import Event, Ledger
from ledger.guard.private import FILE_MODE

CUT_LEDGER = (
    "台账缺少末尾的事件或被改动，请从备份恢复ledger.db；若备份就是这样，删除warehouse目录后执行python -m etl rebuild"
)


def building_path(home: Home, number: int) -> Path:
    """Where a snapshot is built: a name that no reader takes for a snapshot's."""
    return home.warehouse / f".building-{number}.duckdb"


def kept_numbers(home: Home) -> list[int]:
    """Numbers of the snapshots that are there, ascending."""
    return sorted(number_of(path) for path in home.warehouse.glob("pilot-*.duckdb"))


def number_of(path: Path) -> int:
    """The number in the name of a snapshot's file."""
    return int(path.stem.removeprefix("pilot-"))


def published(events: Iterable[Event]) -> dict[int, str]:
    """Number → sha256 of every snapshot that these events acknowledge; empty where an early release stated none."""
    publications = (event.payload for event in events if event.kind == "publication")
    return {payload["number"]: payload.get("sha256", "") for payload in publications}


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def switch(home: Home, number: int) -> None:
    """Gives a built and acknowledged snapshot its name, and points readers at it, whole or not at all."""
    building = building_path(home, number)
    if building.exists():
        building.chmod(FILE_MODE)
        os.replace(building, home.snapshot(number))
        sync(home.warehouse)  # the file's name must not be lost where the pointer's change is kept
    write_whole(home.warehouse / "CURRENT", snapshot_name(number) + "\n")


def finish(home: Home, ledger: Ledger) -> None:
    """Completes what a publication left undone that was cut off; the caller holds `etl.warehouse.lock.writing`.

    Raises LedgerError where a snapshot is there that the ledger does not know: the ledger's end is lost, and going
    on would give its numbers away a second time; PilotError on a host that takes its data versions from another.
    """
    check_has_facts(home)
    acknowledged = published(ledger.events("publication"))
    last = max(acknowledged, default=0)
    beyond = [number for number in kept_numbers(home) if number > last]
    if beyond:
        raise LedgerError(f"台账中没有数据版本第{beyond[-1]}版的发布记录：{CUT_LEDGER}")
    if last and _is_due(home, last, acknowledged[last]):
        switch(home, last)
    clear_buildings(home)


def clear_buildings(home: Home) -> None:
    """Removes what was being built."""
    for leftover in home.warehouse.glob(".building-*"):
        if leftover.is_dir():  # where DuckDB kept what did not fit into memory
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def _is_due(home: Home, number: int, sha256: str) -> bool:
    """Whether the snapshot acknowledged last is there, and readers are not pointed at it yet."""
    building, pointer = building_path(home, number), home.warehouse / "CURRENT"
    if building.exists():
        return file_digest(building) == sha256
    pointed = pointer.exists() and pointer.read_bytes() == f"{snapshot_name(number)}\n".encode()
    return home.snapshot(number).exists() and not pointed
