"""The template's formulas say of a row what the check engine says of it."""

from __future__ import annotations

import operator
import re
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, total_ordering
from random import Random

import duckdb
import pytest

from contract.calendar import period_bounds
from contract.declarations import Column, Form, code_lists, forms
from etl.checks.cell_types import sql_type
from etl.checks.rulebook import Check, rule_book
from etl.template.excel_rules import Cells

PERIOD = "2026-10"
FIRST, LAST = period_bounds(PERIOD)
ROWS = 120
# What a row alone can't answer: check characters, a joined list, the submitter's own code.
BEYOND = {"V-B1-101", "V-B1-103", "V-B6-102", "V-R1-101", "V-R4-101"}


@total_ordering
class Cell:
    """A cell as Excel compares it: a blank equals "", and a text is greater than every number."""

    __hash__ = None

    def __init__(self, value: object) -> None:
        self.value = value

    def _rank(self) -> tuple:
        return (1, self.value or "") if isinstance(self.value, str | None) else (0, self.value)

    def __eq__(self, other: object) -> bool:
        return self._rank() == Cell(getattr(other, "value", other))._rank()

    def __lt__(self, other: object) -> bool:
        return self._rank() < Cell(getattr(other, "value", other))._rank()


EXCEL = {
    "AND": lambda *parts: all(parts),
    "OR": lambda *parts: any(parts),
    "NOT": operator.not_,
    "ISNUMBER": lambda cell: not isinstance(cell.value, str | None),
    "DATE": lambda year, month, day: Cell(date(year, month, day)),
    "TRUE": True,
    "FALSE": False,
}


def answer(formula: str, row: dict[str, object]) -> bool:
    """What Excel makes of a formula in which a column's address is its code in braces."""
    text = re.sub(r"\{(\w+)\}", r"cell_\1", formula)
    text = re.sub(r"(?<![<>])=", "==", text).replace("<>", "!=")
    cells = {f"cell_{code}": Cell(value) for code, value in row.items()}
    return eval(text, {"__builtins__": {}}, EXCEL | cells)


@cache
def formulas(form: Form) -> dict[Check, str]:
    cells = Cells(form, {column.code: f"{{{column.code}}}" for column in form.columns}, PERIOD)
    checks = [check for check in rule_book() if check.form == form.code and check.kind == "rule"]
    formulas = {check: cells.breaks(check) for check in checks if check.level in ("S", "V")}
    return {check: formula for check, formula in formulas.items() if formula}


def invented(column: Column, random: Random) -> object:
    """A stored value near the limits of rules, or none."""
    if random.random() < 0.15:
        return None
    match column.type:
        case "date":
            return FIRST + timedelta(days=random.randint(-3, 33))
        case "money" | "rate":
            return Decimal(random.choice([0, 1, 24, "24.5", 100, "100.000001"]))
        case "int" | "days":
            return random.choice([-1, 0, 1, 90, 91])
        case "flag":
            return random.random() < 0.5
    return random.choice(list(code_lists()[column.code_list])) if column.code_list else random.choice("甲乙")


def shown(column: Column, value: object) -> object:
    """A stored value as it stands in the workbook."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return code_lists()[column.code_list][value] if value and column.code_list else value


def test_which_rules_are_beyond_a_formula():
    told = {check.id for form in forms().values() for check in formulas(form)}
    asked = {check.id for check in rule_book() if check.kind == "rule" and check.level in ("S", "V")}
    assert asked - told == BEYOND


@pytest.mark.parametrize("form", [form for form in forms().values() if formulas(form)], ids=lambda form: form.code)
def test_a_formula_breaks_where_the_check_finds(form: Form):
    random = Random(form.code)
    rows = [{column.code: invented(column, random) for column in form.columns} for _ in range(ROWS)]
    declared = ", ".join(f"{column.code} {sql_type(column)}" for column in form.columns)
    rules = ", ".join(f"({check.rule}) IS FALSE" for check in formulas(form))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE line (no INTEGER, period_first DATE, period_last DATE, {declared})")
        columns = [list(values) for values in zip(*(row.values() for row in rows), strict=True)]
        places = ", ".join(f"CAST(unnest(?) AS {sql_type(column)})" for column in form.columns)
        connection.execute(f"INSERT INTO line SELECT unnest(range({ROWS})), ?, ?, {places}", [FIRST, LAST, *columns])
        judged = connection.execute(f"SELECT {rules} FROM line ORDER BY no").fetchall()
    seen = [{column.code: shown(column, row[column.code]) for column in form.columns} for row in rows]
    told = [tuple(answer(formula, row) for formula in formulas(form).values()) for row in seen]
    assert told == judged
    assert all(any(row[place] for row in judged) for place in range(len(judged[0])))  # each was broken at least once


def test_a_formula_in_the_cells_of_a_row():
    form = forms()["B1"]
    cells = Cells(form, {"status": "$AG4", "closed_on": "$AH4"}, PERIOD)
    check = next(check for check in rule_book() if check.id == "V-B1-120")
    assert cells.breaks(check) == 'AND(OR($AG4="结清",$AG4="核销",$AG4="转让"),$AH4="")'
    check = next(check for check in rule_book() if check.id == "V-B1-112")
    assert Cells(form, {"disbursed_on": "$V4"}, PERIOD).breaks(check) == "AND(ISNUMBER($V4),$V4>DATE(2026,10,31))"
    assert Cells(form, {"disbursed_on": "$V4"}).breaks(check) is None  # of no period in particular
