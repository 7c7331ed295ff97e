"""Queries as pages ask them: kept by data version, viewer and arguments; nothing is shared between viewers.

What the ledger tells as it is now is kept by its last event besides, so that an act is seen at once. What a page makes
of the answers is kept too, by the key alone: the framework's own caches hash every frame anew at each call, and on a
page of many charts that was most of the run.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from contract.settings import home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import as_of_now
from pages.shell.view import View

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


MOST_BYTES = 64 << 20  # of what one cache keeps packed; whatever comes, all of a process stay below a quarter of a GB


class Kept:
    """Results asked for last, at most so many and together of so many bytes. Each is worked out once, however many ask
    for it at a time; what fails is not kept, and is raised to all who waited for it."""

    def __init__(self, most: int, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._held: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._sizes: dict[Hashable, int] = {}
        self._lock = Lock()

    def shared(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The result itself, one for all who ask: nobody may change it."""
        with self._lock:
            held = self._held.get(key)
            if found := held is not None:
                self._held.move_to_end(key)
            else:
                held = self._held[key] = Future()
                self._make_room()
        if not found:
            try:
                made = make()
            except BaseException as error:
                with self._lock:
                    self._held.pop(key, None)
                held.set_exception(error)
                raise
            with self._lock:
                if self._held.get(key) is held:
                    self._sizes[key] = _packed_bytes(made) + _packed_bytes(key)
                    self._make_room()
            held.set_result(made)
        return held.result()

    def _make_room(self) -> None:
        while len(self._held) > self._most or sum(self._sizes.values()) > self._most_bytes:
            gone, _ = self._held.popitem(last=False)
            self._sizes.pop(gone, None)

    def copied(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """A copy of the result for whoever asks, theirs to change."""
        return pickle.loads(self.shared(key, lambda: _packed(make())))


def _packed_bytes(content: object) -> int:
    """How many bytes of what is packed there are in a result or a key; those of other things are few."""
    parts = content if isinstance(content, tuple) else (content,)
    return sum(len(part) for part in parts if isinstance(part, bytes))


def key_of(work: Callable[..., Any], *given: object) -> tuple[str, str, bytes]:
    """The key of what a function makes of what it is given: equal keys mean equal arguments, frames among them."""
    return work.__module__, work.__qualname__, _packed(given)


def once(work: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """What a function makes of its arguments alone, or of a view's data version, worked out once: whoever asks with the
    same gets a copy. Not for what the ledger tells as it is now."""

    @wraps(work)
    def worked_out(*given: Arguments.args, **named: Arguments.kwargs) -> Result:
        return WORKED_OUT.copied(key_of(work, given, named), lambda: work(*given, **named))

    return worked_out


def _packed(content: object) -> bytes:
    return pickle.dumps(content, pickle.HIGHEST_PROTOCOL)


ANSWERS, ANSWERS_NOW, WORKED_OUT = Kept(600), Kept(200), Kept(1000)


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
