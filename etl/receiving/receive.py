"""What arrives: finds submissions among paths, takes their bytes, and keeps them in the archive."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contract.errors import CallError, RefusedFile
from contract.places import Archive
from contract.settings import parse_time
from contract.storage import system_words
from contract.unseen import shown
from etl.receiving.leftovers import is_left_over
from ledger.archive import digest, fetch, keep

# A name tells the submitter where it has the shape of a code: 2026-10_B001.xlsx does, 2026-10_final.xlsx does not.
NAMED = re.compile(r"(20\d{2}-(?:0[1-9]|1[0-2]))_([A-Za-z]\d{3,}|\d{6}(?:\d{3})?)(?![A-Za-z0-9])")
MANIFEST = b'{"folder": {'
MAX_BYTES = 200 * 1024 * 1024
NO_FILE = "“{}”不是普通文件（是链接、管道或设备），已拒收；请报送文件本身"
NOT_SUBMISSIONS = ("roster.csv", "deliveries.csv")


@dataclass(frozen=True)
class Delivery:
    """One file or folder that was handed in, and when (naive Beijing time)."""

    path: Path
    received_at: datetime

    @property
    def name(self) -> str:
        """The name as it is shown and kept."""
        return shown(self.path.name)


@dataclass(frozen=True)
class Package:
    """The bytes of one delivery: a file, or the CSV files of a folder by name."""

    name: str
    files: dict[str, bytes]
    is_folder: bool

    @property
    def content_hash(self) -> str:
        return digest(self._manifest()) if self.is_folder else digest(self.files[self.name])

    def _manifest(self) -> bytes:
        """A folder's identity: the names and hashes of its files."""
        hashes = {name: digest(content) for name, content in sorted(self.files.items())}
        return json.dumps({"folder": hashes}, ensure_ascii=False, sort_keys=True).encode()

    def archived(self, archive: Archive) -> str:
        """Keeps the bytes and returns the content hash under which they are found again."""
        for content in self.files.values():
            keep(archive, content)
        return keep(archive, self._manifest()) if self.is_folder else self.content_hash


def from_archive(archive: Archive, name: str, content_hash: str, is_folder: bool) -> Package:
    """The package as it was received."""
    content = fetch(archive, content_hash)
    if not is_folder:
        return Package(name, {name: content}, False)
    return Package(name, {file: fetch(archive, sha256) for file, sha256 in listed_in(content).items()}, True)


def listed_in(content: bytes) -> dict[str, str]:
    """File name → sha256 of a folder's manifest; empty where the bytes are a file that was handed in."""
    return json.loads(content)["folder"] if content.startswith(MANIFEST) else {}


def _is_package(folder: Path) -> bool:
    """Whether a folder is one submission: it holds CSV files and is named as one or has a cover."""
    files = [path.name.lower() for path in folder.iterdir() if not path.is_dir()]
    return any(name.endswith(".csv") for name in files) and bool(NAMED.match(folder.name) or "cover.csv" in files)


def find(path: Path) -> Iterator[Path]:
    """The submissions at a path: a file, a folder of CSV files, or all of a tree in the order of their paths.

    What systems leave in folders is none, also where a shell's `*` has named it. Raises CallError where the path does
    not exist or cannot be read.
    """
    if not path.exists():
        raise CallError(f"找不到{path}")
    if is_left_over(path.name) and path.is_file():
        return
    try:
        if not path.is_dir() or _is_package(path):
            yield path
            return
        children = sorted(path.iterdir(), key=lambda child: child.name)
    except OSError as error:
        raise CallError(f"{path}无法读取：{system_words(error)}") from error
    for child in children:
        if child.name.startswith(".") or is_left_over(child.name) or child.name in NOT_SUBMISSIONS:
            continue
        if child.is_dir() and not child.is_symlink():
            yield from find(child)
        else:
            yield child  # links and devices too: they are refused by name, not passed over in silence


def read_deliveries(path: Path) -> list[Delivery]:
    """The deliveries of a list (`path,received_at`), paths relative to it. Raises CallError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        return [Delivery(path.parent / row["path"], parse_time(row["received_at"], "收到时间")) for row in rows]
    except FileNotFoundError:
        raise CallError(f"找不到{path}") from None
    except (KeyError, TypeError):
        raise CallError(f"{path.name}的列应为path,received_at，每行都要填写") from None
    except UnicodeDecodeError:
        raise CallError(f"{path.name}不是UTF-8编码") from None


def take(path: Path) -> Package:
    """The bytes at a path. Raises RefusedFile where they are too many, none, cannot be read, or no file's own.

    Of a folder, without what a system has left in it: that a person looked into a folder makes no other submission.
    """
    is_folder = path.is_dir() and not path.is_symlink()
    names = [path.name]
    if is_folder:
        names = sorted(child.name for child in path.iterdir() if not child.is_dir() and not is_left_over(child.name))
    folder = path if is_folder else path.parent
    files: dict[str, bytes] = {}
    left = MAX_BYTES
    for name in names:
        files[name] = _bytes_of(folder / name, left)
        left -= len(files[name])
    return Package(path.name, files, is_folder)


def _bytes_of(path: Path, most: int) -> bytes:
    """A regular file's bytes. Raises RefusedFile for a link, a pipe or a device, and for more bytes than `most`.

    It is looked at once it is open, so that nothing can be put in its place in between; a pipe is not waited for.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode):
                raise RefusedFile(NO_FILE.format(shown(path.name)))
            content = file.read(min(state.st_size, most) + 1)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.ENODEV):
            raise RefusedFile(NO_FILE.format(shown(path.name))) from error
        raise RefusedFile(f"“{shown(path.name)}”无法读取：{system_words(error)}") from error
    if len(content) > most:
        raise RefusedFile(f"文件超过{MAX_BYTES // 1024 // 1024}MB的上限，请分拆或压缩后重新报送")
    return content


def named(name: str) -> tuple[str, str] | None:
    """(period, submitter) that a file or folder name gives, if it does."""
    match = NAMED.match(name)
    return (match[1], match[2].upper()) if match else None
