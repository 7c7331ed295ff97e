"""A table of the briefing in Word, written as one piece of XML: widths twice, numbers whole, heads on every page."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.table import CT_Tbl

from briefing.issue.content import Cell, Column, Number, Table
from briefing.paper.cells import headed, shown
from briefing.paper.typefaces import HEADING, LATIN_OFFICIAL
from briefing.paper.widths import Fit, Tail, tails

TWIPS_PER_MM = 1440 / 25.4
TWIPS_PER_POINT = 20
MARGIN = "50"  # twips beside the text of a cell: 2.5 points
EMPHASIS = (
    f'<w:rPr><w:rFonts w:ascii="{LATIN_OFFICIAL}" w:hAnsi="{LATIN_OFFICIAL}" w:eastAsia="{HEADING.official}"/></w:rPr>'
)
BORDERS = (
    '<w:tblBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="404040"/>'
    '<w:bottom w:val="single" w:sz="8" w:space="0" w:color="404040"/>'
    '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="9AA4B2"/></w:tblBorders>'
)
# Widths of the official Latin face in ems, for the room behind a number.
DIGIT, POINT, WIDE = 0.5, 0.25, 1.0
KEPT_ROWS = 3  # of a table's first rows that stay with its caption


def word_table(table: Table, fitted: Fit, style: str) -> CT_Tbl:
    """The table in its widths, its cells in a paragraph style by id."""
    widths = [round(width * TWIPS_PER_MM) for width in fitted.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    ends = [tails(table, at) for at in range(len(table.columns))]
    head = _row(
        "<w:cantSplit/><w:tblHeader/>",
        [_cell(headed(column.header), width, style, "center", strong=True, kept=True)
         for column, width in zip(table.columns, widths, strict=True)],
    )  # fmt: skip
    first_total = len(table.rows) - table.totals
    body = []
    for down, row in enumerate(table.rows):
        last = down == len(table.rows) - 1  # goes with the notes, which are never alone on a page
        kept = down < KEPT_ROWS or (down >= first_total - 1 and (not last or bool(table.notes)))
        cells = [
            _body_cell(cell, column, width, style, ends[at][down], fitted.size, down >= first_total, kept)
            for at, (cell, column, width) in enumerate(zip(row, table.columns, widths, strict=True))
        ]
        body.append(_row("<w:cantSplit/>", cells))
    properties = (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>{BORDERS}'
        '<w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="{MARGIN}" w:type="dxa"/><w:right w:w="{MARGIN}" w:type="dxa"/></w:tblCellMar>'
        f"<w:tblCaption w:val={quoteattr(table.caption)}/></w:tblPr>"
    )
    return parse_xml(f"<w:tbl {nsdecls('w')}>{properties}<w:tblGrid>{grid}</w:tblGrid>{head}{''.join(body)}</w:tbl>")


def _row(properties: str, cells: list[str]) -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def _body_cell(
    cell: Cell, column: Column, width: int, style: str, tail: Tail | None, size: float, strong: bool, kept: bool
) -> str:
    behind = 0 if tail is None else tail.digits * DIGIT + tail.points * POINT + tail.wide * WIDE
    side = "right" if column.numeric else "left"
    whole = column.numeric or column.whole or isinstance(cell, Number)
    return _cell(shown(cell), width, style, side, round(behind * size * TWIPS_PER_POINT), strong, kept, whole)


def _cell(
    text: str, width: int, style: str, side: str, behind: int = 0, strong: bool = False, kept: bool = False,
    whole: bool = False,
) -> str:  # fmt: skip
    """A cell; `behind`: twips left free to the right of it, `whole`: never broken into lines."""
    indent = f'<w:ind w:right="{behind}"/>' if behind else ""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{"<w:noWrap/>" if whole else ""}<w:vAlign w:val="center"/>'
        f'</w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/>{"<w:keepNext/>" if kept else ""}{indent}'
        f'<w:jc w:val="{side}"/></w:pPr><w:r>{EMPHASIS if strong else ""}{lines}</w:r></w:p></w:tc>'
    )
