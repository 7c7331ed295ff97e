"""A copy brought back as a home: every byte checked on the way, the warehouse built from it, the whole verified.

A rehearsal does the same in a folder of its own and throws it away: only a copy that was once brought back is one.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from contract.errors import CallError, LedgerError, PilotError, RefusedFile
from contract.settings import Home, wall_time
from etl.snapshot.publish import rebuild
from etl.snapshot.verify import verify
from etl.upkeep.copies import Copy, opened
from etl.upkeep.records import REHEARSAL, Record, note
from ledger.archive import fetch, keep, listed, sync
from ledger.events import Ledger
from ledger.guard.private import FILE_MODE, FOLDER_MODE

Progress = Callable[[int, int], None]
LEDGER = "ledger.db"
ASIDE = ".rehearsal-"


def bring_back(copy: Copy, into: Home, progress: Progress | None = None) -> None:
    """Writes what is in a copy into an empty home; the ledger last, so that half a home is none.

    Raises:
        CallError: the home is not empty.
        RefusedFile: a file of the copy is missing or damaged.
    """
    if any(into.root.glob("*.db")) or listed(into.archive):
        raise CallError(f"{into.root}中已有台账或档案；请恢复到空的目录，核对无误后再换用")
    into.root.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    for number, sha256 in enumerate(sorted(copy.archived), 1):
        keep(into.archive, fetch(copy.archive, sha256))
        if progress:
            progress(number, len(copy.archived))
    for name in sorted((name for name in copy.files if name.endswith(".db")), key=lambda name: name == LEDGER):
        shutil.copyfile(copy.folder / name, into.root / name)
        (into.root / name).chmod(FILE_MODE)
        sync(into.root / name)
    sync(into.root)
    seq, head = Ledger(into.ledger).head()
    if (seq, head) != (copy.seq, copy.head):
        raise RefusedFile(f"备份{copy.name}的台账与其清单所载的校验码不符，不能使用，请换一份备份")


def made_whole(into: Home, actor: str, progress: Progress | None = None) -> list[str]:
    """Builds the warehouse of a home that was brought back, and gives what `verify` finds wrong, a line each."""
    rebuild(into, Ledger(into.ledger), actor, progress)
    return verify(into).faults


def rehearse(home: Home, place: Path, actor: str, name: str = "", progress: Progress | None = None) -> Record:
    """Brings a copy back in a folder within the home's, checks it, removes it; gives what came of it, on record.

    The copy has to be one of this home: the ledger still holds the event at which it ends. Raises PilotError where
    the copy cannot be used.
    """
    begun, at = time.monotonic(), wall_time()
    copy = opened(place, name)
    try:
        Ledger(home.ledger).demand(copy.seq, copy.head)
    except LedgerError:
        raise RefusedFile(f"备份{copy.name}截至第{copy.seq}号事件，与本数据目录的台账不同，不是它的备份") from None
    try:
        with FileLock(home.root / ".rehearsal.lock", timeout=0):
            for left in home.root.glob(f"{ASIDE}*"):  # of one that was cut off
                shutil.rmtree(left)
            with tempfile.TemporaryDirectory(dir=home.root, prefix=ASIDE) as folder:
                bring_back(copy, Home(Path(folder)), progress)
                faults = made_whole(Home(Path(folder)), actor, progress)
    except Timeout:
        raise PilotError("另一次恢复演练正在进行，请稍后再试") from None
    size, seconds = sum(copy.archived.values()), round(time.monotonic() - begun, 1)
    counted = (copy.seq, len(copy.archived), size, seconds)
    record = Record(REHEARSAL, at, copy.name, str(place), *counted, (*copy.faults, *faults))
    note(home, record)
    return record
