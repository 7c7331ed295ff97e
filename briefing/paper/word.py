"""The briefing as Word: official fonts by name, written column widths, PNG pictures; opens in Word and WPS alike."""

from __future__ import annotations

from io import BytesIO

import docx
from docx.document import Document as WordFile
from docx.section import Section as WordSection
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from briefing.issue.content import Block, Chart, Document, Note, Paragraph, Section, Table
from briefing.paper.charts import picture
from briefing.paper.official import (
    BOTH,
    CENTRE,
    LEFT,
    PITCH,
    RED,
    TEXT_SIZE,
    clear_theme,
    date_properties,
    draw_rule,
    number_pages,
    saved,
    set_page,
    set_style,
    turn_page,
)  # fmt: skip
from briefing.paper.typefaces import HEADING, SUBHEADING, TEXT, TITLE
from briefing.paper.widths import across, fit
from briefing.paper.word_table import word_table

GREY = RGBColor(0x4B, 0x55, 0x63)
TYPE_AREA = Mm(156)
PICTURE = Mm(154)
TYPE_AREA_ACROSS = Mm(225)
LINE = 1.45  # of a table's text, in its size: as high whatever face stands in for the official one
TITLE_LINE = 20  # ems of 文题
TABLE_STYLES = {10.5: "表文", 9.0: "表文（小）"}  # points → style


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
    set_style(file, "说明", TEXT, 12, Pt(18), before=4, after=4, align=LEFT, indent=2)
    set_style(file, "图表题", HEADING, 12, Pt(18), before=8, after=4, align=CENTRE)
    set_style(file, "图", TEXT, 12, align=CENTRE)
    set_style(file, "图表注", TEXT, 10, Pt(14), before=3, after=8, colour=GREY)
    for size, name in TABLE_STYLES.items():
        set_style(file, name, TEXT, size, Pt(size * LINE))
    set_style(file, "页眉文字", HEADING, 10)
    set_style(file, "页码", TEXT, 14)
    for name in ("Heading 1", "Heading 2", "图表题"):
        file.styles[name].paragraph_format.keep_with_next = True


def _say(file: WordFile, text: str, style: str) -> WordParagraph:
    return file.add_paragraph(text, style=style)


def _page(file: WordFile, document: Document) -> None:
    section = set_page(file)
    file.settings.odd_and_even_pages_header_footer = True
    _mark(file, section, document, TYPE_AREA)
    number_pages(file)


def _mark(file: WordFile, section: WordSection, document: Document, width: Length) -> None:
    """What stands above every page of a section: whose paper it is, and that data are demonstration."""
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        line = header.paragraphs[0]
        line.style = file.styles["页眉文字"]
        line.paragraph_format.tab_stops.add_tab_stop(width, alignment=2)
        line.add_run(document.marking)
        if document.demonstration:
            line.add_run("\t演示数据").font.color.rgb = RED


def _annexes(file: WordFile, document: Document) -> None:
    """The annexes: all across from a new page on where one is wide, else behind the text."""
    turned = across(document.annexes)
    if turned:
        _mark(file, turn_page(file), document, TYPE_AREA_ACROSS)
    for annex in document.annexes:
        _table(file, annex, turned)


def _head(file: WordFile, document: Document) -> None:
    """Masthead, title and warning; what is one page alone has its title only."""
    single = document.pages == 1
    if not single:
        _say(file, document.masthead, "报头")
        line = _say(file, f"{document.period_name}\t{document.version_name}", "报头栏")
        line.paragraph_format.tab_stops.add_tab_stop(TYPE_AREA, alignment=2)
        draw_rule(line)
    _say(file, _broken(document.title), "文题")
    if document.demonstration and not single:
        _say(file, document.demonstration, "提示")


def _broken(title: str) -> str:
    """A title too long for a line breaks before what stands in brackets, never within."""
    before, bracket, behind = title.rpartition("（")
    width = sum(0.5 if letter.isascii() else 1 for letter in title)
    return f"{before}\n{bracket}{behind}" if before and width > TITLE_LINE else title


def _table(file: WordFile, block: Table, turned: bool = False) -> None:
    _say(file, block.caption, "图表题")
    fitted = fit(block, turned)
    style = file.styles[TABLE_STYLES[fitted.size]].style_id
    file.element.body.insert_element_before(word_table(block, fitted, style), "w:sectPr")
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
        case Section(heading=heading, level=level, blocks=inner):
            _say(file, heading, f"Heading {level}")
            for item in inner:
                _block(file, item)
        case Paragraph(text=text):
            _say(file, text, "正文文字")
        case Note(text=text):
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
        _annexes(file, document)
    return saved(file)
