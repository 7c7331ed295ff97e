"""Queries as pages ask them: kept by data version, viewer and arguments; nothing is shared between viewers.

What the ledger tells as it is now is kept by its last event besides, so that an act is seen at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from contract.settings import home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import as_of_now
from pages.shell.kept import Kept, key_of
from pages.shell.view import View

Result = TypeVar("Result")
ANSWERS, ANSWERS_NOW = Kept(600), Kept(200)


def ask(viewer: Viewer, snapshot: Snapshot, query: Callable[..., Result], **arguments: object) -> Result:
    """What a function of `metrics` that takes (viewer, snapshot, …) answers.

    Raises what it raises: AccessDenied, SnapshotError. The frame shows those.
    """
    key = key_of(query, viewer, snapshot.path, arguments)
    return ANSWERS.copied(key, lambda: query(viewer, snapshot, **arguments))


def read(view: View, query: Callable[..., Result], **arguments: object) -> Result:
    """The same for the view of this run."""
    return ask(view.viewer, view.snapshot, query, **arguments)


def read_now(view: View, query: Callable[..., Result], **arguments: object) -> Result:
    """What a function of `metrics` that takes (viewer, snapshot, home, …) answers by the ledger as it is now."""
    place, snapshot = home(), view.snapshot
    key = key_of(query, view.viewer, snapshot.path, as_of_now(place), arguments)
    return ANSWERS_NOW.copied(key, lambda: query(view.viewer, snapshot, place, **arguments))
