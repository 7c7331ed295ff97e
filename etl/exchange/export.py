"""Writes the exchange of the current data version: partitions whose contents changed, the others shared, whole or not
at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from contract.declarations import filed_level
from contract.errors import CallError, PilotError
from contract.settings import Home, clock, wall_time
from etl.exchange import manifest as manifests
from etl.exchange.dictionary import dictionary
from etl.exchange.files import write_rows
from etl.exchange.manifest import CURRENT, DICTIONARY, MAKING, Manifest, Part, described, name_of, place_of
from etl.exchange.summary import Summary, summaries
from etl.exchange.tables import Table, tables
from etl.snapshot.opened import Snapshot, current, reading
from etl.warehouse.snapshot_files import file_digest
from ledger.archive import digest, sync, write_whole
from ledger.audit import record_look
from ledger.events import Ledger
from ledger.guard.private import FOLDER_MODE
from ledger.people import USER, check_person, second_person, users

AREA, APPROVAL = "exchange", "release_exchange"  # of `data/access.csv`
LOCK = ".lock"
KEPT = 1  # exchanges that stay beside the current one, for who is reading them
CANNOT_LINK = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES}
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What an export came to: the exchange that is current now, and which of its files were written for it."""

    name: str
    manifest: Manifest
    written: tuple[Part, ...]
    is_new: bool  # False where nothing had changed, and the one that was there stays


@dataclass(frozen=True)
class Giver:
    """Who gives the data out, and who approved it; nobody where no user is registered."""

    name: str
    approved_by: str


def export(
    home: Home,
    folder: Path,
    by: str,
    approved_by: str | None = None,
    *,
    whole: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Brings a folder up to the current data version; `whole` writes every file again.

    The audit has it before the folder shows it. Killed at any moment, the folder shows what it showed before or all of
    the new; what was being made is removed by the next export.

    Raises:
        AccessDenied, CallError: as `giver`; the folder holds something else.
        SnapshotError: none is published. PilotError: another export writes there.
    """
    given_by = giver(Ledger(home.ledger), by, approved_by)
    snapshot = current(home)
    folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    if strange := sorted(path.name for path in folder.iterdir() if not _is_own(path)):
        raise CallError(f"{folder}中已有“{strange[0]}”，不是数据交换的目录，请改用空目录")
    try:
        with FileLock(folder / LOCK, timeout=0):
            return _exported(home, snapshot, folder, given_by, whole, progress)
    except Timeout:
        raise PilotError("另一个导出正在写入这个目录，请稍后再试") from None


def giver(ledger: Ledger, by: str, approved_by: str | None) -> Giver:
    """Who exports, once it is sure that this person may and that another one approved.

    Row by row data leave the house, so two persons answer for it as soon as users are registered. Raises AccessDenied,
    CallError as `ledger.people.second_person`.
    """
    who = check_person(ledger, by, AREA, "导出数据交换")
    approver = ""
    if approved_by is not None:
        approver = second_person(ledger, approved_by, APPROVAL, "批准", "数据交换", [(who, f"数据交换由{who}导出")])
    elif users(ledger.events(USER)):
        raise CallError("逐笔数据交给他方须由另一人批准，请以--approved-by写明批准人")
    return Giver(who, approver)


def _is_own(path: Path) -> bool:
    known = (CURRENT, f".{CURRENT}", LOCK)
    return path.name in known or path.name.startswith(MAKING) or bool(manifests.NAME.fullmatch(path.name))


def _exported(
    home: Home, snapshot: Snapshot, folder: Path, given_by: Giver, whole: bool, progress: Progress | None
) -> Outcome:
    for half in folder.glob(f"{MAKING}*"):
        shutil.rmtree(half)
    before = manifests.current(folder)
    known = manifests.read(before) if before else None
    making = folder / f"{MAKING}-{os.getpid()}"
    making.mkdir()
    try:
        with reading(snapshot) as connection:
            shared = {} if whole or known is None else _shared(before, known)
            parts = list(_parts(connection, making, shared, progress))
            stated = _stated(connection, snapshot, making, [part for part, _ in parts])
        if known and not whole and stated == replace(known, made_at=stated.made_at):
            shutil.rmtree(making)
            return Outcome(before.name, known, (), is_new=False)
        name = name_of(max(manifests.numbers(folder), default=0) + 1)
        written = tuple(part for part, is_written in parts if is_written)
        _record(home, given_by, name, stated, manifests.write(making, stated), len(written))
        _show(folder, making, name)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)  # a full disk gets its room back
        raise
    _thin(folder, {name, before.name if before else name})
    return Outcome(name, stated, written, is_new=True)


def _shared(before: Path, known: Manifest) -> dict[tuple[str, str, str], tuple[Path, Part]]:
    """Table, period and contents → the file that holds them, of those that are there as they were written."""
    there = ((before / part.path, part) for part in known.parts)
    return {
        (part.table, part.period, part.content): (path, part)
        for path, part in there
        if path.is_file() and path.stat().st_size == part.bytes
    }


def _parts(
    connection: duckdb.DuckDBPyConnection,
    making: Path,
    shared: dict[tuple[str, str, str], tuple[Path, Part]],
    progress: Progress | None,
) -> Iterator[tuple[Part, bool]]:
    """Every file of the new exchange, in its place, and whether it was written for it."""
    for number, table in enumerate(tables().values(), 1):
        for period, held in summaries(connection, table, table.rows).items():
            same = shared.get((table.code, period, held.content))
            if same:
                _share(same[0], making / same[1].path)
                yield same[1], False
            else:
                yield _written(connection, making, table, period, held), True
        if progress:
            progress(number, len(tables()))


def _share(file: Path, target: Path) -> None:
    """The same file in another exchange: by another name of it, by a copy where the file system has none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, target)
    except OSError as error:
        if error.errno not in CANNOT_LINK:
            raise
        shutil.copy2(file, target)


def _written(connection: duckdb.DuckDBPyConnection, making: Path, table: Table, period: str, held: Summary) -> Part:
    place = place_of(table, period)
    write_rows(connection, table, period, making / place)
    facts = (held.rows, dict(held.sums), held.content)
    return Part(table.code, period, place, *facts, file_digest(making / place), (making / place).stat().st_size)


def _stated(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, making: Path, parts: list[Part]) -> Manifest:
    text = dictionary().encode()
    (making / DICTIONARY).write_bytes(text)
    seq, hashed = connection.execute("SELECT ledger_seq, ledger_hash FROM snapshot").fetchall()[0]
    facts = (snapshot.number, snapshot.now, snapshot.last_period, snapshot.demonstration, seq, hashed)
    return Manifest(clock() or wall_time(), *facts, digest(text), described(tables()), tuple(parts))


def _record(home: Home, given_by: Giver, name: str, stated: Manifest, content: bytes, written: int) -> None:
    """Puts it on record who gave what out; the hash of the manifest stands for all files that it names."""
    selection = {"exchange": name, "approved_by": given_by.approved_by, "written": str(written)}
    held = (stated.rows, stated.data_version, content)
    record_look(home, given_by.name, "数据交换", selection, *held, level=filed_level(), area=AREA)


def _show(folder: Path, making: Path, name: str) -> None:
    """Gives the exchange its name and points readers at it, as the last of all."""
    for path in sorted(making.rglob("*"), reverse=True):  # what a folder holds before the folder
        sync(path)
    sync(making)
    os.replace(making, folder / name)
    sync(folder)  # the name must not be lost where the pointer's change is kept
    write_whole(folder / CURRENT, name + "\n")


def _thin(folder: Path, kept: set[str]) -> None:
    """Removes what is neither current nor was so until now."""
    for number in manifests.numbers(folder):
        if name_of(number) not in kept:
            shutil.rmtree(folder / name_of(number))
