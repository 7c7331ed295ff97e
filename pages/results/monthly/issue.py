"""The briefing on the screen: its content tree as text, tables and pictures, and its files, made when asked for."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import streamlit as st

from briefing.issue.content import Block, Cell, Chart, Document, Note, Number, Panel, Paragraph, Section, Table
from briefing.paper.cells import shown
from briefing.paper.writers import WRITERS
from contract.console.program import later
from contract.wording import NO_VALUE
from pages.shared import downloads
from pages.shared.format import minus
from pages.shared.sheets import sheet
from pages.shell.data import once

picture = later("briefing.paper.charts:picture")  # what draws it is loaded where an issue has a chart
KEPT = 48  # pictures and files: a data version's worth of a few periods and districts
FORMATS = {
    "docx": ("Word（可编辑）", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": ("PDF（传阅）", "application/pdf"),
    "xlsx": ("Excel（数据表）", downloads.XLSX),
}
HEADINGS = {1: "h2", 2: "h3"}


@lru_cache(maxsize=KEPT)
def written(made: Document, kind: str) -> bytes:
    """The briefing in one of its formats."""
    return WRITERS[kind](made)


@lru_cache(maxsize=KEPT)
def drawn(chart: Chart) -> str:
    """A chart of the briefing as SVG."""
    return picture(chart, "svg").decode()


def files(made: Document, name: str) -> None:
    """A button a format."""
    with st.container(horizontal=True, gap="small"):
        for kind, (label, mime) in FORMATS.items():
            downloads.button(
                label,
                lambda kind=kind: written(made, kind),
                f"{name}.{kind}",
                key=f"briefing-{kind}",
                mime=mime,
                type="primary" if kind == "docx" else "secondary",
            )


def preview(made: Document) -> None:
    """The issue from its head to its annexes; annexes folded."""
    warning = f'<p class="issue-warning">{escape(made.demonstration)}</p>' if made.demonstration else ""
    about = "　".join((made.period_name, made.scope_name, made.version_name))
    with st.container(border=True, key="issue-text"):
        st.html(
            f'<header class="issue"><p class="issue-head"><span>{escape(made.masthead)}</span>'
            f"<span>{escape(made.marking)}</span></p><h2>{escape(made.title)}</h2><p>{escape(about)}</p>{warning}</header>"
        )
        for section in made.sections:
            show(section)
        for annex in (*made.annexes, made.definitions):
            with st.expander(annex.caption):
                st.html(table_html(annex, caption=False))


def show(block: Block) -> None:
    """One block and what stands under it."""
    match block:
        case Section(heading=heading, level=level, blocks=blocks):
            tag = HEADINGS.get(level, "h4")
            st.html(f'<{tag} class="issue">{escape(heading)}</{tag}>')
            for inner in blocks:
                show(inner)
        case Paragraph(text=text):
            st.html(f'<p class="issue-text">{escape(text)}</p>')
        case Note(text=text):
            st.html(f'<p class="issue-note">{escape(text)}</p>')
        case Table():
            st.html(table_html(block))
        case Chart():
            chart(block)


def chart(block: Chart) -> None:
    """The picture with its caption above, its figures as a table beside it and its notes below."""
    st.html(f'<p class="issue-caption">{escape(block.caption)}</p>')
    st.image(drawn(block), width="stretch", alt=block.caption)
    with st.expander("查看数据表", icon=":material/table:"):
        st.html(chart_table(block))
    for note in block.notes:
        st.html(f'<p class="issue-note">{escape(note)}</p>')


@once
def table_html(table: Table, *, caption: bool = True) -> str:
    """A table of the briefing: caption above, totals set off, notes below."""
    drawn_table = sheet(
        [column.header for column in table.columns],
        [[escape(_cell(cell)) for cell in row] for row in table.rows],
        figures=[place for place, column in enumerate(table.columns) if column.numeric],
        totals=table.totals,
    )
    above = f'<p class="issue-caption">{escape(table.caption)}</p>' if caption else ""
    below = "".join(f'<p class="issue-note">{escape(note)}</p>' for note in table.notes)
    return f'{above}<div class="scroll issue-table">{drawn_table}</div>{below}'


def chart_table(block: Chart) -> str:
    """The figures of a chart, a table a panel."""
    return "".join(f'<p class="issue-caption">{escape(panel.title)}</p>{panel_table(panel)}' for panel in block.panels)


def panel_table(panel: Panel) -> str:
    """A row a category, a column a series."""
    rows = [
        [escape(category), *(NO_VALUE if value is None else _cell(Number(value, panel.places)) for value in values)]
        for category, *values in zip(panel.categories, *(series.values for series in panel.series), strict=True)
    ]
    return sheet(["", *(series.name for series in panel.series)], rows, figures=range(1, len(panel.series) + 1))


def _cell(cell: Cell) -> str:
    """As on paper, with the screen's minus before a number."""
    return minus(shown(cell)) if isinstance(cell, Number) else shown(cell)
