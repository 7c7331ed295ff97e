"""The briefing as Word: official fonts by name, written column widths, PNG pictures; opens in Word and WPS alike."""

from __future__ import annotations

from io import BytesIO

import docx
from docx.document import Document as WordFile
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from briefing.issue.content import Block, Chart, Document, Note, Paragraph, Section, Table
from briefing.paper.cells import headed, shown
from briefing.paper.charts import picture
from briefing.paper.official import (
    BOTH,
    CENTRE,
    LEFT,
    PITCH,
    RED,
    RIGHT,
    TEXT_SIZE,
    clear_theme,
    date_properties,
    draw_rule,
    element,
    number_pages,
    saved,
    set_page,
    set_style,
)  # fmt: skip
from briefing.paper.typefaces import HEADING, LATIN_OFFICIAL, SUBHEADING, TEXT, TITLE

GREY = RGBColor(0x4B, 0x55, 0x63)
TYPE_AREA = Mm(156)
PICTURE = Mm(154)
KEPT_WHOLE = 14  # a table of no more rows stays on one page
TABLE_STYLES = {6: "表文", 8: "表文（小）", 10: "表文（较小）"}  # most columns → style; beyond: the smallest


def _styles(file: WordFile) -> None:
    clear_theme(file)
    set_style(file, "Normal", TEXT, TEXT_SIZE, PITCH, align=BOTH)
    set_style(file, "正文文字", TEXT, TEXT_SIZE, PITCH, align=BOTH, indent=2)
    set_style(file, "Heading 1", HEADING, TEXT_SIZE, PITCH, align=LEFT, indent=2)
    set_style(file, "Heading 2", SUBHEADING, TEXT_SIZE, PITCH, align=LEFT, indent=2)
    set_style(file, "报头", TITLE, 26, align=CENTRE, after=8, colour=RED)
    set_style(file, "报头栏", TEXT, 14, after=14)
    set_style(file, "文题", TITLE, 22, Pt(36), before=6, after=18, align=CENTRE)
    set_style(file, "提示", TEXT, 12, after=12, colour=RED)
    set_style(file, "说明", TEXT, 12, Pt(18), before=4, after=4, align=BOTH, indent=2)
    set_style(file, "图表题", HEADING, 12, before=10, after=4, align=CENTRE)
    set_style(file, "图", TEXT, 12, align=CENTRE)
    set_style(file, "图表注", TEXT, 10, Pt(14), before=3, after=8, colour=GREY)
    set_style(file, "表文", TEXT, 10.5)
    set_style(file, "表文（小）", TEXT, 9.5)
    set_style(file, "表文（较小）", TEXT, 8.5)
    set_style(file, "表文（最小）", TEXT, 8)
    set_style(file, "页眉文字", HEADING, 10)
    set_style(file, "页码", TEXT, 14)
    for name in ("Heading 1", "Heading 2", "图表题"):
        file.styles[name].paragraph_format.keep_with_next = True


def _say(file: WordFile, text: str, style: str) -> WordParagraph:
    return file.add_paragraph(text, style=style)


def _tab(paragraph: WordParagraph) -> None:
    """A right tab at the edge of the type area."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(TYPE_AREA, alignment=2)


def _page(file: WordFile, document: Document) -> None:
    section = set_page(file)
    file.settings.odd_and_even_pages_header_footer = True
    for header in (section.header, section.even_page_header):
        line = header.paragraphs[0]
        line.style = file.styles["页眉文字"]
        _tab(line)
        line.add_run(document.marking)
        if document.demonstration:
            line.add_run("\t演示数据").font.color.rgb = RED
    number_pages(file)


def _head(file: WordFile, document: Document) -> None:
    _say(file, document.masthead, "报头")
    line = _say(file, f"{document.period_name}\t{document.version_name}", "报头栏")
    _tab(line)
    draw_rule(line)
    _say(file, document.title, "文题")
    if document.demonstration:
        _say(file, document.demonstration, "提示")


def _borders(table: WordTable) -> None:
    """Rules above, below and between rows; none upright."""
    borders = element("w:tblBorders")
    for side, size in (("top", "8"), ("bottom", "8"), ("insideH", "4")):
        borders.append(
            element(f"w:{side}", val="single", sz=size, space="0", color="404040" if size == "8" else "9AA4B2")
        )
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w="40", type="dxa"))
    properties = table._tbl.tblPr
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    properties.insert_element_before(margins, "w:tblLook")


def _widths(table: WordTable, block: Table) -> None:
    """Column widths in the grid and in every cell: WPS goes by the one, Word by the other."""
    total = sum(column.width for column in block.columns)
    for column, declared in zip(table.columns, block.columns, strict=True):
        width = int(TYPE_AREA * declared.width / total)
        column.width = width
        for cell in column.cells:
            cell.width = width


def _table(file: WordFile, block: Table) -> None:
    _say(file, block.caption, "图表题")
    style = next((style for most, style in TABLE_STYLES.items() if len(block.columns) <= most), "表文（最小）")
    table = file.add_table(rows=1 + len(block.rows), cols=len(block.columns))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _borders(table)
    _widths(table, block)
    first_total = 1 + len(block.rows) - block.totals
    lines = [
        [headed(column.header) for column in block.columns],
        *([shown(cell) for cell in row] for row in block.rows),
    ]
    for at, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
        properties = row._tr.get_or_add_trPr()
        properties.append(element("w:cantSplit"))
        if at == 0:
            properties.append(element("w:tblHeader"))
        for cell, column, text in zip(row.cells, block.columns, texts, strict=True):
            cell.vertical_alignment = 1
            paragraph = cell.paragraphs[0]
            paragraph.style = file.styles[style]
            paragraph.alignment = CENTRE if at == 0 else RIGHT if column.numeric else LEFT
            paragraph.paragraph_format.keep_with_next = len(block.rows) <= KEPT_WHOLE
            run = paragraph.add_run(text)
            if at == 0 or at >= first_total:
                run.font.name = LATIN_OFFICIAL
                run._r.rPr.rFonts.set(qn("w:eastAsia"), HEADING.official)
    _notes(file, block.notes)


def _notes(file: WordFile, notes: tuple[str, ...]) -> None:
    for note in notes or ("",):
        _say(file, f"注：{note}" if note else "", "图表注")


def _chart(file: WordFile, block: Chart) -> None:
    _say(file, block.caption, "图表题")
    paragraph = _say(file, "", "图")
    paragraph.paragraph_format.keep_with_next = bool(block.notes)
    shape = paragraph.add_run().add_picture(BytesIO(picture(block, "png")), width=PICTURE)
    shape._inline.docPr.set("descr", block.caption)
    _notes(file, block.notes)


def _block(file: WordFile, block: Block) -> None:
    match block:
        case Section(heading, level, inner):
            _say(file, heading, f"Heading {level}")
            for item in inner:
                _block(file, item)
        case Paragraph(text):
            _say(file, text, "正文文字")
        case Note(text):
            _say(file, text, "说明")
        case Table():
            _table(file, block)
        case Chart():
            _chart(file, block)


def _properties(file: WordFile, document: Document) -> None:
    properties = date_properties(file, document.built_at)
    properties.title = document.title
    properties.subject = f"{document.period_name}　{document.version_name}"
    properties.keywords = document.marking
    properties.language = "zh-CN"


def write(document: Document) -> bytes:
    """The docx file; the same document gives the same bytes."""
    file = docx.Document()
    _styles(file)
    _page(file, document)
    _properties(file, document)
    _head(file, document)
    for section in document.sections:
        _block(file, section)
    if document.annexes:
        file.add_page_break()
    for annex in document.annexes:
        _block(file, annex)
    return saved(file)
