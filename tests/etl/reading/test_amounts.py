"""Amounts are exact: a decimal of at most six places reads back as it was, in any ordinary spelling and file."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.etl.submissions import BANK, Sheets, csv_files, place, state, submission, typed, workbook

WIDE = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
SPELLINGS = {
    "plain": lambda value: f"{value:f}",
    "separated": lambda value: f"{value:,f}",
    "wide": lambda value: f"{value:f}".translate(WIDE),
    "wide and separated": lambda value: f"{value:,f}".translate(WIDE),
    "spaced": lambda value: f"\u3000{value:f} ",
    "padded with noughts": lambda value: f"{value:.6f}000",
}
# What Excel itself can hold: 15 digits, of which six after the point.
AMOUNTS = st.integers(min_value=0, max_value=10**15 - 1).map(lambda units: Decimal(units).scaleb(-6))
KNOWN = [Decimal(text) for text in ("0", "0.000001", "300.123456", "0.1", "999999999.999999", "1000", "0.30", "81.07")]


def with_demands(cells: list[object]) -> Sheets:
    """A district's list of firms, one firm an amount; what the firms are does not matter here."""
    sheets = submission("110108")
    at = place(sheets, "R4", "demand")
    model = sheets["R4"][1]
    sheets["R4"] = [sheets["R4"][0], *([*model[:at], cell, *model[at + 1 :]] for cell in cells)]
    return state(sheets, "行数 R4", str(len(cells)))


def amounts(content: bytes | dict[str, bytes]) -> list[Decimal]:
    return [row[0] for row in typed(content, "R4", "demand", "110108")]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.lists(AMOUNTS, min_size=30, max_size=60))
def test_amounts_read_back_exactly_however_written(drawn: list[Decimal]):
    values = [*KNOWN, *drawn]
    spelled = [spell(value) for spell in SPELLINGS.values() for value in values]
    expected = values * len(SPELLINGS)
    assert amounts(csv_files(with_demands(spelled))) == expected
    numbers = [float(value) for value in values]
    assert amounts(workbook(with_demands([*spelled, *numbers]))) == [*expected, *values]


@pytest.mark.parametrize("columns", ["amount, balance"])
def test_sums_of_doubles_as_formulas_leave_them_are_the_sums_that_excel_shows(columns: str):
    sheets = submission()
    for row in (1, 2):
        sheets["B1"][row][place(sheets, "B1", "amount")] = 1000.1 + 0.2
        sheets["B1"][row][place(sheets, "B1", "balance")] = 0.1 + 0.2
    assert typed(workbook(sheets), "B1", columns, BANK)[0] == (Decimal("1000.3"), Decimal("0.3"))
