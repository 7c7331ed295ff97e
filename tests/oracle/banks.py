"""Indicators of banks' own forms B2, B3, B4, B5: what a bank, a group and the city have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from tests.oracle.loans import total
from tests.oracle.sets import View
from tests.oracle.world import Figure, Row, plain, quotient

FLAGS = ("has_ip_policy", "has_green_channel", "has_risk_review", "has_dd_policy", "has_appeal", "has_incentive_plan")


def _mechanism(view: View, balances: Mapping[str, Decimal]) -> dict[str, Figure]:
    """From last(B3); `balances` is G01 by bank, of those that have reported loans."""
    held = view.holders("B3")
    rows = [row for each in held.values() for row in each]
    if not rows:
        return {}
    flags = [row[flag] for row in rows for flag in FLAGS]
    figures = {
        "S05": plain(total(rows, "dedicated_units")),
        "S09": quotient(total(rows, "ftp_discount_bp"), len(rows), times=1),
        "S14": quotient(total(rows, "kpi_weight"), len(rows), times=1),
        "S17": quotient(total(rows, "delegated_limit"), len(rows), times=1),
        "S21": quotient(sum(flags), len(flags)),
    }
    return figures | _against(held, "dedicated_quota", balances, "S22")


def _against(
    held: Mapping[str, Sequence[Row]], column: str, loans: Mapping[str, Decimal], code: str
) -> dict[str, Figure]:
    """A sum of loans over what was set aside for them, of the banks that set some aside and have reported loans."""
    lending = {bank: rows[0][column] for bank, rows in held.items() if bank in loans}
    aside = {bank: amount for bank, amount in lending.items() if amount > 0}
    lent = sum((loans[bank] for bank in aside), Decimal(0))
    return {code: quotient(lent, sum(aside.values(), Decimal(0)))} if lending else {}


def _mechanism_of_year(view: View, lent: Mapping[str, Decimal]) -> dict[str, Figure]:
    """From last(B3) of the same year; `lent` is G04 by bank, of those that have reported loans."""
    held = view.holders("B3", view.january)
    rows = [row for each in held.values() for row in each]
    if not rows:
        return {}
    fast_days = sum((row["dd_fast_days"] * row["dd_fast_ytd"] for row in rows if row["dd_fast_ytd"]), 0)
    return _against(held, "credit_plan", lent, "S10") | {
        "S11": quotient(total(rows, "dd_exempted_ytd"), total(rows, "dd_cases_ytd")),
        "S12": quotient(fast_days, total(rows, "dd_fast_ytd"), times=1),
        "S13": quotient(total(rows, "dd_appeals_upheld_ytd"), total(rows, "dd_appeals_ytd")),
        "S15": quotient(total(rows, "incentive_staff_ytd"), total(rows, "ip_staff")),
        "S16": quotient(total(rows, "training_attendance_ytd"), total(rows, "ip_staff"), times=1),
        "S23": quotient(total(rows, "dd_fast_ytd"), total(rows, "dd_cases_ytd")),
    }


def _summary(view: View) -> dict[str, Figure]:
    """From B2(t): D08, and S18 as the difference of two shares."""
    rows = [row for each in view.now("B2").values() for row in each]
    if not rows:
        return {}
    active = [loan for _, loan in view.active]
    bad = total([loan for loan in active if loan["risk_class"] >= "3"], "balance")
    balance, loans, npl = total(active, "balance"), total(rows, "total_loans"), total(rows, "total_npl")
    figures = {"D08": quotient(total(rows, "online_branches"), total(rows, "branches"))}
    if balance and loans:
        gap = Fraction(bad) * 100 / Fraction(balance) - Fraction(npl) * 100 / Fraction(loans)
        figures["S18"] = Figure(None, None, gap)
    return figures


def _disposal(view: View) -> dict[str, Figure]:
    if not view.holders("B4"):
        return {}
    closed = view.closed_cases
    days = sum((case["closed_on"] - case["opened_on"]).days for case in closed)
    return {
        "P01": plain(len(closed)),
        "P02": quotient(total(closed, "recovered"), total(closed, "exposure")),
        "P03": quotient(days, len(closed), times=1),
        "P04": quotient(sum(case["mode"] == "listing" for case in closed), len(closed)),
        "P05": plain(sum(case["status"] == "open" for _, case in view.cases)),
    }


def _products(view: View) -> dict[str, Figure]:
    held = view.holders("B5")
    return {"S19": plain(sum(row["on_sale"] for rows in held.values() for row in rows))} if held else {}


def bank_figures(view: View) -> dict[str, Figure]:
    """Indicators of the forms B2 to B5 for the banks of a view."""
    lending = view.now("B1")
    balances, lent = dict.fromkeys(lending, Decimal(0)), dict.fromkeys(lending, Decimal(0))
    for bank, loan in view.active:
        balances[bank] += loan["balance"]
    for bank, loan in view.disbursed:
        if bank in lent:
            lent[bank] += loan["amount"]
    first = _mechanism(view, balances) | _mechanism_of_year(view, lent)
    return first | _summary(view) | _disposal(view) | _products(view)
