"""Tables as the screen shows them: Chinese headers with units, digits right-aligned, one row to choose where asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from contract.declarations import Column
from contract.levels import LIST, OTHER, levels
from contract.viewer import shows
from contract.wording import MASKED, NO_VALUE
from etl.snapshot.columns import held_by
from pages.shared import on_paper
from pages.shared.behind.marks import Behind, offer
from pages.shared.export.exhibit import AREA, LEVEL, Exhibit, button
from pages.shared.format import Measure
from pages.shared.in_url import choice
from pages.shell import session, states, url

ROW_HEIGHT = 35  # pixels


def tall(rows: int, most: int) -> int | str:
    """The height of a table with so many rows, at most so many of them shown at once."""
    return "content" if rows <= most else ROW_HEIGHT * (most + 1) + 3


def money(label: str, how: Measure, **options: Any) -> Any:
    """A column of figures in one measure: unit in the header, fixed decimals, thousands separated."""
    return figure(f"{label}({how.unit})", how.decimals, **options)


def figure(label: str, decimals: int = 0, **options: Any) -> Any:
    """A column of numbers with so many decimals."""
    return st.column_config.NumberColumn(label, format=f"%,.{decimals}f", **options)


def text(label: str, **options: Any) -> Any:
    return st.column_config.TextColumn(label, **options)


def held(config: Any, by: str | Column) -> Any:
    """A column of a table that tells of a declared one (`B1.balance`, `finding.value`): whoever draws it or takes it
    away goes by its level. A column without is of the system's own making: figures, words, dates."""
    own = held_by(by) if isinstance(by, str) else by
    return config | {LEVEL: own.level, AREA: own.area}


def sheet(
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    key: str,
    about: str,
    height: int | str = "auto",
    indicators: Sequence[str] = (),
    exhibit: Exhibit | None = None,
    export: bool = True,
    behind: Behind | None = None,
) -> None:
    """A table to read: the columns named, in their order, nothing else; with the way to take it away.

    `indicators`: those whose definitions go with the files; `exhibit`: what is taken away, where a chart goes with the
    table. Without `export` where it is given away otherwise, with fuller columns. What is of a stricter level no table
    offers, whatever its page says. `behind`: where a row that is chosen leads.
    """
    taken = exhibit or Exhibit(about, frame, columns, indicators=tuple(indicators))
    if behind is None:
        _drawn(frame, columns, key, about, height, taken if export else None)
    elif not frame.empty:
        row = pick(frame, columns, key=key, about=about, height=height, exhibit=taken, export=export)
        offer(behind, frame, row, mark="一行")
    else:
        _none(about)


def pick(
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    key: str,
    about: str,
    height: int | str = "auto",
    indicators: Sequence[str] = (),
    exhibit: Exhibit | None = None,
    export: bool = True,
) -> pd.Series | None:
    """A table as `sheet` of which one row can be chosen; gives the chosen row, None while there is none."""
    taken = exhibit or Exhibit(about, frame, columns, indicators=tuple(indicators))
    chosen = _drawn(frame, columns, key, about, height, taken if export else None, on_select="rerun")
    return frame.iloc[chosen.selection.rows[0]] if chosen is not None and chosen.selection.rows else None


def pick_kept(
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    name: str,
    by: str,
    *,
    key: str,
    about: str,
    height: int | str = "auto",
    export: bool = True,
) -> str | None:
    """A table whose chosen row is kept in the URL under a name: what `by` holds of the URL's row, else of the first;
    None where there is no row. The row is marked also where a link chose it."""
    if frame.empty:
        _none(about)
        return None
    codes = frame[by].tolist()
    chosen = choice(name, codes)
    if url.asked(name) not in ("", chosen):
        st.caption("网址所指的一项不在下表中（不符合所选条件、本期没有或不在查看范围），以下为表中第一项。")
    marked = [codes.index(chosen)]
    if key not in st.session_state or list(st.session_state[key]["selection"]["rows"]) != marked:
        st.session_state[key] = {"selection": {"rows": marked, "columns": [], "cells": []}}

    def take() -> None:
        for row in st.session_state[key]["selection"]["rows"]:
            url.keep(name, codes[row])

    _drawn(frame, columns, key, about, height, Exhibit(about, frame, columns) if export else None, on_select=take)
    return chosen


def _none(about: str) -> None:
    states.empty(f"{about}：没有符合条件的记录。", "放宽上面的条件，或在左侧换一个报告期")


def _drawn(
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    key: str,
    about: str,
    height: int | str,
    taken: Exhibit | None,
    **choosing: Any,
) -> Any:
    """The table on canvas, ahead of it the one for ear and keyboard; what was chosen, where `choosing` asks for it."""
    if frame.empty:
        _none(about)
        return None
    frame, columns = masked(frame, columns)
    if choosing:
        choosing["selection_mode"] = "single-row"
    on_paper.table(frame, columns, about, chosen=bool(choosing))
    chosen = st.dataframe(
        only(frame, columns), column_config=dict(columns), hide_index=True, key=key, height=height,
        placeholder=NO_VALUE, alt=about, **choosing,
    )  # fmt: skip
    if taken:
        button(taken, key)
    return chosen


def masked(frame: pd.DataFrame, columns: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, Any]]:
    """The table as the viewer of this run is shown it: columns that are not for it by their level hold MASKED."""
    hidden = [
        code
        for code, config in columns.items()
        if levels()[config.get(LEVEL, OTHER)].shown != LIST
        and not shows(session.view().viewer, config[LEVEL], config[AREA])
    ]
    words = {code: text(columns[code]["label"]) for code in hidden}
    return frame.assign(**dict.fromkeys(hidden, MASKED)), dict(columns) | words


def only(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """The columns to show, in their order: a hidden one would still be listed by its code in the table's menu."""
    return frame[list(columns)]


def facts(lines: Mapping[str, str]) -> None:
    """Names and what is said of them, as a plain table."""
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(said)}</td></tr>' for name, said in lines.items()
    )
    st.html(f'<table class="sheet facts">{body}</table>')


def beside(exhibit: Exhibit, *, key: str) -> None:
    """The table beside a chart, folded: the same figures for reading and for screen readers; and both to take away.

    It is drawn when it is unfolded, as a page has many and most stay folded.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="top"):
        with st.expander("查看数据表", icon=":material/table:", key=f"{key}-open", on_change="rerun") as unfolded:
            if unfolded.open:
                sheet(exhibit.frame, exhibit.columns, key=key, about=exhibit.title, export=False)
        button(exhibit, key)
