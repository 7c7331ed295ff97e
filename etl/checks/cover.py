"""Checks of file, cover and sheets: everything about a submission that is not a cell of a form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contract.declarations import REGION_ITEM, cover_items, forms, here, regions
from contract.standing import BLOCKING
from etl.checks.faults import Fault
from etl.checks.rulebook import type_messages
from etl.reading.submission import CoverItem, Problem, Reading, Table, plain
from etl.receiving.receive import named
from etl.sheets.grids import MARKS, UNREADABLE

PERIOD = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")
MONEY = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d{0,6}0*)?")
WHOLE = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.0*)?")
FAULTY = ("no_header", "form_twice", "form_absent", "form_not_filed")


@dataclass(frozen=True)
class Submitted:
    """One submission to be checked; `number` tells it from the others of its batch."""

    number: int
    submitter: str
    kind: str  # bank, district
    period: str
    reading: Reading
    ceilings: tuple[tuple[date, Decimal], ...] = ()  # permitted internal valuation, 万元, from a day on

    @property
    def tables(self) -> dict[str, Table]:
        """The forms to be judged: those that this kind of member files."""
        tables = self.reading.tables
        return {code: table for code, table in tables.items() if forms()[code].filed_by(self.kind)}


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as their narrow twins."""
    return "".join(chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char for char in text)


def cover_period(text: str | None) -> str | None:
    """`YYYY-MM` for a period as people type it, else None."""
    digits = re.fullmatch(r"(20\d{2})[-/.年]?(\d{1,2})(?:月|[-/.]01)?", narrow(text or ""))
    period = f"{digits[1]}-{int(digits[2]):02}" if digits else ""
    return period if PERIOD.fullmatch(period) else None


def identity(name: str, reading: Reading) -> tuple[str | None, str | None]:
    """(submitter, period) of a submission: what its file's name gives, else its cover; None where neither does."""
    period, submitter = named(name) or (None, None)
    if submitter is None and (stated := _stated(reading, "submitter")):
        submitter = narrow(stated.value).upper()
    if period is None and (stated := _stated(reading, "period")):
        period = cover_period(stated.value)
    return submitter, period


def _expected_items(submitted: Submitted) -> Iterator[tuple[str, str]]:
    """(code, header) of every item that the cover must have: the fixed ones but 说明, and the totals of forms sent."""
    for item in cover_items():
        if item.required:
            yield item.code, item.header
    for code in submitted.tables:
        yield f"rows_{code}", f"行数 {code}"
    if "B1" in submitted.tables:
        yield "amount_B1", "金额 B1"


def _stated(reading: Reading, code: str) -> CoverItem | None:
    """The item where it has a value that can be read; other states of it have findings of their own."""
    item = reading.cover.get(code)
    return item if item and item.value and not item.value.startswith(UNREADABLE) else None


def stated_amount(reading: Reading) -> str | None:
    """The control total of B1 in 万元, bare digits; None where it is missing or no such number."""
    item = _stated(reading, "amount_B1")
    amount = narrow(item.value) if item else ""
    return amount.replace(",", "") if MONEY.fullmatch(amount) else None


def verdict_of(reading: Reading, levels: Collection[str], faults: Collection[Fault] = ()) -> str:
    """accepted, questions or returned, from the levels of a submission's findings and the rules that broke on it.

    What is unlikely (Q, M) stays an open question until the cover's note explains it; what a rule that broke would
    have found stays one until it has judged or is switched off.
    """
    if set(BLOCKING) & set(levels):
        return "returned"
    if faults:
        return "questions"
    return "questions" if levels and not _stated(reading, "note") else "accepted"


def _identity_problems(submitted: Submitted) -> Iterator[Problem]:
    sheet = submitted.reading.cover_sheet
    stated = _stated(submitted.reading, "submitter")
    if stated and narrow(stated.value).upper() != submitted.submitter:
        yield Problem("submitter_differs", "cover", sheet, stated.row, "submitter", stated.value, submitted.submitter)
    stated, own = _stated(submitted.reading, REGION_ITEM), regions().get(here())
    if stated and own and narrow(stated.value) not in (own.code, own.name, own.short_name):
        yield Problem("cover_value", "cover", sheet, stated.row, REGION_ITEM, stated.value, f"{own.name}{own.code}")
    stated = _stated(submitted.reading, "period")
    if stated:
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
    for code, item in cover.items():
        if item.value and item.value.startswith(UNREADABLE):
            mark, value = item.value[0], item.value[1:]
            wanted = "，".join(type_messages()[MARKS[mark]]).replace("{value}", value)
            yield Problem("cover_value", "cover", sheet, item.row, code, value, wanted)
    for item in cover_items():
        stated = _stated(submitted.reading, item.code)
        if item.code != "period" and stated and item.length and len(stated.value) > item.length:
            yield Problem("cover_value", "cover", sheet, stated.row, item.code, stated.value, f"限{item.length}字")
    preparer, reviewer = _stated(submitted.reading, "preparer"), _stated(submitted.reading, "reviewer")
    if preparer and reviewer and plain(preparer.value) == plain(reviewer.value):
        yield Problem("reviewer_is_preparer", "cover", sheet, reviewer.row, "reviewer", reviewer.value)
    amount = _stated(submitted.reading, "amount_B1")
    if amount and not MONEY.fullmatch(narrow(amount.value)):
        yield Problem("cover_value", "cover", sheet, amount.row, "amount_B1", amount.value, "不小于0的数字（万元）")


def _row_totals(submitted: Submitted) -> Iterator[Problem]:
    """Control totals by rows; held back where the form itself is missing, not filed here or could not be read."""
    reading = submitted.reading
    faulty = {problem.form for problem in [*reading.problems, *_form_problems(submitted)] if problem.check in FAULTY}
    for code in forms():
        item = _stated(reading, f"rows_{code}")
        if item is None or code in faulty:
            continue
        actual = submitted.tables[code].row_count if code in submitted.tables else 0
        where = ("cover", reading.cover_sheet, None, f"rows_{code}", item.value)
        if not WHOLE.fullmatch(narrow(item.value)):
            yield Problem("cover_value", *where, "不小于0的整数")
        elif Decimal(narrow(item.value).replace(",", "")) != actual:
            yield Problem("rows_differ", *where, str(actual))


def _form_problems(submitted: Submitted) -> Iterator[Problem]:
    sheets = {problem.form: problem.sheet for problem in submitted.reading.problems}
    sheets |= {code: table.sheet for code, table in submitted.reading.tables.items()}
    for form in forms().values():
        table = submitted.tables.get(form.code)
        if not form.filed_by(submitted.kind):
            if form.code in sheets:
                yield Problem("form_not_filed", form.code, sheets[form.code], value=sheets[form.code])
        elif table is None:
            if form.due_in(submitted.period) and form.code not in sheets:
                yield Problem("form_absent", form.code, form.sheet)
        elif form.rows == "one" and table.row_count != 1:
            row = table.row_numbers[1].as_py() if table.row_count > 1 else None
            yield Problem("one_row", form.code, table.sheet, row, None, None, str(table.row_count))


def problems_of(submitted: Submitted) -> list[Problem]:
    """Every departure of file, cover and sheets from the contract, the reader's included.

    A form that this kind of member does not file is one finding, whatever is in it.
    """
    not_filed = {form.code for form in forms().values() if not form.filed_by(submitted.kind)}
    problems = [problem for problem in submitted.reading.problems if problem.form not in not_filed]
    problems += _form_problems(submitted)
    if any(problem.check == "cover_missing" for problem in problems):
        return problems
    return [*problems, *_identity_problems(submitted), *_item_problems(submitted), *_row_totals(submitted)]
