"""Queries as pages ask them: cached by data version, viewer and arguments; nothing is shared between viewers.

What the ledger tells as it is now is cached by its last event besides, so that an act is seen at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

import streamlit as st

from contract.settings import Home, home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import as_of_now
from pages.shell.view import View

Result = TypeVar("Result")


@st.cache_data(max_entries=600, show_spinner=False)
def _cached(name: str, number: int, path: str, viewer: Viewer, arguments: dict, _query: Callable, _snapshot: Snapshot):
    return _query(viewer, _snapshot, **arguments)


@st.cache_data(max_entries=200, show_spinner=False)
def _cached_now(
    name: str, number: int, path: str, viewer: Viewer, mark: tuple[str, date], arguments: dict,
    _query: Callable, _snapshot: Snapshot, _home: Home,
):  # fmt: skip
    return _query(viewer, _snapshot, _home, **arguments)


def ask(viewer: Viewer, snapshot: Snapshot, query: Callable[..., Result], **arguments: object) -> Result:
    """What a function of `metrics` that takes (viewer, snapshot, …) answers.

    Raises what it raises: AccessDenied, SnapshotError. The frame shows those.
    """
    name = f"{query.__module__}.{query.__qualname__}"
    return _cached(name, snapshot.number, str(snapshot.path), viewer, arguments, query, snapshot)


def read(view: View, query: Callable[..., Result], **arguments: object) -> Result:
    """The same for the view of this run."""
    return ask(view.viewer, view.snapshot, query, **arguments)


def read_now(view: View, query: Callable[..., Result], **arguments: object) -> Result:
    """What a function of `metrics` that takes (viewer, snapshot, home, …) answers by the ledger as it is now."""
    name, place = f"{query.__module__}.{query.__qualname__}", home()
    about = (name, view.snapshot.number, str(view.snapshot.path), view.viewer, as_of_now(place), arguments)
    return _cached_now(*about, query, view.snapshot, place)
