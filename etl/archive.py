"""The archive: bytes as received, each file named by its sha256, written once and never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from etl.errors import RefusedFile


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


def keep(archive: Path, content: bytes) -> str:
    """Stores the bytes durably, once, and returns their sha256.

    They are written aside, synced and renamed, so that a name in the archive always has its whole content.
    """
    sha256 = digest(content)
    path = _path(archive, sha256)
    if path.exists():
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".part-")
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
    sync(path.parent)
    return sha256


def fetch(archive: Path, sha256: str) -> bytes:
    """The bytes kept under a sha256, verified. Raises RefusedFile where they are missing or damaged."""
    try:
        content = _path(archive, sha256).read_bytes()
    except FileNotFoundError:
        raise RefusedFile(f"档案中没有{sha256[:12]}…，请从备份恢复archive目录") from None
    if digest(content) != sha256:
        raise RefusedFile(f"档案{sha256[:12]}…的内容与其校验值不符，请从备份恢复archive目录")
    return content
