"""Tables as the screen shows them: Chinese headers with units, digits right-aligned, one row to choose where asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from contract.wording import NO_VALUE
from pages.shared import on_paper
from pages.shared.export.exhibit import Exhibit, button
from pages.shared.format import Measure
from pages.shared.in_url import choice
from pages.shell import states, url

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
) -> None:
    """A table to read: the columns named, in their order, nothing else; with the way to take it away.

    `indicators`: those whose definitions go with the files; `exhibit`: what is taken away, where a chart goes with the
    table. Without `export` where it is given away otherwise: with fuller columns, or, of rows of loans, from 明细查询
    alone, where that is guarded.
    """
    if frame.empty:
        states.empty(f"{about}：没有符合条件的记录。")
        return
    on_paper.table(frame, columns, about)
    st.dataframe(
        only(frame, columns), column_config=dict(columns), hide_index=True, key=key, height=height,
        placeholder=NO_VALUE, alt=about,
    )  # fmt: skip
    if export:
        button(exhibit or Exhibit(about, frame, columns, indicators=tuple(indicators)), key)


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
    if frame.empty:
        states.empty(f"{about}：没有符合条件的记录。")
        return None
    on_paper.table(frame, columns, about, chosen=True)
    chosen = st.dataframe(
        only(frame, columns), column_config=dict(columns), hide_index=True, key=key, height=height,
        placeholder=NO_VALUE, alt=about, on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    if export:
        button(exhibit or Exhibit(about, frame, columns, indicators=tuple(indicators)), key)
    return frame.iloc[chosen.selection.rows[0]] if chosen.selection.rows else None


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
        states.empty(f"{about}：没有符合条件的记录。")
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

    on_paper.table(frame, columns, about, chosen=True)
    st.dataframe(
        only(frame, columns), column_config=dict(columns), hide_index=True, key=key, height=height,
        placeholder=NO_VALUE, alt=about, on_select=take, selection_mode="single-row",
    )  # fmt: skip
    if export:
        button(Exhibit(about, frame, columns), key)
    return chosen


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
    """The table beside a chart, folded: the same figures for reading and for screen readers; and both to take away."""
    with st.container(horizontal=True, gap="small", vertical_alignment="top"):
        with st.expander("查看数据表", icon=":material/table:"):
            sheet(exhibit.frame, exhibit.columns, key=key, about=exhibit.title, export=False)
        button(exhibit, key)
