"""Where hosts share data versions: a folder on shared storage or in an object store, by URI.

URI/pilot-12-<start of its sha256>.duckdb   a data version whole; never another content under the same name
URI/current.json                            which one is current, its size and sha256: written last
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import fs

from contract.errors import CallError, PilotError, RefusedFile
from ledger.archive import sync

VARIABLE = "PILOT_SHARED"
FORMAT = 1
CURRENT = "current.json"
CHUNK = 1 << 23  # bytes that are in memory at once
MOST = 1 << 16  # bytes of a manifest that are read at all
FILE = re.compile(r"pilot-(\d+)-[0-9a-f]{16}\.duckdb")
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Shared:
    """The data version that is current in shared storage."""

    number: int
    sha256: str
    bytes: int

    @property
    def file(self) -> str:
        return f"pilot-{self.number}-{self.sha256[:16]}.duckdb"


def shared_uri() -> str:
    """The shared storage that each publication goes to; empty where none is declared."""
    return os.environ.get(VARIABLE, "")


class Storage:
    """Shared storage. What the store itself refuses becomes a PilotError that names it."""

    def __init__(self, uri: str) -> None:
        """Raises CallError for what is no address of a storage."""
        self.uri = uri
        try:
            self._system, self._folder = fs.FileSystem.from_uri(uri)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise CallError(f"共享存储“{uri}”应如file:///mnt/pilot-shared或s3://桶/目录：{_reason(error)}") from None

    def current(self) -> Shared | None:
        """The one that is current; None where nothing has been shared yet. Raises RefusedFile where that cannot be
        told."""
        with self._told("读取"):
            if self._info(CURRENT).type == fs.FileType.NotFound:
                return None
            with self._system.open_input_stream(self._path(CURRENT)) as stream:
                content = stream.read(MOST)
        try:
            facts = json.loads(content)
            is_own = facts.pop("format") == FORMAT
            found = Shared(**facts)
            is_own = is_own and found.number > 0 and found.bytes > 0 and bool(SHA256.fullmatch(found.sha256))
        except (ValueError, KeyError, TypeError, AttributeError):
            is_own = False
        if not is_own:
            raise RefusedFile(f"{self.uri}的{CURRENT}不完整或已损坏，请在发布的主机上执行python -m etl share")
        return found

    def point_at(self, shared: Shared) -> None:
        """Makes one current, as the last of all: whole or not at all, since an object store shows an object when it is
        complete, and a file is written aside."""
        content = json.dumps(asdict(shared) | {"format": FORMAT}, sort_keys=True) + "\n"
        aside = f".{CURRENT}" if self._is_local else CURRENT
        with self._told("写入"):
            with self._system.open_output_stream(self._path(aside)) as stream:
                stream.write(content.encode())
            self._settle(aside)
            if self._is_local:
                self._system.move(self._path(aside), self._path(CURRENT))
                sync(Path(self._folder))

    def put(self, shared: Shared, chunks: Iterable[bytes]) -> None:
        """Writes the file of a data version. Half a file stays if it is cut off, which nobody is pointed at and
        the next attempt replaces."""
        with self._told("写入"):
            self._system.create_dir(self._folder, recursive=True)
            stream = self._system.open_output_stream(self._path(shared.file))
        for chunk in chunks:  # an error of the host's own file is none of the store's
            with self._told("写入"):
                stream.write(chunk)
        with self._told("写入"):
            stream.close()
            self._settle(shared.file)

    def chunks(self, shared: Shared) -> Iterator[bytes]:
        """The file of a data version, bit by bit. Raises RefusedFile where it is not there."""
        with self._told("读取"):
            if self._info(shared.file).type == fs.FileType.NotFound:
                raise RefusedFile(
                    f"{self.uri}中没有第{shared.number}版的文件{shared.file}，请在发布的主机上执行python -m etl share"
                )
            stream = self._system.open_input_stream(self._path(shared.file))
        with stream:
            while True:
                with self._told("读取"):
                    chunk = stream.read(CHUNK)
                if not chunk:
                    return
                yield chunk

    def size_of(self, shared: Shared) -> int:
        """The bytes that lie under the name of a data version's file; 0 where it is not there."""
        with self._told("读取"):
            return self._info(shared.file).size or 0

    def thin(self, kept: int) -> None:
        """Removes the data versions that are older than the last `kept`."""
        with self._told("写入"):
            found = self._system.get_file_info(fs.FileSelector(self._folder))
            numbered = [(int(match[1]), info.path) for info in found if (match := FILE.fullmatch(info.base_name))]
            newest = sorted({number for number, _ in numbered})[-kept:]
            for number, path in numbered:
                if number not in newest:
                    self._system.delete_file(path)

    def _path(self, name: str) -> str:
        return f"{self._folder.rstrip('/')}/{name}"

    def _info(self, name: str) -> fs.FileInfo:
        return self._system.get_file_info(self._path(name))

    @property
    def _is_local(self) -> bool:
        return isinstance(self._system, fs.LocalFileSystem)

    def _settle(self, name: str) -> None:
        """Makes a file survive a loss of power, where the store is a file system."""
        if self._is_local:
            sync(Path(self._path(name)))
            sync(Path(self._folder))

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """What the store refuses, in one line that names it and no file of this host."""
        try:
            yield
        except (pa.ArrowException, OSError) as error:
            raise PilotError(f"共享存储{self.uri}不能{what}：{_reason(error)}") from error


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
