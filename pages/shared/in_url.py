"""Selections that live in the URL: a link sent to a colleague opens the same view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from pages.shell import url


def choice(name: str, options: list[str], default: str | None = None) -> str:
    """A filter or selection from the URL, held to what there is; the first (or the default) where it names none."""
    asked = url.asked(name)
    fallback = default if default in options else options[0]
    return asked if asked in options else fallback


def kept(name: str, options: Sequence[str], default: str | None = None) -> dict[str, Any]:
    """What a selection widget is given so that its value comes from the URL and goes back into it."""
    st.session_state[name] = choice(name, list(options), default)
    return {"options": options, "key": name, "on_change": _keep, "args": (name,)}


def segments(label: str, name: str, names: Mapping[str, str]) -> str:
    """One of a few things side by side, kept in the URL under a name; the label is for screen readers alone."""
    return st.segmented_control(
        label, **kept(name, list(names)), required=True, format_func=names.get, label_visibility="collapsed"
    )


def kept_text(name: str) -> dict[str, Any]:
    """The same for words that are typed."""
    st.session_state[name] = url.asked(name)
    return {"key": name, "on_change": _keep, "args": (name,)}


def kept_several(name: str, options: Sequence[str], default: Sequence[str]) -> dict[str, Any]:
    """The same for several of what there is, in the order chosen; the default where the URL names none."""
    asked = [value for value in dict.fromkeys(url.asked(name).split(",")) if value in options]
    st.session_state[name] = asked or [value for value in default if value in options]
    return {"options": options, "key": name, "on_change": _keep, "args": (name,)}


def kept_day(name: str, first: date, last: date, default: date) -> dict[str, Any]:
    """The same for a day within a span."""
    try:
        asked = date.fromisoformat(url.asked(name))
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
    if isinstance(value, list):
        value = ",".join(value)
    if value is not None:
        url.keep(name, value.isoformat() if isinstance(value, date) else value)
