"""The briefing as PDF, by Typst: the form is `layout.typ`, the content goes in as JSON, the fonts come along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from briefing.issue.content import Block, Chart, Document, Note, Paragraph, Section, Table
from briefing.paper.cells import headed, shown
from briefing.paper.charts import picture
from briefing.paper.typefaces import HEADING, LATIN_FREE, SUBHEADING, TEXT, TITLE, printable
from briefing.paper.typeset import typeset
from briefing.paper.widths import Tail, across, fit, tails

MOVED_WHOLE = 16  # rows: a table of no more goes to where it fits whole; a taller one breaks
LAYOUT = Path(__file__).resolve().parent / "layout.typ"
FACES = {
    "latin": LATIN_FREE,
    "title": TITLE.free,
    "heading": HEADING.free,
    "subheading": SUBHEADING.free,
    "text": TEXT.free,
}


def _block(block: Block, flows: bool) -> dict[str, Any]:
    """A block as the layout reads it; `flows`: text goes on around what moves to where it fits."""
    match block:
        case Section(heading=heading, level=level, blocks=blocks):
            inner = [_block(item, flows) for item in blocks]
            return {"kind": "section", "heading": printable(heading), "level": level, "blocks": inner}
        case Paragraph(text=text):
            return {"kind": "paragraph", "text": printable(text)}
        case Note(text=text):
            return {"kind": "note", "text": printable(text)}
        case Table():
            return _table(block, moves=flows and len(block.rows) <= MOVED_WHOLE)
        case Chart():
            return {
                "kind": "chart",
                "caption": printable(block.caption),
                "svg": picture(block, "svg").decode(),
                "notes": [printable(note) for note in block.notes],
            }


def _table(table: Table, moves: bool, across: bool = False) -> dict[str, Any]:
    """A table in its widths; `moves`: as a whole, else it breaks."""
    fitted = fit(table, across)
    ends = [tails(table, at) for at in range(len(table.columns))]
    return {
        "kind": "table",
        "caption": printable(table.caption),
        "columns": [
            {"header": printable(headed(column.header)), "numeric": column.numeric} for column in table.columns
        ],
        "widths": fitted.widths,
        "size": fitted.size,
        "moves": moves,
        "rows": [
            [{"text": printable(shown(cell)), "tail": _tail(ends[at][down])} for at, cell in enumerate(row)]
            for down, row in enumerate(table.rows)
        ],
        "notes": [printable(note) for note in table.notes],
        "totals": table.totals,
    }


def _tail(tail: Tail | None) -> list[int] | None:
    return None if tail is None else [tail.digits, tail.points, tail.wide]


def _content(document: Document) -> str:
    turned = across(document.annexes)
    content = {
        "masthead": document.masthead,
        "marking": document.marking,
        "title": document.title,
        "period_name": document.period_name,
        "version_name": document.version_name,
        "demonstration": document.demonstration,
        "faces": FACES,
        "sections": [_block(section, document.pages is None) for section in document.sections],
        "annexes": [_table(annex, moves=False, across=turned) for annex in document.annexes],
        "across": turned,
        "single": document.pages == 1,
    }
    return json.dumps(content, ensure_ascii=False)


def write(document: Document) -> bytes:
    """The PDF file, tagged for screen readers (PDF/UA-1); the same document gives the same bytes."""
    return _set(document, format="pdf", pdf_standards=["ua-1"])[0]


def pages(document: Document, ppi: float = 72) -> list[bytes]:
    """The printed pages as PNG pictures, as they will come out of the printer; `ppi` pixels an inch."""
    return _set(document, format="png", ppi=ppi)


def _set(document: Document, **options: Any) -> list[bytes]:
    return typeset(LAYOUT, document.built_at, {"document": _content(document)}, **options)
