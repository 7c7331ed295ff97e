"""An archive in each of the places that it can lie in, and what may happen to a file there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contract.places import Archive, SharedArchive, folder_of
from ledger.archive import prepare
from tests.object_store import Store, object_store

PLACES = ("own folder", "shared folder", "object store")


@dataclass(frozen=True)
class Somewhere:
    """An archive, and the store that it lies in, where it does."""

    archive: Archive
    store: Store | None = None

    def path(self, sha256: str) -> Path:
        return folder_of(self.archive) / sha256[:2] / sha256

    def lies(self, sha256: str) -> bytes | None:
        """What lies under a name, without the code at test."""
        if self.store:
            return self.store.held.get(self.store.name(sha256))
        return self.path(sha256).read_bytes() if self.path(sha256).exists() else None

    def harm(self, sha256: str, how: str) -> None:
        """An object or file flipped in one bit, cut to its half, or gone."""
        content = self.lies(sha256)
        left = {"flipped": content[:-1] + bytes([content[-1] ^ 1]), "half": content[: len(content) // 2], "gone": None}
        if self.store:
            self.store.held.pop(self.store.name(sha256))
            if left[how] is not None:
                self.store.held[self.store.name(sha256)] = left[how]
            return
        self.path(sha256).unlink()
        if left[how] is not None:
            self.path(sha256).write_bytes(left[how])


@contextmanager
def somewhere(place: str, folder: Path) -> Iterator[Somewhere]:
    """An empty one."""
    if place == "own folder":
        yield Somewhere(folder / "archive")
        return
    if place == "shared folder":
        shared = SharedArchive((folder / "shared").as_uri())
        prepare(shared)
        yield Somewhere(shared)
        return
    with object_store() as store:
        shared = SharedArchive(store.uri)
        prepare(shared)
        yield Somewhere(shared, store)
