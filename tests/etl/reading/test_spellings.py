"""How people write a value, and what it is read as; and what is no value at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from contract.declarations import Column, districts
from etl.checks.cell_types import CANONICAL, MACROS, cleaned, sql_type, typed
from etl.sheets.grids import cell_text
from tests.etl.submissions import patent

DAY = date(2026, 10, 31)

READ = [
    ("money", "1234.5", Decimal("1234.5")),
    ("money", " 1,234.50 ", Decimal("1234.5")),
    ("money", "１，２３４．５", Decimal("1234.5")),
    ("money", "\u30001234\u00a0", Decimal("1234")),
    ("money", "1,234,567.000001", Decimal("1234567.000001")),
    ("money", "0.000001", Decimal("0.000001")),
    ("money", ".5", Decimal("0.5")),
    ("money", "5.", Decimal("5")),
    ("money", "0.12345600", Decimal("0.123456")),
    ("money", "999999999999.999999", Decimal("999999999999.999999")),
    ("rate", "3.45", Decimal("3.45")),
    ("rate", "3.45%", Decimal("3.45")),
    ("rate", "３．４５％", Decimal("3.45")),
    ("rate", "3.4533333333", Decimal("3.453333")),
    ("rate", "-0.5", Decimal("-0.5")),
    ("int", "1,200", 1200),
    ("int", "１２", 12),
    ("int", "12.0", 12),
    ("int", "-3", -3),
    ("days", "0", 0),
    ("days", "91.", 91),
    ("date", "2026-10-31", DAY),
    ("date", "2026/10/31", DAY),
    ("date", "2026.10.31", DAY),
    ("date", "20261031", DAY),
    ("date", "2026年10月31日", DAY),
    ("date", "２０２６年１０月３１日", DAY),
    ("date", "２０２６－１０－３１", DAY),
    ("date", "2026-10-31 00:00:00", DAY),
    ("date", "2026/10/31 0:00", DAY),
    ("date", "2026-10-31T14:05:09.250", DAY),
    ("date", "2026/1/5", date(2026, 1, 5)),
    ("date", "2026年1月5日", date(2026, 1, 5)),
    ("date", "2024-02-29", date(2024, 2, 29)),
    *(("flag", text, True) for text in ("是", "Y", "y", "1", "TRUE", "true", "１", "Ｙ")),
    *(("flag", text, False) for text in ("否", "N", "n", "0", "FALSE", "False", "０", "Ｎ")),
    ("district", "110108", "110108"),
    ("district", "１１０１０８", "110108"),
    ("district", "海淀", "110108"),
    ("district", "海淀区", "110108"),
    ("district", "经开区", "110115403"),
    ("district", "经开", "110115403"),
    ("district", "亦庄", "110115403"),
    ("district", "北京经济技术开发区", "110115403"),
    ("district", "000000", "000000"),
    ("district", "0", "000000"),  # what a number cell makes of 000000
    ("district", "京外", "000000"),
    ("institution", "Ｂ００１", "B001"),
    ("ip", "专利", "patent"),
    ("ip", "patent", "patent"),
    *(("ip", f"商标{mark}专利", "patent,trademark") for mark in "、,;/，；／"),
    ("ip", "trademark / PATENT", "patent,trademark"),
    ("ip", "专利、", "patent"),
    ("ip_one", "地理标志", "geo"),
    ("sei", "0", "0"),
    ("sei", "９", "9"),
    ("sei", "新材料", "3"),
    ("industry", "Ｃ", "C"),
    ("industry", "c", "C"),
    ("industry", "农、林、牧、渔业", "A"),
    ("text", "　北京（Ａ１）公司 ", "北京（A1）公司"),
    ("text", "字" * 12, "字" * 12),
]

REFUSED = [
    *(("money", text) for text in ("12,34", "1,2345", "1e5", "-1", "－1", "0.1234567", "伍佰万", "100万", "1 000")),
    *(("money", text) for text in ("#DIV/0!", "3.4%", "1000000000000", "NaN", "inf", "+5", "0x1F", ".")),
    *(("rate", text) for text in ("三", "3.45%%", "3。45", "1e1", "%")),
    *(("int", text) for text in ("1.5", "三", "1e3", "9" * 30, "--1", "")),
    *(("days", text) for text in ("-1", "1.5", "9999999999")),
    *(("date", text) for text in ("2026-02-30", "2026-13-01", "31/10/2026", "46326", "20260230", "2026-10")),
    *(("flag", text) for text in ("是的", "2", "√", "有")),
    *(("district", text) for text in ("上海", "110100", "海淀区区", "110110")),
    *(("ip", text) for text in ("专利、发明", "、", "专利 商标", "实用新型")),
    *(("ip_one", text) for text in ("专利、商标", "patent,trademark")),
    *(("sei", text) for text in ("10", "3.0", "材料")),
    ("industry", "U"),
    ("text", "字" * 13),
    ("institution", "B" * 21),
]


def column(kind: str) -> Column:
    return Column(1, "x", "某列", kind, False, "", "", 12 if kind == "text" else None, level="other")


@pytest.fixture(scope="module")
def values() -> dict[tuple[str, str], object]:
    """(type, text) → the typed value, all in one statement a type."""
    result = {}
    with duckdb.connect() as connection:
        for kind in {row[0] for row in (*READ, *REFUSED)}:
            texts = [row[1] for row in (*READ, *REFUSED) if row[0] == kind]
            value = f"CAST({typed(column(kind), 'clean')} AS {sql_type(column(kind))})"
            query = (
                f"SELECT {value} FROM (SELECT {cleaned(column(kind), 'raw')} AS clean FROM (SELECT unnest(?) AS raw))"
            )
            rows = connection.execute(query, [texts]).fetchall()
            result |= {(kind, text): row[0] for text, row in zip(texts, rows, strict=True)}
    return result


@pytest.mark.parametrize(("kind", "text", "value"), READ)
def test_an_ordinary_spelling_is_read(kind: str, text: str, value: object, values: dict):
    assert values[kind, text] == value


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_what_is_no_value_is_refused(kind: str, text: str, values: dict):
    assert values[kind, text] is None


def test_every_district_is_read_by_code_and_name_with_and_without_its_last_character():
    spellings = [(district.code, spelling) for district in districts().values() for spelling in district.spellings]
    assert len(districts()) == 18
    for district in districts().values():
        assert district.name in district.spellings and district.name.removesuffix("区") in district.spellings
    with duckdb.connect() as connection:
        query = f"SELECT {typed(column('district'), 'raw')} FROM (SELECT unnest(?) AS raw)"
        read = connection.execute(query, [[spelling for _, spelling in spellings]]).fetchall()
    assert [row[0] for row in read] == [code for code, _ in spellings]


RIGHT = patent("201710601862")  # ends in .3: a known patent


@pytest.mark.parametrize(
    "text", [RIGHT, "2017106018623", "zl201710601862.3", "ZL 2017 1060 1862.3", "ZL2017106018623", "ZL201710601862．3"]
)
def test_a_patent_number_is_kept_in_one_spelling(text: str):
    with duckdb.connect() as connection:
        query = f"SELECT {CANONICAL['right_no']} FROM (SELECT ? AS right_no, 'patent' AS ip_type)"
        assert connection.execute(query, [text]).fetchall() == [("ZL201710601862.3",)]


def test_check_characters_of_known_codes():
    with duckdb.connect() as connection:
        for macro in MACROS:
            connection.execute(macro)
        valid = connection.execute("""SELECT uscc_is_valid('91350100M000100Y43'), uscc_is_valid('91350100M000100Y44'),
            uscc_is_valid('91350100M000100YI3'), uscc_is_valid('91350100M000100Y4'),
            patent_is_valid('ZL201710601862.3'), patent_is_valid('ZL201710601862.4'),
            patent_is_valid('201710601862.3')""").fetchall()
    assert valid == [(True, False, False, False, True, False, False)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (300.123456, "300.123456"),
        (0.000001, "0.000001"),
        (1e-06 * 3, "0.000003"),
        (0.1 + 0.2, "0.3"),
        (123456789.123456, "123456789.123456"),
        (1234567890.123456, "1234567890.123456"),
        (2000.0, "2000"),
        (True, "TRUE"),
        ("", None),
        ("文字", "文字"),
        (date(2026, 10, 31), "2026-10-31"),
    ],
)
def test_a_cell_becomes_the_text_that_a_person_sees(value: object, text: str | None):
    assert cell_text(value) == text


def test_a_number_too_long_for_excel_is_told_from_a_text():
    assert cell_text(91110108.0) == "91110108"
    assert cell_text(1234567890123456.0) not in ("1234567890123456", None)
