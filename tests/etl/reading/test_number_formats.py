"""What a number shows under a format: read exactly, or said not to be sure. Answers as Excel shows them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.sheets.cell_styles import under_format
from etl.sheets.grids import HIDDEN_ZERO, formatted
from etl.sheets.number_formats import NO_UNIT, number_format

IN_WAN = NO_UNIT | {"万元", "万"}
ACCOUNTING = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '

# format, stored number, the number of 万元 that shows (None = not sure)
NUMBERS = [
    ("General", "359.54", "359.54"),
    ("0", "5", "5"),
    ("0.00", "300.123456", "300.123456"),  # rounding is for the eye
    ("#,##0.00", "1234.5", "1234.5"),
    ("0!.0000", "35954000", "3595.4"),
    ("0!.0000", "1", "0.0001"),
    ("0!.0,", "35954000", "3595.4"),
    ("0!.0,", "35954123", "3595.4123"),
    ('0"."0000', "35954000", "3595.4"),
    ("0\\.0000", "35954000", "3595.4"),
    ('0\\.0,"万"', "35954000", "3595.4"),
    ("0!.0000万元", "35954000", "3595.4"),
    ("#,##0,", "1500", "1.5"),
    ("0.00,,", "1500000", "1.5"),
    ("0.00%", "0.0345", "3.45%"),
    ("0%", "0", "0%"),
    ("0.00E+00", "1500", "1500"),
    (ACCOUNTING, "-1234.5", "-1234.5"),
    (ACCOUNTING, "0", "0"),  # shows a dash
    ("#,##0.00_);[Red](#,##0.00)", "-5", "-5"),
    ("0;[Red]0", "-5", "-5"),
    ("[$¥-804]#,##0.00", "5", "5"),
    ("[$RMB] #,##0", "5", "5"),
    ('0.00"万元"', "359.54", "359.54"),
    ("# ##0", "1234", "1234"),
    ("000000", "7", "7"),
    ("G/通用格式", "5", "5"),
    ("@", "5", "5"),
    ('0"元"', "0", "0"),  # nothing is nothing in any unit
    ('0"元"', "35954000", None),
    ("General\\元", "35954000", None),
    ('0.0,"千"', "1500", None),
    ('0.00"亿"', "1.5", None),
    ("0‰", "3", None),
    ("0;0", "-5", None),  # shows 5
    ("# ?/?", "1.5", None),
    ("[DBNum1]0", "3", None),
    ('[>=10000]0!.0,"万";0', "35954000", None),  # of two numbers one would be ten thousand times the other
    ('[>=10000]0!.0,"万";0', "954", None),
    ("000-0000", "1234567", None),
    ("0!.0!.0", "123", None),
    ('[=1]"是";[=0]"否"', "1", None),
    (";;;", "5", None),
    ("aaaa", "5", None),
]

# format, stored number, the text that shows (None = digits of it do not)
TEXTS = [
    ("000000000000", "7", "000000000007"),
    ('"HT"000000', "123", "HT000123"),
    ("\\H!T-0000", "12345", "HT-12345"),
    ("000-0000", "1234567", "123-4567"),
    ("000-0000", "91234567", "9123-4567"),
    ('0000"年"00"月"00"日"', "20260310", "2026年03月10日"),
    ('[=1]"是";[=0]"否"', "1", "是"),
    ('[=1]"是";[=0]"否"', "0", "否"),
    ('"是";;"否"', "1", "是"),
    ('"是";;"否"', "0", "否"),
    ("0.0##", "1.25", "1.25"),
    ("0.00", "1.5", "1.50"),
    ("00", "-3", "-03"),
    ("000", "12.5", None),
    ("0.00E+00", "202401000012", None),
    ("0,", "1500", None),
]

# format, stored number, what a grid has: None where the number shows as it is
HANDED_ON = [
    ("0", 5.0, None),
    ("0;-0;;@", 3.0, None),
    ("0;-0;;@", 0.0, HIDDEN_ZERO),
    ("#,###", 0.0, HIDDEN_ZERO),
    ("#,###", 12.0, None),
    (";;;", 0.0, HIDDEN_ZERO),
    (";;;", 5.0, formatted("5", ";;;")),
    ("0.00%", 0.0345, "3.45%"),
    ("0!.0000", 35954000.0, formatted("35954000", "0!.0000")),
    ("000000", 7.0, formatted("7", "000000")),
    ("000000000000000000", 1234567890123456.0, None),  # has lost its tail, which is told by itself
]


@pytest.mark.parametrize(("code", "stored", "shown"), NUMBERS)
def test_a_number_is_the_one_that_shows(code: str, stored: str, shown: str | None):
    assert number_format(code).number(Decimal(stored), IN_WAN) == shown


@pytest.mark.parametrize(("code", "stored", "shown"), TEXTS)
def test_a_text_is_the_one_that_shows(code: str, stored: str, shown: str | None):
    assert number_format(code).text(Decimal(stored)) == shown


@pytest.mark.parametrize(("code", "stored", "text"), HANDED_ON)
def test_a_grid_has_what_its_column_needs_to_tell(code: str, stored: float, text: str | None):
    assert under_format(number_format(code), stored) == text


@pytest.mark.parametrize(
    "code",
    ["", "General", "0", "0.00", "#,##0", "#,##0.00;[Red]-#,##0.00", ACCOUNTING, "@", "yyyy-mm-dd", "h:mm", "[h]:mm"],
)
def test_ordinary_formats_need_no_look(code: str):
    assert number_format(code).is_plain


@pytest.mark.parametrize("code", [code for code, _, shown in NUMBERS if shown is None and code != "0;0"])
def test_a_format_that_is_not_sure_needs_a_look(code: str):
    assert not number_format(code).is_plain


def test_a_unit_counts_only_where_the_column_has_it():
    assert number_format('0.00"万元"').number(Decimal("3"), NO_UNIT) is None
    assert number_format('0"件"').number(Decimal("3"), NO_UNIT) == "3"
