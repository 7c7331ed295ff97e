"""Rendered pages, read back: lines and characters, filled pages, whole numbers, tags; and the same of Word's XML."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Length
from PIL import Image
from pypdf import PdfReader

from briefing.issue.compose import compose_city
from briefing.issue.content import Column, Number, Paragraph, Section, Table, tables
from briefing.paper import pdf, word
from briefing.paper.cells import shown
from briefing.paper.typefaces import MISSING
from tests.briefing.months import MONTHS
from tests.briefing.samples import document

LONG = "知识产权金融生态综合试点工作稳步推进各项贷款余额保持在合理区间之内没有标点的长句子用来量一量每行多少字" * 50
PITCH = 28.9  # points from line to line


def lines(page) -> dict[int, str]:
    """The text of the type area, by line: from the top, in points."""
    rows: dict[int, str] = {}

    def visit(text, outer, matrix, _, size):
        top = round(matrix[4] * outer[1] + matrix[5] * outer[3] + outer[5])
        if text.strip() and size > 15:
            rows[top] = rows.get(top, "") + text.strip()

    page.extract_text(visitor_text=visit)
    return dict(sorted(rows.items(), reverse=True))


def issue(*blocks, annexes=()):
    return replace(document(), sections=(Section("一、总体情况", 1, blocks),), annexes=annexes)


def tall(rows: int, columns: int = 4, key: str = "表") -> Table:
    heads = (Column("机构", 8, numeric=False), *(Column(f"余额{at}（万元）", 5) for at in range(columns - 1)))
    body = tuple(
        (f"机构{down}", *(Number(Decimal("356498.70") + at, grouped=True) for at in range(columns - 1)))
        for down in range(rows)
    )
    return Table(key, f"{key}　情况", heads, body, ("注释。",))


def read(made) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.write(made)))


def test_a_full_page_of_text_has_22_lines_of_28_characters():
    full = [lines(page) for page in read(issue(Paragraph(LONG))).pages][1:-1]
    assert len(full) >= 2
    for page in full:
        assert len(page) == 22 and {len(text) for text in page.values()} == {28}
        tops = list(page)
        assert tops[0] - tops[-1] == pytest.approx(21 * PITCH, abs=2)


def ink(made) -> list[float]:
    """How far down the type area each page is filled, from rendered pages: 1 is to its foot."""
    shares = []
    for png in pdf.pages(made, ppi=30):
        page = Image.open(io.BytesIO(png)).convert("L")
        top, bottom = (0.125, 0.882) if page.height > page.width else (0.133, 0.876)
        area = page.crop((0, int(page.height * top), page.width, int(page.height * bottom)))
        box = area.point(lambda value: 255 if value < 160 else 0).getbbox()
        shares.append(0.0 if box is None else box[3] / area.height)
    return shares


def test_text_goes_on_before_a_table_that_does_not_fit():
    texts = [Paragraph(LONG[:600]) for _ in range(6)]
    blocks = [texts[0], tall(15, key="甲"), texts[1], tall(16, key="乙"), texts[2], tall(14, key="丙"), *texts[3:]]
    filled = ink(issue(*blocks))
    assert len(filled) > 4 and min(filled[:-1]) > 0.8, filled


def test_a_tall_table_breaks_with_its_head_on_every_page():
    made = issue(Paragraph("短。"), annexes=(tall(70),))
    pages = [page.extract_text() for page in read(made).pages]
    assert len(pages) >= 3 and all("余额0" in text for text in pages)
    assert min(ink(made)[:-1]) > 0.85


def test_annexes_are_across_where_one_is_wide():
    pages = read(issue(Paragraph("短。"), annexes=(tall(5), tall(30, columns=12)))).pages
    assert [page.mediabox.width > page.mediabox.height for page in pages] == [False] + [True] * (len(pages) - 1)


@pytest.mark.parametrize("month", MONTHS)
def test_every_figure_of_a_month_is_read_back_whole_and_no_glyph_is_missing(month):
    made = compose_city(MONTHS[month]())
    text = "\n".join(page.extract_text() for page in read(made).pages)
    assert MISSING not in text and "\ufffd" not in text
    figures = [
        shown(cell)
        for table in (*tables(made.sections), *made.annexes)
        for row in table.rows
        for cell in row
        if isinstance(cell, Number)
    ]
    assert [figure for figure in figures if figure not in text] == []
    assert all(share > 0.5 for share in ink(made)[:1])


def test_headings_and_tables_are_tagged():
    reader = read(issue(Paragraph("短。"), annexes=(tall(3),)))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.trailer["/Root"]["/Lang"] == "zh-CN"
    kinds = {reader.get_object(at).get("/S") for at in range(1, len(reader.xref[0]) + 1) if _is_tag(reader, at)}
    assert {"/H1", "/P", "/Table", "/TH", "/TD"} <= kinds


def _is_tag(reader, at) -> bool:
    made = reader.get_object(at)
    return hasattr(made, "get") and made.get("/Type") == "/StructElem"


@pytest.fixture(scope="module")
def written():
    made = compose_city(MONTHS["everything-falls"]())
    return docx.Document(io.BytesIO(word.write(made)))


def test_word_has_a_grid_of_22_lines_and_28_characters(written):
    for section in written.sections:
        grid = section._sectPr.find(qn("w:docGrid"))
        assert grid.get(qn("w:type")) == "lines"
    upright = written.sections[0]
    height = Length(upright.page_height - upright.top_margin - upright.bottom_margin).pt
    width = Length(upright.page_width - upright.left_margin - upright.right_margin).pt
    grid = upright._sectPr.find(qn("w:docGrid"))
    assert height // (int(grid.get(qn("w:linePitch"))) / 20) == 22
    text = written.styles["正文文字"].element
    assert text.pPr.find(qn("w:snapToGrid")) is None
    assert width // (16 + int(text.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20) == 28
    assert text.pPr.spacing.line / 12700 <= int(grid.get(qn("w:linePitch"))) / 20  # a line is one of the grid
    for name in ("表文", "图表题", "图表注", "说明", "文题"):
        assert written.styles[name].element.pPr.find(qn("w:snapToGrid")).get(qn("w:val")) == "0"


def test_words_annexes_are_across_and_its_tables_within_the_type_area(written):
    assert [round(section.page_width.mm) for section in written.sections] == [210, 297]
    areas = [Length(each.page_width - each.left_margin - each.right_margin).twips for each in written.sections]
    widths = [sum(int(column.get(qn("w:w"))) for column in table._tbl.tblGrid) for table in written.tables]
    assert {min(areas, key=lambda area: abs(area - width)) for width in widths} == set(areas)
    assert all(min(abs(area - width) for area in areas) <= 12 for width in widths)


def test_words_numbers_do_not_wrap_and_no_type_is_too_small(written):
    for table in written.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        for row in table.rows[1:]:
            for cell in row.cells:
                if re.fullmatch(r"[+-]?[\d,]+(\.\d+)?倍?", cell.text):
                    assert cell._tc.tcPr.find(qn("w:noWrap")) is not None
    used = {each.style.name for table in written.tables for cell in table._cells for each in cell.paragraphs}
    sizes = [written.styles[name].font.size.pt for name in used | {each.style.name for each in written.paragraphs}]
    assert min(sizes) >= 9
