"""The briefing on the screen: its content tree as text, tables and pictures, and its files, made when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from itertools import groupby

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from briefing.issue.content import Block, Cell, Chart, Document, Note, Number, Panel, Paragraph, Section, Table, flat
from briefing.paper.cells import shown
from briefing.paper.chart_sizes import chart_size
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
        waiting = _body(made.sections)
        for annex in (*made.annexes, made.definitions):
            with st.expander(annex.caption):
                st.html(table_html(annex, caption=False))
        for chart, place in waiting:
            place.image(drawn(chart), width="stretch", alt=chart.caption)


def _body(sections: Sequence[Section]) -> list[tuple[Chart, DeltaGenerator]]:
    """The sections in few elements: what is text in one, from chart to chart. Gives the charts that are still to be
    drawn, each with its place: a chart takes longer than all the text, which stands meanwhile."""
    charts = []
    for is_chart, blocks in groupby(flat(sections), key=lambda block: isinstance(block, Chart)):
        if not is_chart:
            st.html(_run(text_html(block) for block in blocks))
            continue
        for block in blocks:
            st.html(f'<p class="issue-caption">{escape(block.caption)}</p>')
            place = st.empty()
            width, height = chart_size(block)
            place.html(f'<div class="issue-chart" style="aspect-ratio: {width:.2f} / {height:.2f}"></div>')
            with st.expander("查看数据表", icon=":material/table:"):
                st.html(chart_table(block))
            if block.notes:
                st.html(_run(f'<p class="issue-note">{escape(note)}</p>' for note in block.notes))
            charts.append((block, place))
    return charts


def _run(pieces: Iterable[str]) -> str:
    """Pieces of HTML one below the other, as far apart as elements are."""
    return f'<div class="issue-run">{"".join(pieces)}</div>'


def text_html(block: Block) -> str:
    """A heading, paragraph, note or table."""
    match block:
        case Section(heading=heading, level=level):
            tag = HEADINGS.get(level, "h4")
            return f'<{tag} class="issue">{escape(heading)}</{tag}>'
        case Paragraph(text=text):
            return f'<p class="issue-text">{escape(text)}</p>'
        case Note(text=text):
            return f'<p class="issue-note">{escape(text)}</p>'
        case Table():
            return f"<div>{table_html(block)}</div>"
    raise TypeError(f"{type(block).__name__} is no text")


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
