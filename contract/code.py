"""The hash of code: whatever was worked out by other code may be worked out anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache

from contract.settings import PROJECT


@cache
def code_hash(rooms: tuple[str, ...]) -> str:
    """The hash of the Python files that lie in these folders of the project themselves, with their names.

    Rooms are named one by one, so that what prints, asks or draws is no part of it.
    """
    digest = hashlib.sha256()
    for path in sorted(_files(rooms)):
        digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _files(rooms: Iterable[str]):
    for room in rooms:
        files = list((PROJECT / room).glob("*.py"))
        if not files:
            raise FileNotFoundError(f"no code in {room}")
        yield from files
