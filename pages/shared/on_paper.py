"""Tables drawn on canvas, once more as HTML: for paper, as a printed canvas ends where the screen's does, and for those
who read by ear or work by keyboard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from contract.wording import NO_VALUE
from pages.shared.format import is_absent, minus
from pages.shared.sheets import sheet
from pages.shell.data import once
from pages.shell.moments import day, minute

MOST = 500  # rows: more are for a file
DECIMALS = re.compile(r"%[+,]*\.(\d)f")
NUMBERS = ("number", "progress")
EDITING = "在下面的表格中用方向键移动，回车键改写一格，再按回车键记下，跳格键离开。"
CHOOSING = "在下面的表格中用方向键移动，上档键（⇧）加空格键选中一行，跳格键离开。"


def table(
    frame: pd.DataFrame, columns: Mapping[str, Any], about: str, *, chosen: bool = False, edited: bool = False
) -> None:
    """The table for paper, folded ahead of the one on the screen: seen where the keyboard has come to it or it is open.

    `chosen`, `edited`: on the screen rows can be chosen, or cells written in; here is said with which keys. Says so
    where it is cut.
    """
    keys = f"。{CHOOSING}" if chosen else f"。{EDITING}" if edited else ""
    name = f"以文字表格阅读“{escape(about)}”{keys}"
    st.html(f'<details class="on-paper"><summary>{name}</summary>{html(frame, columns, about)}</details>')


@once
def html(frame: pd.DataFrame, columns: Mapping[str, Any], about: str) -> str:
    """All rows, up to `MOST`, with the headers and formats of the screen's columns."""
    shown = frame.head(MOST)
    heads = [str(config.get("label") or code) for code, config in columns.items()]
    kinds = [_type(config) for config in columns.values()]
    figures = [place for place, kind in enumerate(kinds) if kind.get("type") in NUMBERS]
    # By column: a page has many such tables, and a frame is slow to be read by row.
    cells = [_cells(shown[code].tolist(), kind) for code, kind in zip(columns, kinds, strict=True)]
    cut = f'<p class="quiet">{escape(about)}共{len(frame)}行，此处为前{MOST}行。</p>' if len(frame) > MOST else ""
    return sheet(heads, zip(*cells, strict=True), figures=figures, style="paper") + cut


def _type(config: Mapping[str, Any]) -> Mapping[str, Any]:
    return config.get("type_config") or {}


def _cells(values: list[object], kind: Mapping[str, Any]) -> list[str]:
    """A column's cells as the screen writes them."""
    if kind.get("type") not in NUMBERS:
        return [_cell(value) for value in values]
    decimals = DECIMALS.search(str(kind.get("format") or ""))
    written = f",.{decimals[1]}f" if decimals else ","
    return [_number(value, written) for value in values]


def _number(value: object, written: str) -> str:
    value = value.item() if hasattr(value, "item") else value  # a number of a frame
    if isinstance(value, int | float) and not isinstance(value, bool):
        return NO_VALUE if value != value else minus(format(value, written))
    return _cell(value)


def _cell(value: object) -> str:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, list | tuple):
        return escape("、".join(map(str, value)))
    if is_absent(value):
        return NO_VALUE
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, pd.Timestamp):
        return minute(value) if (value.hour, value.minute) != (0, 0) else day(value)
    return day(value) if isinstance(value, date) else escape(str(value))
