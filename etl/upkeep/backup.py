"""A copy of all that cannot be made again: the records first, then the archive, which holds whatever they name.

Only what the folder of copies lacks is copied of the archive, since a file there is named by its content. All that is
copied is read back before the copy counts.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from filelock import FileLock, Timeout

from contract.errors import CallError, PilotError
from contract.places import Server
from contract.settings import Home, wall_time
from etl.snapshot.verify import demanded
from etl.upkeep.copies import (
    LISTING,
    Copy,
    archive_of,
    copies_of,
    halves,
    listing,
    names,
    next_name,
    opened,
    write_manifest,
)
from etl.upkeep.databases import copy_database, settle
from etl.upkeep.records import BACKUP, Record, note
from etl.warehouse.snapshot_files import file_digest
from ledger.archive import copied, sync
from ledger.audit import Audit
from ledger.events import Event, Ledger
from ledger.guard.private import FILE_MODE, FOLDER_MODE
from ledger.proof.copying import copy_record

Progress = Callable[[int, int], None]
CHAINED = {"ledger.db": Ledger, "audit.db": Audit}  # records of which more is asked than that the file is sound
SHOWN = 12  # characters of a hash that tell a file to a person


def back_up(
    home: Home, place: Path, *, whole: bool = False, most: int | None = None, progress: Progress | None = None
) -> Record:
    """Makes a copy in a folder, and gives what came of it, which is on record in the home.

    `whole` also reads again what earlier copies brought; `most` is how many copies stay. Others may load, act and
    publish meanwhile. Raises PilotError where the copy could not be made; then earlier ones stay as they are.
    """
    if not home.ledger.exists():
        raise CallError("数据目录中没有台账，没有可备份的内容")
    begun, at = time.monotonic(), wall_time()
    for folder in (place, archive_of(place), copies_of(place)):
        folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    try:
        with FileLock(place / ".lock", timeout=0):
            for half in halves(place):
                shutil.rmtree(half)
            copy = _made(home, place, next_name(place, at), whole, progress)
            if most:
                _thin(place, most)
    except Timeout:
        raise PilotError("另一个备份正在写入这个目录，请稍后再试") from None
    size = sum(copy.archived.values())
    seconds = round(time.monotonic() - begun, 1)
    record = Record(BACKUP, at, copy.name, str(place), copy.seq, len(copy.archived), size, seconds, copy.faults)
    note(home, record)
    return record


def _made(home: Home, place: Path, name: str, whole: bool, progress: Progress | None) -> Copy:
    making = copies_of(place) / f".making-{os.getpid()}"
    making.mkdir(FOLDER_MODE)
    files = {}
    records = {"ledger.db": home.ledger, "audit.db": home.audit}
    served = {file: record for file, record in records.items() if isinstance(record, Server)}
    for file, record in served.items():
        with closing(CHAINED[file](making / file)) as target:
            copy_record(CHAINED[file](record), target)
    for path in sorted(home.root.glob("*.db")):
        if path.name not in served:  # else it is what was there before the record moved to a server
            copy_database(path, making / path.name)
    events, head = _checked_records(making)
    archived, damaged = copied(home.archive, archive_of(place), whole=whole, progress=progress)
    faults = [f"档案{sha256[:SHOWN]}…已损坏，备份中也没有，请执行python -m etl verify" for sha256 in damaged]
    missing = sorted({sha256 for event in events for sha256 in demanded(event)} - archived.keys())
    faults += [f"档案缺少{sha256[:SHOWN]}…，台账中有它：请执行python -m etl verify" for sha256 in missing]
    (making / LISTING).write_text(listing(archived), encoding="utf-8")
    for path in sorted(making.iterdir()):
        files[path.name] = file_digest(path)
    seq, hashed = head
    write_manifest(Copy(making, wall_time(), seq, hashed, files, archived, tuple(faults)))
    for path in making.iterdir():
        path.chmod(FILE_MODE)
        sync(path)
    sync(making)
    target = copies_of(place) / name
    os.replace(making, target)
    sync(target.parent)
    return opened(place, target.name)


def _checked_records(folder: Path) -> tuple[list[Event], tuple[int, str]]:
    """The events of the copied ledger, whose chain was followed, and its head; the audit's chain was followed too."""
    events, head = [], (0, "")
    for name, kind in CHAINED.items():
        if not (folder / name).exists():
            continue
        record = kind(folder / name)
        record.verify()
        if name == "ledger.db":
            events, head = record.events(), record.head()
        record.close()
        settle(folder / name)
    return events, head


def _thin(place: Path, most: int) -> None:
    """Removes the oldest copies of the records; the archive's files stay, whichever copy brought them."""
    for name in names(place)[:-most]:
        shutil.rmtree(copies_of(place) / name)
