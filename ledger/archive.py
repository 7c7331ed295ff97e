"""The archive: bytes as received, each file named by its sha256, written once and never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from contract.errors import RefusedFile
from ledger.guard.private import FOLDER_MODE

ASIDE = ".part-"  # then the number of the process that writes it


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _path(archive: Path, sha256: str) -> Path:
    return archive / sha256[:2] / sha256


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


def keep(archive: Path, content: bytes) -> str:
    """Stores the bytes durably, once, and returns their sha256.

    They are written aside, synced and renamed, so that a name in the archive always has its whole content. What is
    there already is looked at and synced again: it may be damaged, or come from a run that was cut off.
    """
    sha256 = digest(content)
    path = _path(archive, sha256)
    archive.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    path.parent.mkdir(exist_ok=True)
    if not (path.exists() and digest(path.read_bytes()) == sha256):
        _write(archive, path, content)
    sync(path.parent)
    sync(archive)  # the folder may be new as well
    return sha256


def _write(archive: Path, path: Path, content: bytes) -> None:
    handle, aside = tempfile.mkstemp(dir=archive, prefix=f"{ASIDE}{os.getpid()}-")
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


def kept(archive: Path) -> Iterator[Path]:
    """Every file of the archive, those that are being written left out."""
    for folder in sorted(path for path in archive.glob("*") if path.is_dir()):
        yield from sorted(folder.iterdir())


def asides(archive: Path) -> list[Path]:
    """Files that were being written when their process ended: no part of the archive."""
    written = archive.glob(f"{ASIDE}*")
    return sorted(path for path in written if not Path("/proc", path.name.split("-")[1]).exists())


def size_of(archive: Path, sha256: str) -> int:
    """The bytes kept under a sha256, in number; 0 where there are none."""
    path = _path(archive, sha256)
    return path.stat().st_size if path.exists() else 0


def fetch(archive: Path, sha256: str) -> bytes:
    """The bytes kept under a sha256, verified. Raises RefusedFile where they are missing or damaged."""
    try:
        content = _path(archive, sha256).read_bytes()
    except FileNotFoundError:
        raise RefusedFile(f"档案中没有{sha256[:12]}…，请从备份恢复archive目录") from None
    if digest(content) != sha256:
        raise RefusedFile(f"档案{sha256[:12]}…的内容与其校验值不符，请从备份恢复archive目录")
    return content
