"""Selections that live in the URL: a link sent to a colleague opens the same view."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from pages.shell import session


def kept(name: str, options: Sequence[str], default: str | None = None) -> dict[str, Any]:
    """What a selection widget is given so that its value comes from the URL and goes back into it."""
    st.session_state[name] = session.choice(name, list(options), default)
    return {"options": options, "key": name, "on_change": _keep, "args": (name,)}


def kept_day(name: str, first: date, last: date, default: date) -> dict[str, Any]:
    """The same for a day within a span."""
    try:
        asked = date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        asked = default
    st.session_state[name] = min(max(asked, first), last)
    return {
        "min_value": first,
        "max_value": last,
        "format": "YYYY-MM-DD",
        "key": name,
        "on_change": _keep,
        "args": (name,),
    }


def _keep(name: str) -> None:
    value = st.session_state[name]
    if value is not None:
        session.keep_choice(name, value.isoformat() if isinstance(value, date) else value)
