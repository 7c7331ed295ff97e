"""The archive: bytes as received, each file named by its sha256, written once and never changed.

It is a folder of the home, or what hosts share (`contract.places.SharedArchive`): a folder elsewhere, or an object
store (`ledger.objects`). What is shared bears a mark, so that nothing is ever kept in a place that only looks like it,
as the folder does on which nothing is mounted.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from contract.errors import PilotError, RefusedFile
from contract.places import Archive, SharedArchive, folder_of
from contract.storage import system_words
from ledger.guard.private import FOLDER_MODE

ASIDE = ".part-"  # then the number of the process that writes it, and its host
OF_HASHES = "[0-9a-f][0-9a-f]"  # folders by what hashes begin with; others beside them are no part of an archive
ASIDE_SECONDS = 86_400  # after which even one of another host is of a process that ended
FOLDER_SECONDS = 20  # for a shared folder to answer
MARK, MARKED = "archive.json", b'{"format": 1}\n'
UNMARKED = (
    "原件库{name}没有原件库的标记：共享目录没有挂载、地址不对，或还没有执行python -m etl archive prepare --to 地址"
)
Progress = Callable[[int, int], None]


class Files(Protocol):
    """What an archive keeps, by names, wherever that is."""

    def read(self, sha256: str) -> bytes | None:
        """What lies under a name; None where nothing does."""

    def write(self, sha256: str, content: bytes) -> None:
        """Puts it there, durably."""

    def settle(self, sha256: str) -> None:
        """Makes sure that what lies there was put there durably, whoever did it."""

    def size(self, sha256: str) -> int:
        """The bytes under a name, in number; 0 where there are none."""

    def listed(self) -> Iterator[tuple[str, int]]:
        """Name and size of every file, those that are being written left out."""

    def reached(self) -> None:
        """Raises PilotError where they cannot be reached."""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sync(path: Path) -> None:
    """Makes what was written to a file, or renamed in a folder, survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, text: str) -> None:
    """Writes a small file that others read at any moment: what it held before, or all of this; it survives a loss of
    power."""
    aside = path.with_name(f".{path.name}")
    aside.write_text(text, encoding="utf-8")
    sync(aside)
    os.replace(aside, path)
    sync(path.parent)


class Folder:
    """Files written aside, synced and renamed, so that a name always has its whole content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def read(self, sha256: str) -> bytes | None:
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, sha256: str, content: bytes) -> None:
        path = self._path(sha256)
        self._folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        path.parent.mkdir(exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=self._folder, prefix=f"{ASIDE}{os.getpid()}-{_host()}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(aside, 0o444)
            os.replace(aside, path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise

    def settle(self, sha256: str) -> None:
        sync(self._path(sha256).parent)
        sync(self._folder)  # the folder may be new as well

    def size(self, sha256: str) -> int:
        path = self._path(sha256)
        return path.stat().st_size if path.exists() else 0

    def listed(self) -> Iterator[tuple[str, int]]:
        for path in kept(self._folder):
            yield path.name, path.stat().st_size

    def reached(self) -> None:
        """A folder of the home is made when it is needed; of another, whoever opened it has looked."""


@contextmanager
def _opened(archive: Archive) -> Iterator[Files]:
    """Raises PilotError where what is shared does not bear its mark, cannot be reached, or goes away meanwhile."""
    if isinstance(archive, Path):
        yield Folder(archive)
        return
    try:
        if archive.folder is None:
            yield _objects(archive)
        else:
            if _mark(archive.folder, archive.name) != MARKED:
                raise PilotError(UNMARKED.format(name=archive.name))
            yield Folder(archive.folder)
    except OSError as error:
        raise PilotError(f"原件库{archive.name}不能读写：{system_words(error)}") from error


def _mark(folder: Path, name: str) -> bytes | None:
    """What marks a folder, None where nothing does. A share whose server is away answers nothing at all, and whoever
    asks waits with it: so another thread asks."""
    found: list[bytes | OSError | None] = []

    def look() -> None:
        try:
            found.append((folder / MARK).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            found.append(None)
        except OSError as error:
            found.append(error)

    asking = threading.Thread(target=look, daemon=True)
    asking.start()
    asking.join(FOLDER_SECONDS)
    if not found:
        raise PilotError(f"原件库{name}在{FOLDER_SECONDS}秒内没有答复：请查看共享目录的服务器和挂载")
    if isinstance(found[0], OSError):
        raise found[0]
    return found[0]


def _objects(archive: SharedArchive, *, marked: bool = True) -> Files:
    """pyarrow is imported where there is an object store, and nowhere else."""
    module = importlib.import_module("ledger.objects")
    return module.marked_objects(archive) if marked else module.Objects(archive)


def prepare(archive: SharedArchive) -> bool:
    """Marks a place as an archive that hosts share; gives whether it was none. Raises PilotError where it cannot."""
    if archive.folder is None:
        return _objects(archive, marked=False).prepare()
    if _mark(archive.folder, archive.name) is not None:
        reached(archive)
        return False
    try:
        archive.folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        write_whole(archive.folder / MARK, MARKED.decode())
    except OSError as error:
        raise PilotError(f"原件库{archive.name}不能建立：{system_words(error)}") from error
    return True


def keep(archive: Archive, content: bytes) -> str:
    """Stores the bytes durably, once, and returns their sha256.

    What is there already is looked at and synced again: it may be damaged, or come from a run that was cut off.

    Raises PilotError where what is shared cannot be reached or does not take it: it is not kept then.
    """
    sha256 = digest(content)
    with _opened(archive) as place:
        found = place.read(sha256)
        if found is None or digest(found) != sha256:
            place.write(sha256, content)
        place.settle(sha256)
    return sha256


def kept(folder: Path) -> Iterator[Path]:
    """Every file of an archive's folder, those that are being written left out."""
    for below in sorted(path for path in folder.glob(OF_HASHES) if path.is_dir()):
        yield from sorted(below.iterdir())


def listed(archive: Archive) -> dict[str, int]:
    """Name → bytes in number of every file of an archive. Raises PilotError as `keep`."""
    with _opened(archive) as place:
        return dict(place.listed())


def size_of(archive: Archive, sha256: str) -> int:
    """The bytes kept under a sha256, in number; 0 where there are none. Raises PilotError as `keep`."""
    with _opened(archive) as place:
        return place.size(sha256)


def fetch(archive: Archive, sha256: str) -> bytes:
    """The bytes kept under a sha256, verified.

    Raises RefusedFile where they are missing or damaged; PilotError where what is shared cannot be reached, which says
    nothing of them.
    """
    with _opened(archive) as place:
        content = place.read(sha256)
    if content is None:
        raise RefusedFile(f"{_where(archive)}中没有{sha256[:12]}…，{_remedy(archive)}")
    if digest(content) != sha256:
        raise RefusedFile(f"{_where(archive)}{sha256[:12]}…的内容与其校验值不符，{_remedy(archive)}")
    return content


def copied(
    source: Archive, target: Archive, *, whole: bool = True, progress: Progress | None = None
) -> tuple[dict[str, int], list[str]]:
    """Brings into one archive what another has: name → bytes of all that is whole there now, and the names of those
    that are damaged in the source and not whole in the target either.

    `whole`: what the target has is read and checked as well, and mended; else sizes tell. What is written is read back.
    Raises PilotError where either cannot be reached; then what was copied stays, and the next attempt goes on.
    """
    files, there = listed(source), listed(target)
    found, damaged = {}, []
    for number, (sha256, size) in enumerate(sorted(files.items()), 1):
        try:
            if whole or not size or there.get(sha256) != size:
                found[sha256] = _brought(source, target, sha256, sha256 in there)
            else:
                found[sha256] = size
        except RefusedFile:
            damaged.append(sha256)
        if progress:
            progress(number, len(files))
    return found, damaged


def _brought(source: Archive, target: Archive, sha256: str, is_there: bool) -> int:
    """The bytes of what is whole in the target now. Raises RefusedFile where it is so in neither."""
    if is_there:
        try:
            return len(fetch(target, sha256))
        except RefusedFile:
            pass  # to be mended
    keep(target, fetch(source, sha256))
    return len(fetch(target, sha256))


def reached(archive: Archive) -> None:
    """Raises PilotError where what is shared does not answer now, or does not bear its mark."""
    with _opened(archive) as place:
        place.reached()


def tidy(archive: Archive) -> None:
    """Removes what no process writes any more. Raises PilotError where what is shared cannot be reached, so that who
    begins with this learns it before anything else."""
    reached(archive)
    for aside in asides(archive):
        aside.unlink(missing_ok=True)


def asides(archive: Archive) -> list[Path]:
    """Files that were being written when their process ended: no part of the archive. An object store shows none.

    Of a process of another host only the time tells.
    """
    folder = folder_of(archive)
    return sorted(path for path in folder.glob(f"{ASIDE}*") if _is_left(path)) if folder else []


def _is_left(path: Path) -> bool:
    _, process, *host, _ = path.name.split("-")
    if not host or host == [_host()]:  # an earlier release named none
        return not Path("/proc", process).exists()
    try:
        return time.time() - path.stat().st_mtime > ASIDE_SECONDS
    except FileNotFoundError:  # renamed meanwhile
        return False


def _host() -> str:
    return socket.gethostname().replace("-", "_")


def _where(archive: Archive) -> str:
    return "档案" if isinstance(archive, Path) else f"原件库{archive.name}"


def _remedy(archive: Archive) -> str:
    if isinstance(archive, Path):
        return "请从备份恢复archive目录"
    return "请执行python -m etl archive copy --from 备份目录/archive --to 原件库地址"
