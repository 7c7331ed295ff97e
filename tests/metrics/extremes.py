"""Submissions with the largest and the smallest amounts that a reader takes, in every column with digits at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from contract.declarations import forms
from contract.widths import STORABLE
from tests.etl.submissions import Sheets, change, place, state, submission, uscc

MONEY, COUNT, DAYS = "999999999999.999999", "999999999999999", "999999"
FEN = "0.000001"
FIRST, LAST = "1000-01-01", "2999-12-31"
# What must keep to a bound that a check of validity sets, below what the column holds.
BOUNDED = {
    "rate": "24",
    "ip_rate_ytd": "24",
    "all_rate_ytd": "24",
    "kpi_weight": "100",
    "npl_tolerance_pp": "100",
    "share_ratio": "100",
    "valuation_fee": "999999999999.999998",
}
LARGEST = {"money": MONEY, "int": COUNT, "days": DAYS}
SMALLEST = {"money": "0", "int": "0", "days": "0", "rate": "0"}
# What must be above nothing.
POSITIVE = {"valuation", "amount", "balance", "exposure", "rate", "ip_count", "deals"}
AT_ONCE = {"valuation_method": "外部评估", "pledge_applied_on": FIRST, "registered_on": LAST, "loan_applied_on": FIRST}
DAYS_APART = {"approved_on": FIRST, "matures_on": LAST}
WRITTEN_OFF = {"status": "核销", "balance": "0", "closed_amount": MONEY, "risk_class": "损失"}


def largest(submitter: str, period: str) -> Sheets:
    """A submission whose every amount is the largest; a bank's with one loan written off besides."""
    sheets = submission(submitter, period)
    for code in sheets.keys() & forms().keys():
        _fill(sheets, code, LARGEST)
    if "B1" in sheets:
        _loans(sheets, submitter, period, {**DAYS_APART, "risk_class": "损失"})
        sheets["B1"].append(list(sheets["B1"][-1]))
        ended = {"loan_no": f"{submitter}-3", "closed_on": f"{period}-15", **WRITTEN_OFF}
        change(sheets, "B1", ended)
        change(sheets, "B4", {"opened_on": FIRST, "closed_on": f"{period}-10"})
    return _stated(sheets, period, "1999999999999.999998")


def smallest(submitter: str, period: str) -> Sheets:
    """A submission whose every amount is the smallest."""
    sheets = submission(submitter, period)
    for code in sheets.keys() & forms().keys():
        _fill(sheets, code, SMALLEST)
    if "B1" in sheets:
        day = {"approved_on": f"{period}-01", "matures_on": f"{period}-03", "loan_applied_on": f"{period}-01"}
        _loans(sheets, submitter, period, day)
        change(sheets, "B2", {"ip_rate_ytd": ""})
        change(sheets, "B4", {"opened_on": f"{period}-10", "closed_on": f"{period}-10"})
    return _stated(sheets, period, "0.000002")


def _fill(sheets: Sheets, code: str, values: dict[str, str]) -> None:
    """Sets all cells with digits of a form that are filled; what must be positive is a fen or one."""
    for column in forms()[code].columns:
        if column.type not in STORABLE:
            continue
        value = values.get(column.type, "")
        if values is LARGEST:
            value = BOUNDED.get(column.code, value)
        elif column.code in POSITIVE:
            value = "2" if column.code == "ip_count" else "1" if column.type == "int" else FEN
        for row in range(1, len(sheets[code])):
            if sheets[code][row][place(sheets, code, column.code)] != "":
                change(sheets, code, {column.code: value}, row)


def _loans(sheets: Sheets, submitter: str, period: str, cells: dict[str, str]) -> None:
    """Two loans of the period's first days, each bank's own."""
    for row in (1, 2):
        own = {"loan_no": f"{submitter}-{row}", "uscc": uscc(f"91110108MA{submitter[2:]}{row:05}")}
        change(sheets, "B1", {**AT_ONCE, **own, **cells, "disbursed_on": f"{period}-02"}, row)
        change(sheets, "B6", {"loan_no": f"{submitter}-{row}"}, row)


def _stated(sheets: Sheets, period: str, balance: str) -> Sheets:
    """The cover's control totals, and the days that must lie within the period."""
    for item in [row[0] for row in sheets["cover"] if row[0].startswith("行数")]:
        state(sheets, item, str(len(sheets[item.removeprefix("行数 ")]) - 1))
    if "B1" in sheets:
        state(sheets, "金额 B1", balance)
    for code, column in (("I1", "issued_on"), ("R4", "matched_on")):
        for row in range(1, len(sheets.get(code, ()))):
            change(sheets, code, {column: f"{period}-02"}, row)
    return sheets


def extreme_rows(dice: Random, form: str, rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Rows as typed values in which every number is the least or the greatest that its column holds."""
    spans = {column.code: STORABLE[column.type] for column in forms()[form].columns if column.type in STORABLE}
    found = []
    for row in rows:
        # The days of quick cases are blank where there are none: there are some now.
        filled = {code for code in spans if row.get(code) is not None} | ({"dd_fast_days"} & spans.keys())
        chosen = {code: dice.choice((spans[code].low, spans[code].high)) for code in sorted(filled)}
        numbers = {
            code: Decimal(number).scaleb(-spans[code].places) if spans[code].places else number
            for code, number in chosen.items()
        }
        found.append(dict(row) | numbers)
    return found
