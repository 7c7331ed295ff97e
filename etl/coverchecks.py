"""Checks of file, cover and sheets: everything about a submission that is not a cell of a form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from etl.declarations import cover_items, forms
from etl.reading import Problem, Reading

PERIOD = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")
MONEY = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d{0,6}0*)?")
WHOLE = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.0*)?")


@dataclass(frozen=True)
class Submitted:
    """One submission to be checked; `number` tells it from the others of its batch."""

    number: int
    submitter: str
    kind: str  # bank, district
    period: str
    reading: Reading


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as their narrow twins."""
    return "".join(chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char for char in text)


def cover_period(text: str | None) -> str | None:
    """`YYYY-MM` for a period as people type it, else None."""
    digits = re.fullmatch(r"(20\d{2})[-/.年]?(\d{1,2})(?:月|[-/.]01)?", narrow(text or ""))
    period = f"{digits[1]}-{int(digits[2]):02}" if digits else ""
    return period if PERIOD.fullmatch(period) else None


def _expected_items(submitted: Submitted) -> Iterator[tuple[str, str]]:
    """(code, header) of every item that the cover must have: the fixed ones but 说明, and the totals of forms sent."""
    for item in cover_items():
        if item.required:
            yield item.code, item.header
    for code in submitted.reading.tables:
        yield f"rows_{code}", f"行数 {code}"
    if "B1" in submitted.reading.tables:
        yield "amount_B1", "金额 B1"


def _identity_problems(submitted: Submitted) -> Iterator[Problem]:
    cover, sheet = submitted.reading.cover, submitted.reading.cover_sheet
    stated = cover.get("submitter")
    if stated and stated.value and narrow(stated.value).upper() != submitted.submitter:
        yield Problem("submitter_differs", "cover", sheet, stated.row, "submitter", stated.value, submitted.submitter)
    stated = cover.get("period")
    if stated and stated.value:
        period = cover_period(stated.value)
        if period is None:
            wanted = "格式为2026-10的月份"
            yield Problem("cover_value", "cover", sheet, stated.row, "period", stated.value, wanted)
        elif period != submitted.period:
            yield Problem("period_differs", "cover", sheet, stated.row, "period", stated.value, submitted.period)


def _item_problems(submitted: Submitted) -> Iterator[Problem]:
    cover, sheet = submitted.reading.cover, submitted.reading.cover_sheet
    for code, header in _expected_items(submitted):
        item = cover.get(code)
        if item is None:
            yield Problem("cover_item_missing", "cover", sheet, None, code, None, header)
        elif item.value is None:
            yield Problem("cover_required", "cover", sheet, item.row, code)
    for item in cover_items():
        found = cover.get(item.code)
        if found and found.value and item.length and len(found.value) > item.length:
            yield Problem("cover_value", "cover", sheet, found.row, item.code, found.value, f"限{item.length}字")
    preparer, reviewer = cover.get("preparer"), cover.get("reviewer")
    if preparer and reviewer and reviewer.value and preparer.value == reviewer.value:
        yield Problem("reviewer_is_preparer", "cover", sheet, reviewer.row, "reviewer", reviewer.value)
    amount = cover.get("amount_B1")
    if amount and amount.value and not MONEY.fullmatch(narrow(amount.value)):
        yield Problem("cover_value", "cover", sheet, amount.row, "amount_B1", amount.value, "不小于0的数字（万元）")


def _row_totals(submitted: Submitted) -> Iterator[Problem]:
    """Control totals by rows; held back where the form's own structure could not be read."""
    reading = submitted.reading
    unread = {problem.form for problem in reading.problems if problem.check in ("no_header", "form_twice")}
    for code in forms():
        item = reading.cover.get(f"rows_{code}")
        if item is None or item.value is None or code in unread:
            continue
        actual = len(reading.tables[code].row_numbers) if code in reading.tables else 0
        where = ("cover", reading.cover_sheet, None, f"rows_{code}", item.value)
        if not WHOLE.fullmatch(narrow(item.value)):
            yield Problem("cover_value", *where, "不小于0的整数")
        elif int(float(narrow(item.value).replace(",", ""))) != actual:
            yield Problem("rows_differ", *where, str(actual))


def _form_problems(submitted: Submitted) -> Iterator[Problem]:
    tables = submitted.reading.tables
    unread = {problem.form for problem in submitted.reading.problems if problem.check in ("no_header", "form_twice")}
    for form in forms().values():
        table = tables.get(form.code)
        if not form.filed_by(submitted.kind):
            if table:
                yield Problem("form_not_filed", form.code, table.sheet, value=table.sheet)
        elif table is None:
            if form.due_in(submitted.period) and form.code not in unread:
                yield Problem("form_absent", form.code, form.sheet)
        elif form.rows == "one" and len(table.row_numbers) != 1:
            row = table.row_numbers[1] if len(table.row_numbers) > 1 else None
            yield Problem("one_row", form.code, table.sheet, row, None, None, str(len(table.row_numbers)))


def problems_of(submitted: Submitted) -> list[Problem]:
    """Every departure of file, cover and sheets from the contract, the reader's included."""
    problems = [*submitted.reading.problems, *_form_problems(submitted)]
    if submitted.reading.cover:
        problems += [*_identity_problems(submitted), *_item_problems(submitted), *_row_totals(submitted)]
    return problems
