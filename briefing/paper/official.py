"""Official documents in Word, by the measures of GB/T 9704-2012: page, faces, spacing, page numbers, the red rule."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.coreprops import CoreProperties
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from briefing.paper.packing import timeless
from briefing.paper.typefaces import LATIN_OFFICIAL, Typeface
from contract.settings import BEIJING

RED = RGBColor(0xC0, 0, 0)
PITCH = Pt(28.9)  # 22 lines in 225 mm
TEXT_SIZE = 16  # points: 3号
LINE_PITCH = 579  # twentieths of a point: 22 lines in 225 mm
CHARACTER_SPACE = -5  # twentieths of a point beside a character of TEXT_SIZE: 28 in 156 mm
CENTRE, RIGHT, LEFT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
AFTER_AUTO_SPACE = ("w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def element(tag: str, **attributes: str) -> OxmlElement:
    """A new element of WordprocessingML with its attributes."""
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _face(style: ParagraphStyle, face: Typeface, size: float) -> None:
    """Set the fonts of a style by name, for Latin and East Asian text, without a theme."""
    style.font.name = LATIN_OFFICIAL
    style.font.size = Pt(size)
    style.font.bold = style.font.italic = False
    fonts = style.element.rPr.rFonts
    for attribute in list(fonts.attrib):
        if attribute.endswith("Theme"):
            del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), LATIN_OFFICIAL)
    fonts.set(qn("w:eastAsia"), face.official)


def _spacing(style: ParagraphStyle, exactly: Pt | None, before: float = 0, after: float = 0) -> None:
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY if exactly else WD_LINE_SPACING.SINGLE
    if exactly:
        form.line_spacing = exactly
    form.widow_control = False
    if style.font.size == Pt(TEXT_SIZE):
        # 28 characters by their spacing: LibreOffice sets 14 to a line where the page's grid is one of characters too.
        spaced = element("w:spacing", val=str(CHARACTER_SPACE))
        style.element.rPr.insert_element_before(spaced, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")
    else:  # the page's grid is for its text
        off = element("w:snapToGrid", val="0")
        style.element.pPr.insert_element_before(off, "w:spacing", "w:ind", "w:jc", "w:outlineLvl")
    for gap in ("w:autoSpaceDE", "w:autoSpaceDN"):  # no extra space beside digits: 28 characters a line
        style.element.pPr.insert_element_before(OxmlElement(gap), *AFTER_AUTO_SPACE)
        style.element.pPr.find(qn(gap)).set(qn("w:val"), "0")


def _indent(style: ParagraphStyle, characters: int) -> None:
    """A first-line indent counted in characters, as Chinese text has it, with its length for readers that need one."""
    style.paragraph_format.first_line_indent = Pt(style.font.size.pt * characters)
    style.element.pPr.ind.set(qn("w:firstLineChars"), str(characters * 100))


def set_style(
    file: WordFile, name: str, face: Typeface, size: float, exactly: Pt | None = None, before: float = 0,
    after: float = 0, align: WD_ALIGN_PARAGRAPH = LEFT, indent: int = 0, colour: RGBColor | None = None,
) -> None:  # fmt: skip
    """Define a paragraph style; size in points, spacing before and after likewise, indent in characters."""
    style = file.styles[name] if name in file.styles else file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    _face(style, face, size)
    _spacing(style, exactly, before, after)
    style.paragraph_format.alignment = align
    style.font.color.rgb = colour or RGBColor(0, 0, 0)
    if indent:
        _indent(style, indent)


def clear_theme(file: WordFile) -> None:
    """Take the theme's fonts away, so that each style's own count, and say that East Asian text is Chinese."""
    defaults = file.styles.element.find(qn("w:docDefaults"))
    for parent in (defaults, file.styles.element):
        for fonts in parent.iter(qn("w:rFonts")):
            for attribute in [name for name in fonts.attrib if name.endswith("Theme")]:
                del fonts.attrib[attribute]
        for language in parent.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")


def set_page(file: WordFile) -> Section:
    """A4 with a type area of 156 by 225 mm."""
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    _lay_grid(section)
    return section


def turn_page(file: WordFile) -> Section:
    """A new section on A4 across, its type area 225 by 156 mm; page numbers run on."""
    section = file.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin, section.right_margin = Mm(37), Mm(35)
    section.header_distance, section.footer_distance = Mm(14), Mm(17)
    return section


def _lay_grid(section: Section) -> None:
    """22 lines on a page; only text of that size keeps to the grid, tables and notes do not."""
    known = section._sectPr.find(qn("w:docGrid"))
    if known is not None:
        section._sectPr.remove(known)
    grid = element("w:docGrid", type="lines", linePitch=str(LINE_PITCH))
    section._sectPr.append(grid)


def number_pages(file: WordFile) -> None:
    """`— 1 —` in style 页码, outside on odd and even pages."""
    section = file.sections[0]
    file.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        line = footer.paragraphs[0]
        line.style = file.styles["页码"]
        line.alignment = side
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)  # one character in
        line.add_run("— ")
        field = element("w:fldSimple", instr="PAGE")
        line._p.append(field)
        field.append(line.add_run("1")._r)
        line.add_run(" —")


def print_witness(file: WordFile, witness: str, style: str) -> None:
    """What is printed of the ledger, under the number of every page."""
    section = file.sections[0]
    section.footer_distance = Mm(14)  # the number stays where it is, and the type area whole
    for footer in (section.footer, section.even_page_footer):
        footer.add_paragraph(witness, style=style)


def draw_rule(paragraph: Paragraph, colour: str = "C00000") -> None:
    """A line under a paragraph, as wide as the type area."""
    borders = element("w:pBdr")
    borders.append(element("w:bottom", val="single", sz="12", space="6", color=colour))
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def date_properties(file: WordFile, moment: datetime) -> CoreProperties:
    """The file's properties with one date and no author: the same content gives the same bytes."""
    properties = file.core_properties
    moment = moment.replace(tzinfo=BEIJING)
    properties.created = properties.modified = moment
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.revision = 1
    return properties


def saved(file: WordFile) -> bytes:
    """The docx file; the same content gives the same bytes."""
    target = BytesIO()
    file.save(target)
    return timeless(target.getvalue())
