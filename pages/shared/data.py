"""Queries as pages ask them: cached by data version, viewer and arguments; nothing is shared between viewers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from metrics.snapshot import Snapshot
from metrics.viewer import Viewer
from pages.shared.session import View

Result = TypeVar("Result")


@st.cache_data(max_entries=600, show_spinner=False)
def _cached(name: str, number: int, path: str, viewer: Viewer, arguments: dict, _ask: Callable, _snapshot: Snapshot):
    return _ask(viewer, _snapshot, **arguments)


def read(view: View, ask: Callable[..., Result], **arguments: object) -> Result:
    """What a function of `metrics` that takes (viewer, snapshot, …) answers for this view.

    Raises what it raises: AccessDenied, SnapshotError. The frame shows those.
    """
    name = f"{ask.__module__}.{ask.__qualname__}"
    snapshot = view.snapshot
    return _cached(name, snapshot.number, str(snapshot.path), view.viewer, arguments, ask, snapshot)
