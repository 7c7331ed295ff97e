"""Sound workbooks of every maker and in every spelling are read exactly; other formats are refused by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.receiving.receive import Package
from tests.etl.reading.sample_sheets import as_workbook
from tests.etl.reading.spellings_of_books import PACKINGS, SPELLINGS, packed, spelled, unpacked
from tests.etl.submissions import package
from tests.fuzz.fidelity import Outcome, differing, outcomes, source_values

SAMPLES = Path(__file__).parent / "samples"
MAKERS = (
    "excel_writer_xlsx", "excelize", "exceljs", "gnumeric", "libreoffice", "openxlsx", "pyexcelerate",
    "rustpy_xlsxwriter", "sheetjs", "tealeg_xlsx", "xlsx_populate",
)  # fmt: skip
OTHER_FORMATS = {  # sample → what its refusal calls it
    "encrypted.xlsx": "打开密码",
    "xlsx_populate_password.xlsx": "打开密码",
    "sheetjs.xlsb": "二进制工作簿（.xlsb）",
    "sheetjs_biff8.xls": "旧版Office格式（.xls",
    "sheetjs_biff5.xls": "旧版Office格式（.xls",
    "sheetjs_biff2.xls": "旧版Office格式（.xls",
    "sheetjs_2003.xml": "XML表格（2003版）",
    "sheetjs.ods": "OpenDocument格式（.ods）",
    "sheetjs.fods": "OpenDocument格式（.fods）",
    "sheetjs.html": "网页",
    "sheetjs.slk": "SYLK",
    "sheetjs.dif": "DIF",
    "sheetjs_unicode.txt": "文本表",
}
TOGETHER = (  # spellings that come together
    ("strict", "prefixed"),
    ("strict", "all in UTF-16, big end first"),
    ("blanks at the far end", "as Excel", "prefixed sheets"),
    ("inline texts", "without addresses"),
    ("workbook22.xml", "styles2.xml", "sharedStrings2.xml", "entries in capitals"),
)
PLAIN = unpacked(as_workbook())


BOOKS = (
    {f"made by {maker}": (SAMPLES / f"{maker}.xlsx").read_bytes() for maker in MAKERS}
    | {", ".join(names): packed(spelled(PLAIN, *names)) for names in (*zip(SPELLINGS, strict=True), *TOGETHER)}
    | {f"packed {name}": pack(PLAIN) for name, pack in PACKINGS.items()}
)


@pytest.fixture(scope="module")
def read() -> dict[str, Outcome]:
    """All of them, read by confined children and judged in one run of the engine."""
    return dict(zip(BOOKS, outcomes(package(content) for content in BOOKS.values()), strict=True))


@pytest.mark.parametrize("name", BOOKS)
def test_a_sound_workbook_is_read_exactly(name: str, read: dict[str, Outcome]):
    assert read[name].refusal == "" and read[name].findings == ()
    assert differing(read[name].values, source_values()) == set()


def test_spellings_are_other_bytes():
    assert [name for name, spell in SPELLINGS.items() if spell(PLAIN) == PLAIN] == []


@pytest.fixture(scope="module")
def refused() -> dict[str, str]:
    packages = [Package("2026-09_B001.xlsx", {"2026-09_B001.xlsx": _bytes(name)}, False) for name in OTHER_FORMATS]
    return {name: outcome.refusal for name, outcome in zip(OTHER_FORMATS, outcomes(packages), strict=True)}


def _bytes(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


@pytest.mark.parametrize("name", OTHER_FORMATS)
def test_another_format_is_refused_by_its_name_with_a_way_out(name: str, refused: dict[str, str]):
    assert OTHER_FORMATS[name] in refused[name]
    assert any(way_out in refused[name] for way_out in ("另存为", "清空密码", "cover.csv"))


def test_every_sample_is_tried():
    kept = {path.name for path in SAMPLES.iterdir() if path.is_file() and path.suffix != ".md"}
    assert kept == {f"{maker}.xlsx" for maker in MAKERS} | set(OTHER_FORMATS)
