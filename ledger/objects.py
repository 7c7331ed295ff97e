"""An archive in an object store that speaks S3's protocol: each object named as a file of a folder's archive is.

URI/archive.json      the mark of an archive
URI/ab/ab12…          an object whole: a store shows none before all of it is there
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from contract.errors import PilotError
from contract.places import SharedArchive
from ledger.archive import MARK, MARKED, UNMARKED
from ledger.remote import Remote


class Objects:
    """What is put is read back before it counts as kept: what the ledger names after that was there, whole."""

    def __init__(self, archive: SharedArchive) -> None:
        self._place = Remote(archive.uri, "原件库")

    def read(self, sha256: str) -> bytes | None:
        return self._place.read(_name(sha256))

    def write(self, sha256: str, content: bytes) -> None:
        self._put(_name(sha256), content)

    def settle(self, sha256: str) -> None:
        """An object that can be read is durable."""

    def size(self, sha256: str) -> int:
        return self._place.size(_name(sha256)) or 0

    def listed(self) -> Iterator[tuple[str, int]]:
        for name, size in self._place.listed(deep=True):
            sha256 = name.rpartition("/")[2]
            if name == _name(sha256):  # the mark, and whatever else lies beside or below, is no part of it
                yield sha256, size

    def reached(self) -> None:
        """Raises PilotError where it does not answer, or does not bear its mark."""
        if self._place.read(MARK) != MARKED:
            raise PilotError(UNMARKED.format(name=self._place.name))

    def prepare(self) -> bool:
        """Marks the place; gives whether it was not marked."""
        if self._place.read(MARK) is not None:
            self.reached()
            return False
        self._put(MARK, MARKED)
        return True

    def _put(self, name: str, content: bytes) -> None:
        self._place.write(name, [content])
        if self._place.read(name) != content:
            raise PilotError(f"原件库{self._place.name}读回的{name[-12:]}与写入的不同，没有登记；请查看存储")


@lru_cache(maxsize=4)
def marked_objects(archive: SharedArchive) -> Objects:
    """The archive, whose mark was seen once in this process. Raises PilotError as `Objects.reached`."""
    objects = Objects(archive)
    objects.reached()
    return objects


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
