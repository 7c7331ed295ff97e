"""A letter as Word: GB/T 9704 measures and faces, a line for the number, room for the seal; both are left blank."""

from __future__ import annotations

from datetime import datetime, time

import docx
from docx.document import Document as WordFile
from docx.shared import Pt

from briefing.paper.letter import OfficialLetter
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
    number_pages,
    print_witness,
    saved,
    set_page,
    set_style,
)  # fmt: skip
from briefing.paper.typefaces import TEXT, TITLE
from contract.wording import chinese_day

BLANK_NUMBER = "　　　　〔　　　　〕　　　号"
CHARACTER = Pt(TEXT_SIZE)


def _styles(file: WordFile) -> None:
    clear_theme(file)
    set_style(file, "Normal", TEXT, TEXT_SIZE, PITCH, align=BOTH)
    set_style(file, "正文文字", TEXT, TEXT_SIZE, PITCH, align=BOTH, indent=2)
    set_style(file, "主送", TEXT, TEXT_SIZE, PITCH, align=LEFT)
    set_style(file, "发文机关标志", TITLE, 36, after=12, align=CENTRE, colour=RED)
    set_style(file, "发文字号", TEXT, TEXT_SIZE, PITCH, after=4, align=CENTRE)
    set_style(file, "文题", TITLE, 22, Pt(36), before=8, after=8, align=CENTRE)
    set_style(file, "提示", TEXT, 12, colour=RED)
    set_style(file, "署名", TEXT, TEXT_SIZE, PITCH, align=RIGHT)
    set_style(file, "页码", TEXT, 14)
    set_style(file, "校验", TEXT, 8, align=LEFT)


def _signed(file: WordFile, letter: OfficialLetter) -> None:
    """Issuer and date to the right, the shorter one centred over the other, with room above for the seal."""
    file.add_paragraph(style="署名").paragraph_format.keep_with_next = True
    file.add_paragraph(style="署名").paragraph_format.keep_with_next = True
    day = chinese_day(letter.dated)
    width = len(letter.issuer) - sum(0.5 if letter.isascii() else 1 for letter in day)
    for text, narrower in ((letter.issuer, -width / 2), (day, width / 2)):
        line = file.add_paragraph(text, style="署名")
        line.paragraph_format.right_indent = CHARACTER * 4 + int(CHARACTER * max(0.0, narrower))
        line.paragraph_format.keep_with_next = text != day


def write(letter: OfficialLetter) -> bytes:
    """The docx file; the same letter gives the same bytes."""
    file = docx.Document()
    _styles(file)
    set_page(file)
    number_pages(file)
    print_witness(file, letter.witness, "校验")
    properties = date_properties(file, datetime.combine(letter.dated, time.min))
    properties.title, properties.subject, properties.language = letter.title, letter.name, "zh-CN"
    if letter.demonstration:
        file.add_paragraph(letter.demonstration, style="提示")
    file.add_paragraph(letter.issuer, style="发文机关标志")
    draw_rule(file.add_paragraph(BLANK_NUMBER, style="发文字号"))
    file.add_paragraph(letter.title, style="文题")
    file.add_paragraph(f"{letter.addressee}：", style="主送")
    for text in letter.paragraphs:
        body = file.add_paragraph(text, style="正文文字")
    # A signature never stands alone on a page.
    body.paragraph_format.keep_with_next = body.paragraph_format.keep_together = True
    _signed(file, letter)
    return saved(file)
