"""The briefing as PDF, by Typst: the form is `layout.typ`, the content goes in as JSON, the fonts come along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

from briefing.issue.content import Block, Chart, Document, Note, Paragraph, Section, Table
from briefing.paper.cells import headed, shown
from briefing.paper.charts import picture
from briefing.paper.typefaces import FOLDER, HEADING, LATIN_FREE, SUBHEADING, TEXT, TITLE, printable
from contract.settings import BEIJING

LAYOUT = Path(__file__).resolve().parent / "layout.typ"
FACES = {
    "latin": LATIN_FREE,
    "title": TITLE.free,
    "heading": HEADING.free,
    "subheading": SUBHEADING.free,
    "text": TEXT.free,
}


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Section(heading, level, blocks):
            inner = [_block(item) for item in blocks]
            return {"kind": "section", "heading": printable(heading), "level": level, "blocks": inner}
        case Paragraph(text):
            return {"kind": "paragraph", "text": printable(text)}
        case Note(text):
            return {"kind": "note", "text": printable(text)}
        case Table():
            return {
                "kind": "table",
                "caption": printable(block.caption),
                "columns": [
                    {"header": printable(headed(column.header)), "width": column.width, "numeric": column.numeric}
                    for column in block.columns
                ],
                "rows": [[printable(shown(cell)) for cell in row] for row in block.rows],
                "notes": [printable(note) for note in block.notes],
                "totals": block.totals,
            }
        case Chart():
            return {
                "kind": "chart",
                "caption": printable(block.caption),
                "svg": picture(block, "svg").decode(),
                "notes": [printable(note) for note in block.notes],
            }


def _content(document: Document) -> str:
    content = {
        "masthead": document.masthead,
        "marking": document.marking,
        "title": document.title,
        "period_name": document.period_name,
        "version_name": document.version_name,
        "demonstration": document.demonstration,
        "faces": FACES,
        "sections": [_block(section) for section in document.sections],
        "annexes": [_block(annex) for annex in document.annexes],
    }
    return json.dumps(content, ensure_ascii=False)


def write(document: Document) -> bytes:
    """The PDF file; the same document gives the same bytes."""
    return typst.compile(
        str(LAYOUT),
        format="pdf",
        font_paths=[str(FOLDER)],
        ignore_system_fonts=True,
        timestamp=int(document.built_at.replace(tzinfo=BEIJING).timestamp()),
        sys_inputs={"document": _content(document)},
    )
