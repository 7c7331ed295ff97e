"""Where hosts share data versions: a folder on shared storage or in an object store, by URI.

URI/pilot-12-<start of its sha256>.duckdb   a data version whole; never another content under the same name
URI/current.json                            which one is current, its size and sha256: written last
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from contract.errors import RefusedFile
from contract.places import of_region
from contract.settings import region_asked
from ledger.remote import Remote

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
        """Of this process's region. Raises CallError for what is no address of a storage."""
        self.uri = uri
        self._place = Remote(of_region(uri, region_asked()), "共享存储")
        self.name = self._place.name

    def current(self) -> Shared | None:
        """The one that is current; None where nothing has been shared yet. Raises RefusedFile where that cannot be
        told."""
        content = self._place.read(CURRENT, MOST)
        if content is None:
            return None
        try:
            facts = json.loads(content)
            is_own = facts.pop("format") == FORMAT
            found = Shared(**facts)
            is_own = is_own and found.number > 0 and found.bytes > 0 and bool(SHA256.fullmatch(found.sha256))
        except (ValueError, KeyError, TypeError, AttributeError):
            is_own = False
        if not is_own:
            raise RefusedFile(f"{self.name}的{CURRENT}不完整或已损坏，请在发布的主机上执行python -m etl share")
        return found

    def point_at(self, shared: Shared) -> None:
        """Makes one current, as the last of all: whole or not at all."""
        content = json.dumps(asdict(shared) | {"format": FORMAT}, sort_keys=True) + "\n"
        self._place.replace(CURRENT, content.encode())

    def put(self, shared: Shared, chunks: Iterable[bytes]) -> None:
        """Writes the file of a data version. Half a file stays if it is cut off, which nobody is pointed at and
        the next attempt replaces."""
        self._place.write(shared.file, chunks)

    def chunks(self, shared: Shared) -> Iterator[bytes]:
        """The file of a data version, bit by bit. Raises RefusedFile where it is not there."""
        if self._place.size(shared.file) is None:
            raise RefusedFile(
                f"{self.name}中没有第{shared.number}版的文件{shared.file}，请在发布的主机上执行python -m etl share"
            )
        return self._place.chunks(shared.file, CHUNK)

    def size_of(self, shared: Shared) -> int:
        """The bytes that lie under the name of a data version's file; 0 where it is not there."""
        return self._place.size(shared.file) or 0

    def thin(self, kept: int) -> None:
        """Removes the data versions that are older than the last `kept`."""
        numbered = [(int(match[1]), name) for name, _ in self._place.listed() if (match := FILE.fullmatch(name))]
        newest = sorted({number for number, _ in numbered})[-kept:]
        for number, name in numbered:
            if number not in newest:
                self._place.remove(name)
