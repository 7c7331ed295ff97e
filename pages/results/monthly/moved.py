"""Tables of a draft as far as the current data version says otherwise: the rows and columns that differ, both said."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import streamlit as st

from briefing.issue.content import Chart, Table
from briefing.issued.figures import Stale
from briefing.issued.moved import GONE, Moved
from briefing.paper.cells import shown
from pages.shared.sheets import sheet
from pages.shell.plain import plain

AT_ONCE = 6  # rows that differ and are shown unasked; more are folded


@dataclass(frozen=True)
class Behind:
    """How a draft stands behind the current data version: figures of its words, its tables, its charts by key; or why
    that version says nothing of the draft's period (`lost`)."""

    figures: dict[tuple[str, str], Stale] = field(default_factory=dict)
    tables: dict[str, Moved] = field(default_factory=dict)
    charts: tuple[str, ...] = ()
    lost: str = ""

    def told(self) -> str:
        """How many tables' cells and charts differ: `表中12处、图2幅`; empty for none."""
        cells = sum(moved.places for moved in self.tables.values())
        return "、".join([f"表中{cells}处"] * bool(cells) + [f"图{len(self.charts)}幅"] * bool(self.charts))


def table(behind: Behind, block: Table) -> None:
    """What of a table differs; nothing where nothing does."""
    moved = behind.tables.get(block.key)
    if moved is None:
        return
    rows = sorted({down for down, _ in moved.cells})
    with st.expander(plain(f"{block.caption}：新版有{moved.places}处不同"), expanded=len(rows) <= AT_ONCE):
        st.html(f'<div class="scroll issue-table">{differing(moved)}</div>')


def chart(behind: Behind, block: Chart) -> None:
    if block.key in behind.charts:
        st.caption(plain(f"{block.caption}：按新版数据，图有变化。"))


def differing(moved: Moved) -> str:
    """The rows that differ, in the columns that do; what the draft prints, and what the newer version says."""
    columns = moved.table.columns
    shown_at = [0, *sorted({at for _, at in moved.cells if at})]
    if moved.come:
        shown_at = list(range(len(columns)))
    rows = []
    for down in sorted({down for down, _ in moved.cells}):
        cells = [shown(cell) for cell in moved.table.rows[down]]
        rows.append([_cell(cells[at], moved.cells.get((down, at))) for at in shown_at])
    rows += [[f'<span class="stale">新增：{escape(told[0])}</span>', *map(escape, told[1:])] for told in moved.come]
    figures = [place for place, at in enumerate(shown_at) if columns[at].numeric]
    return sheet([columns[at].header for at in shown_at], rows, figures=figures)


def _cell(then: str, now: str | None) -> str:
    if now is None:
        return escape(then)
    return f'{escape(then)}<br><span class="stale">新版：{escape(now or GONE)}</span>'
