"""Takes the data version that another host published: whole, checked by its hash, and then switched to.

A host that does so publishes nothing itself (`etl.warehouse.origin`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from filelock import FileLock, Timeout

from contract.errors import CallError, PilotError, RefusedFile, SnapshotError
from contract.settings import Home
from etl.snapshot.publish import thin
from etl.snapshot.shared import Shared, Storage
from etl.warehouse.origin import Origin, note_origin, origin
from etl.warehouse.snapshot_files import (
    building_path,
    clear_buildings,
    file_digest,
    kept_numbers,
    number_of,
    switch,
)
from etl.warehouse.staging import staging_path
from ledger.archive import sync
from ledger.guard.private import FOLDER_MODE

LOCK = ".fetching"


def fetch(home: Home, uri: str, *, back: bool = False) -> tuple[Shared, bool]:
    """Switches to the data version that is current in shared storage; gives it, and whether it was not so before.

    It is downloaded aside, and has its name only when all of it is there, is what the publishing host stated, and is on
    the disk; readers are pointed at it last. Killed or refused at any moment, the one before goes on; whoever has that
    open reads on undisturbed. `back`: also to an older one, or to another one of the same number.

    Raises:
        CallError: this home publishes itself. RefusedFile: what lies there is not whole, or not what was stated.
        PilotError: nothing is shared there, it is older, another one is taking it, or the store refuses.
    """
    if staging_path(home).exists() or (isinstance(home.ledger, Path) and home.ledger.exists()):
        raise CallError("本机自己装载和发布数据版本，不能取用别处的；只供查看的主机请另用一个PILOT_HOME")
    storage = Storage(uri)
    home.warehouse.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    try:
        with FileLock(home.warehouse / LOCK, timeout=0):
            return _fetched(home, storage, back)
    except Timeout:
        raise PilotError("另一个取用正在进行") from None


def _fetched(home: Home, storage: Storage, back: bool) -> tuple[Shared, bool]:
    clear_buildings(home)
    shared = storage.current()
    if shared is None:
        raise PilotError(f"{storage.name}中还没有数据版本，请在发布的主机上执行python -m etl share")
    stated, pointed = Origin(storage.uri, shared.number, shared.sha256), _pointed_at(home)
    target = home.snapshot(shared.number)
    if pointed == shared.number and target.exists() and origin(home) == stated:
        return shared, False
    is_there = target.exists() and file_digest(target) == shared.sha256
    if not back:
        if shared.number < pointed:
            newer = f"共享存储现为第{shared.number}版，本机已是较新的第{pointed}版"
            raise PilotError(f"{newer}，不退回；确要退回的，加--back")
        if shared.number == pointed and target.exists() and not is_there:
            raise PilotError(f"本机第{pointed}版的文件与共享存储的不同，没有替换；确要以共享存储为准的，加--back")
    if not is_there:
        _download(home, storage, shared)
    switch(home, shared.number)
    note_origin(home, stated)
    for number in kept_numbers(home):
        if number > shared.number:
            home.snapshot(number).unlink()
    thin(home)
    return shared, not (is_there and pointed == shared.number)


def _pointed_at(home: Home) -> int:
    """The number that readers are pointed at; 0 where they are at none yet."""
    try:
        return number_of(home.current_snapshot())
    except SnapshotError:
        return 0


def _download(home: Home, storage: Storage, shared: Shared) -> None:
    """The file aside, as one that is being built, whole and on the disk."""
    aside, found, size = building_path(home, shared.number), hashlib.sha256(), 0
    try:
        with aside.open("wb") as file:
            for chunk in storage.chunks(shared):
                found.update(chunk)
                size += len(chunk)
                file.write(chunk)
        if (size, found.hexdigest()) != (shared.bytes, shared.sha256):
            fault = f"只有{size:,}字节，应为{shared.bytes:,}字节" if size < shared.bytes else "与所载校验值不符"
            refused = f"{storage.name}中第{shared.number}版的文件{fault}，没有取用"
            raise RefusedFile(f"{refused}，请在发布的主机上执行python -m etl share --again")
        sync(aside)
    except BaseException:
        clear_buildings(home)  # a full disk gets its room back
        raise
