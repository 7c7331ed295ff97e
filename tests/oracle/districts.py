"""Indicators of districts' own forms R1 to R4: what a district and the city have."""

from __future__ import annotations

from decimal import Decimal

from tests.oracle.loans import total
from tests.oracle.sets import View
from tests.oracle.world import Figure, plain, quotient

SUBSIDIES = ("interest_subsidy_ytd", "valuation_subsidy_ytd", "guarantee_subsidy_ytd")


def _points(view: View) -> dict[str, Figure]:
    held = view.now("R1")
    if not held:
        return {}
    points = [point for rows in held.values() for point in rows]
    running = [point for point in points if point["status"] == "running"]
    consultations = sum(point["consultations"] for point in points)
    return {
        "D01": plain(len(running)),
        "D02": plain(sum(point["one_stop"] for point in running)),
        "D05": plain(consultations),
        "D07": quotient(sum(point["matched"] for point in points), consultations),
    }


def _pool(view: View) -> dict[str, Figure]:
    rows = [row for each in view.now("R2").values() for row in each]
    if not rows:
        return {}
    size = total(rows, "pool_size")
    return {
        "C01": plain(size),
        "C02": plain(total(rows, "compensation_ytd")),
        "C03": quotient(size - total(rows, "pool_balance"), size),
        "C04": plain(sum((total(rows, subsidy) for subsidy in SUBSIDIES), Decimal(0))),
        "C06": plain(sum(row["subsidised_firms_ytd"] for row in rows)),
    }


def _trades(view: View) -> dict[str, Figure]:
    """R3 of the year's periods; where a member has sent one."""
    if not view.holders("R3", view.january):
        return {}
    rows = [row for code in view.reports for _, row in view.rows("R3", code, view.january)]
    deals = sum(row["deals"] for row in rows)
    return {
        "P06": plain(deals),
        "P07": plain(total(rows, "amount")),
        "P08": quotient(sum(row["agency_deals"] for row in rows), deals),
    }


def _key_firms(view: View, banks: View) -> dict[str, Figure]:
    """Firms of last(R4), each once, against their loans at any bank."""
    held = view.holders("R4")
    if not held:
        return {}
    balance: dict[str, Decimal] = {}
    for _, loan in banks.active:
        balance[loan["uscc"]] = balance.get(loan["uscc"], Decimal(0)) + loan["balance"]
    demand: dict[str, Decimal] = {}
    key_tech = set()
    for firm in (firm for rows in held.values() for firm in rows):
        demand[firm["uscc"]] = max(firm["demand"], demand.get(firm["uscc"], Decimal(0)))
        if firm["category"] == "key_tech":
            key_tech.add(firm["uscc"])
    met = sum((min(asked, balance.get(uscc, Decimal(0))) for uscc, asked in demand.items()), Decimal(0))
    return {
        "C07": quotient(len(demand.keys() & balance.keys()), len(demand)),
        "C08": plain(len(key_tech & balance.keys())),
        "C10": quotient(met, sum(demand.values(), Decimal(0))),
    }


def district_figures(view: View, banks: View) -> dict[str, Figure]:
    """Indicators of the forms R1 to R4 for the districts of a view; `banks` is the group of all banks."""
    return _points(view) | _pool(view) | _trades(view) | _key_firms(view, banks)
