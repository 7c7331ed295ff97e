"""Gives the current data version to other hosts: its file to shared storage, then what names it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from contract.errors import CallError, PilotError, RefusedFile
from contract.settings import Home
from contract.settings import home as own_home
from etl.snapshot.shared import CHUNK, Shared, Storage, shared_uri
from etl.warehouse.snapshot_files import file_digest, number_of, published
from ledger.events import Ledger

KEPT = 3  # data versions that stay in shared storage: hosts may still be taking those before the current one
LOCK = ".sharing"
LOG = logging.getLogger(__name__)


def share(home: Home, uri: str, *, back: bool = False, again: bool = False) -> tuple[Shared, bool]:
    """Makes this home's current data version that of shared storage; gives it, and whether it was not so before.
    `again` writes the file anew where one of its size lies there: it may be damaged.

    Raises:
        SnapshotError: none is published. CallError: shared storage has a newer one, and it is not to go `back`.
        PilotError: the file is not what was published, or the store refuses; hosts keep what they have.
    """
    storage = Storage(uri)
    with FileLock(home.warehouse / LOCK):  # of two publications, the later one is current last
        path = home.current_snapshot()
        own, there = _own(home, path), _there(storage)
        if not again and there == own and storage.size_of(own) == own.bytes:
            return own, False
        if there and there.number > own.number and not back:
            raise CallError(f"共享存储已有较新的第{there.number}版，本机为第{own.number}版；确要退回的，加--back")
        storage.put(own, _checked(path, own))
        if storage.size_of(own) != own.bytes:
            raise PilotError(f"共享存储{storage.name}中的{own.file}不完整，没有切换；请再执行python -m etl share")
        storage.point_at(own)
        storage.thin(KEPT)
    return own, True


def share_published(home: Home) -> None:
    """Shares what was just published, where that is declared. What hinders it does not undo the publication: it is
    logged, `etl health` tells of it, and the next publication or `etl share` makes up for it.

    Another home than this process's own, such as a copy that is tried, is for no other host.
    """
    uri = shared_uri()
    if uri and home.root.resolve() == own_home().root:
        try:
            share(home, uri)
        except PilotError as error:
            LOG.error("数据版本已发布，没有放到共享存储：%s", error)


def _own(home: Home, path: Path) -> Shared:
    """The data version in a file, as the ledger acknowledged it."""
    number = number_of(path)
    stated = published(Ledger(home.ledger).events("publication")).get(number)
    return Shared(number, stated or file_digest(path), path.stat().st_size)


def _there(storage: Storage) -> Shared | None:
    """What is current in shared storage; nothing where that is damaged, and so to be written anew."""
    try:
        return storage.current()
    except RefusedFile:
        return None


def _checked(path: Path, own: Shared) -> Iterator[bytes]:
    """The file, bit by bit. Raises PilotError at its end where it is not what was published."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
            yield chunk
    if found.hexdigest() != own.sha256:
        raise PilotError(f"数据版本文件{path.name}与发布时不同，没有放到共享存储；请执行python -m etl publish")
