"""Where the rows of a frame lead, and how that is offered: a mark of its chart or a row of its table is chosen, and the
links stand below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

import pandas as pd
import streamlit as st

from pages.shell.links import leads, links
from pages.shell.selections import Selection
from pages.shell.view import View

Ways = Sequence[tuple[Selection, str]]  # links with their words
AT = ("customdata", "y", "x")  # where a chart's mark says which row it is of


@dataclass(frozen=True)
class Behind:
    """What lies behind each row of a frame. `ways`: from a row to its links; `mark`: the column whose value a mark of
    the chart carries, as its category or its custom data."""

    view: View
    ways: Callable[[pd.Series], Ways]
    mark: str = "name"

    def open_ways(self, row: pd.Series) -> list[tuple[Selection, str]]:
        """The links of a row that the viewer may follow."""
        return [(selection, words) for selection, words in self.ways(row) if leads(self.view, selection)]

    def of_mark(self, frame: pd.DataFrame, points: Sequence[Mapping[str, Any]]) -> pd.Series | None:
        """The row of the chart's mark that was chosen; None where none was, or the mark is of no row."""
        for said in (point.get(at) for point in points[:1] for at in AT):
            value = said[0] if isinstance(said, list) and said else said
            named = frame[self.mark] if self.mark else frame.index.astype(str)
            if isinstance(value, str) and len(rows := frame[named == unescape(value)]):
                return rows.iloc[0]
        return None


def offer(behind: Behind, frame: pd.DataFrame, row: pd.Series | None, *, mark: str = "一处") -> None:
    """The links of the row chosen; before one is, that there are some, where the viewer may follow any."""
    if row is not None:
        links(behind.view, *behind.open_ways(row))
    elif any(behind.open_ways(one) for _, one in frame.head(1).iterrows()):
        st.html(f'<p class="quiet">点选{mark}，查看它的来由和明细。</p>')
