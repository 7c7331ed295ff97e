"""Counts as a strip: how many of what, coloured only where a person is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from pages.shared.format import number


@dataclass(frozen=True)
class Count:
    """One figure: what it counts, as text, its unit; `tone` is empty, warn or alert and falls away at zero."""

    label: str
    text: str
    unit: str
    tone: str = ""


def count(label: str, amount: int, unit: str, tone: str = "") -> Count:
    """A whole number; without its tone where there is none of it."""
    return Count(label, number(amount), unit, tone if amount else "")


def strip(name: str, about: str, counts: Sequence[Count]) -> None:
    """The counts side by side; they wrap on a narrow screen."""
    cells = "".join(
        f'<div class="count {shown.tone}"><b>{escape(shown.text)}<small>{escape(shown.unit)}</small></b>'
        f"<span>{escape(shown.label)}</span></div>"
        for shown in counts
    )
    about = f"<small>{escape(about)}</small>" if about else ""
    st.html(f'<div class="counts"><div class="counts-name">{escape(name)}{about}</div>{cells}</div>')
