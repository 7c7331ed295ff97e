"""What is printed (lists, case files) as Word: A4, upright or across, tables whose heads repeat on every page."""

from __future__ import annotations

import unicodedata

import docx
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.shared import Length, Mm
from docx.table import _Row

from briefing.paper.official import (
    CENTRE,
    LEFT,
    RED,
    clear_theme,
    date_properties,
    element,
    number_pages,
    saved,
    set_page,
    set_style,
)  # fmt: skip
from briefing.paper.printed import Printed, Section
from briefing.paper.typefaces import HEADING, TEXT, TITLE

SIDE, TOP = Mm(20), Mm(22)
NARROWEST, WIDEST = 6, 30  # of a column, in half-width characters, before all share the page


def write(printed: Printed) -> bytes:
    """The docx file; the same content gives the same bytes."""
    file = docx.Document()
    _styles(file)
    width = _page(file, printed.wide)
    number_pages(file)
    properties = date_properties(file, printed.dated)
    properties.title, properties.language = printed.title, "zh-CN"
    if printed.warning:
        file.add_paragraph(printed.warning, style="提示")
    file.add_paragraph(printed.title, style="文题")
    for note in printed.notes:
        file.add_paragraph(note, style="题注文字")
    for section in printed.sections:
        _section(file, section, width)
    return saved(file)


def _styles(file: WordFile) -> None:
    clear_theme(file)
    set_style(file, "Normal", TEXT, 12)
    set_style(file, "文题", TITLE, 20, after=10, align=CENTRE)
    set_style(file, "题注文字", TEXT, 11, after=4, align=CENTRE)
    set_style(file, "提示", TEXT, 12, after=6, colour=RED)
    set_style(file, "节题", HEADING, 14, before=12, after=6, align=LEFT)
    set_style(file, "说明", TEXT, 12, before=2, after=2, align=LEFT)
    set_style(file, "栏名", HEADING, 10, before=2, after=2, align=CENTRE)
    set_style(file, "栏文", TEXT, 10, before=2, after=2, align=LEFT)
    set_style(file, "页码", TEXT, 12)


def _page(file: WordFile, wide: bool) -> Length:
    """Sets the page; gives the width of the type area."""
    section = set_page(file)
    section.top_margin = section.bottom_margin = TOP
    section.left_margin = section.right_margin = SIDE
    section.header_distance = section.footer_distance = Mm(12)
    if wide:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    return Length(section.page_width - 2 * SIDE)


def _section(file: WordFile, section: Section, width: Length) -> None:
    heading = file.add_paragraph(section.heading, style="节题")
    heading.paragraph_format.keep_with_next = True
    for line in section.lines:
        file.add_paragraph(line, style="说明")
    if not section.rows:
        return
    table = file.add_table(rows=0, cols=len(section.header), style="Table Grid")
    table.autofit = False
    widths = _widths(section, width)
    for texts, style in ((section.header, "栏名"), *((row, "栏文") for row in section.rows)):
        line = table.add_row()
        for cell, text, wide in zip(line.cells, texts, widths, strict=True):
            cell.width = wide
            cell.paragraphs[0].style = file.styles[style]
            cell.paragraphs[0].add_run(text)
        _whole(line, head=style == "栏名")
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide


def _whole(line: _Row, head: bool) -> None:
    """Keeps a row on one page; the head comes again on every page."""
    properties = line._tr.get_or_add_trPr()
    properties.append(element("w:cantSplit"))
    if head:
        properties.append(element("w:tblHeader"))


def _widths(section: Section, width: Length) -> list[Length]:
    """The page shared out among the columns by their longest cell, none very narrow or very wide; heads may wrap."""
    columns = zip(section.header, *section.rows, strict=True)
    needed = [min(max(NARROWEST, _characters(head) // 2, *map(_characters, cells)), WIDEST) for head, *cells in columns]
    return [Length(width * characters // sum(needed)) for characters in needed]


def _characters(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
