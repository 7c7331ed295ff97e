"""The written files: equal bytes for equal documents, official form in Word, own fonts in PDF, numbers in Excel."""

import io
import re
import zipfile
import zlib
from dataclasses import replace
from decimal import Decimal

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from briefing.issue.content import Column, Number, Table
from briefing.paper import typefaces
from briefing.paper.writers import WRITERS
from tests.briefing.samples import document

HOSTILE = "=1+1 <b>#let x = [1]</b> *粗* $x$ @ref {=SUM(A1)}"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {kind: write(document()) for kind, write in WRITERS.items()}


@pytest.fixture(scope="module")
def word(files) -> docx.document.Document:
    return docx.Document(io.BytesIO(files["docx"]))


def parts(archive: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        return {name: source.read(name).decode("utf-8", "replace") for name in source.namelist()}


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_document_gives_the_same_bytes(files, kind):
    assert WRITERS[kind](document()) == files[kind]


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_no_entry_carries_the_time_of_day(files, kind):
    with zipfile.ZipFile(io.BytesIO(files[kind])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_only_date_is_that_of_the_data_version(files):
    created = re.compile(r"<dcterms:(?:created|modified)[^>]*>([^<]*)<")
    assert set(created.findall(parts(files["docx"])["docProps/core.xml"])) == {"2026-11-16T09:30:00Z"}
    assert set(created.findall(parts(files["xlsx"])["docProps/core.xml"])) == {"2026-11-16T09:30:00Z"}
    assert b"D:20261116093000+08'00" in files["pdf"] or b"D:20261116013000Z" in files["pdf"]


def test_word_has_the_official_measures(word):
    section = word.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    width = section.page_width - section.left_margin - section.right_margin
    height = section.page_height - section.top_margin - section.bottom_margin
    assert (round(width / Mm(1)), round(height / Mm(1))) == (156, 225)
    text = word.styles["正文文字"]
    assert text.font.size.pt == 16 and text.paragraph_format.line_spacing.pt == pytest.approx(28.9, abs=0.05)
    assert text.element.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_a_title_too_long_for_a_line_breaks_before_its_brackets():
    short, long = "试点情况专报（2026年9月）", "知识产权金融生态综合试点情况专报（2026年9月）"
    titles = {short: short, long: long.replace("（", "\n（")}
    for title, printed in titles.items():
        made = docx.Document(io.BytesIO(WRITERS["docx"](replace(document(), title=title))))
        assert printed in [paragraph.text for paragraph in made.paragraphs]


@pytest.mark.parametrize(
    ("style", "face", "size"),
    [
        ("文题", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("正文文字", "仿宋_GB2312", 16),
        ("页码", "仿宋_GB2312", 14),
    ],
)
def test_word_names_the_official_fonts_for_east_asian_text(word, style, face, size):
    fonts = word.styles[style].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == face
    assert word.styles[style].font.size.pt == size


def test_word_uses_no_theme_fonts(files):
    for name in ("word/styles.xml", "word/document.xml"):
        assert not re.search(r"(?:ascii|hAnsi|eastAsia|cs)Theme=", parts(files["docx"])[name])


def test_word_tables_have_their_widths_written_twice(word):
    table = word.tables[0]
    grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.iter(qn("w:gridCol"))]
    assert sum(grid) == pytest.approx(Mm(156).twips, abs=5) and min(grid) > 0
    assert [round(cell.width.twips) for cell in table.rows[0].cells] == pytest.approx(grid, abs=2)
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_word_pictures_are_png(files):
    media = [name for name in parts(files["docx"]) if name.startswith("word/media/")]
    assert len(media) == 2 and all(name.endswith(".png") for name in media)


def test_word_pages_are_numbered_on_the_outside(word):
    section = word.sections[0]
    assert section.footer.paragraphs[0].alignment == 2 and section.even_page_footer.paragraphs[0].alignment == 0
    assert "PAGE" in section.footer._element.xml and section.footer.paragraphs[0].text.replace("1", "") == "—  —"


def unpacked(pdf: bytes) -> bytes:
    """The file's streams, decompressed where they are compressed."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return b"".join(zlib.decompress(stream) for stream in streams if stream[:1] == b"x")


def test_pdf_embeds_only_the_fonts_that_come_along(files):
    named = set(re.findall(rb"/FontName */[A-Z]{6}\+([A-Za-z]+)", files["pdf"] + unpacked(files["pdf"])))
    assert named == {b"FandolSong", b"FandolFang", b"FandolKai", b"NotoSansSC", b"LibertinusSerif"}


def test_excel_holds_numbers_unrounded_and_words_as_text(files):
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))["主要指标"]
    assert [cell.value for cell in sheet[4]] == ["指标", "本期（亿元）", "同比增速（%）"]
    assert sheet["B5"].value == 168.325 and sheet["B5"].number_format == "0.00"
    assert sheet["C5"].value == 24.649 and sheet["C5"].number_format.startswith("+0.0")
    assert sheet["B6"].value == "—"
    assert sheet.freeze_panes == "B5"


def test_excel_keeps_growth_in_the_unit_of_its_header_and_separates_thousands():
    """Times stand on paper alone: a column of percents that turned into times could not be sorted or summed up."""
    grown = (Number(Decimal("2997.6"), 1, signed=True, growth=True), Number(Decimal("1680672.07"), grouped=True))
    columns = (Column("同比增速（%）", 5), Column("余额（万元）", 5))
    made = replace(document(), annexes=(Table("增速", "附表1　增速", columns, (grown,)),))
    sheet = openpyxl.load_workbook(io.BytesIO(WRITERS["xlsx"](made)))["增速"]
    assert (sheet["A5"].value, sheet["B5"].value) == (2997.6, 1680672.07)
    assert sheet["B5"].number_format == "#,##0.00"


def test_excel_has_a_sheet_a_table_and_native_charts(files):
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    assert book.sheetnames == ["正文", "主要指标", "主要指标（2）", "余额", "地区", "指标定义"]
    charts = [name for name in parts(files["xlsx"]) if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) == 3  # a panel a chart


def test_text_from_outside_stays_text():
    hostile = document(HOSTILE)
    sheets = parts(WRITERS["xlsx"](hostile))
    assert not any("<f>" in text for name, text in sheets.items() if name.startswith("xl/worksheets/"))
    assert openpyxl.load_workbook(io.BytesIO(WRITERS["xlsx"](hostile)))["主要指标"]["A5"].value == HOSTILE
    assert any(
        paragraph.text == HOSTILE for paragraph in docx.Document(io.BytesIO(WRITERS["docx"](hostile))).paragraphs
    )
    assert WRITERS["pdf"](hostile).startswith(b"%PDF-")


def test_real_data_carry_no_demonstration_mark():
    real = document(demonstration=None)
    assert "演示" not in parts(WRITERS["docx"](real))["word/header1.xml"]
    assert typefaces.MISSING not in parts(WRITERS["docx"](real))["word/document.xml"]
