"""Rows of forms for generated packs: loans that live and end, cases, mechanisms, points, pools, trades, key firms.

Every draw comes from the random generator that is handed in, so that a seed gives the same pack each time. Where an
edge may matter it is drawn often: amounts of exactly 1,000, month ends, terms of 12 months to the day, 29 February,
zero wholes, forms without rows, and reports that correct an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.oracle.indicators import UNITS
from tests.oracle.world import first_day, is_quarter_end, last_day, months_after

AMOUNTS = ("1000", "1000.000001", "999.999999", "3000", "3000.01", "500", "0.01", "20")
RIGHTS = ("patent", "trademark", "copyright", "circuit", "plant", "geo", "data", "patent,trademark", "trademark,data")
OLD_DAYS = (date(2020, 2, 29), date(2023, 1, 31), date(2022, 8, 31), date(2023, 8, 31), date(2023, 3, 1))
FLAGS = ("has_ip_policy", "has_green_channel", "has_risk_review", "has_dd_policy", "has_appeal", "has_incentive_plan")
POINTS = 3


@dataclass(frozen=True)
class Manner:
    """How a bank lends: loans at the start and a month, the share that is bad, months without lending."""

    loans: int
    new: int
    bad: float
    idle: tuple[str, ...] = ()
    least: int = 0  # 万元, the least amount of a loan, to lift a bank over the small numbers
    approved_on: tuple[date, ...] = ()  # days on which it approves a loan of 2,000 by its own valuation


def chance(rng: Random, share: float) -> bool:
    return rng.random() < share


def money(rng: Random, most: int) -> Decimal:
    """With up to 6 decimals, as it comes."""
    places = rng.choice((0, 0, 2, 6))
    return Decimal(rng.randint(0, most * 10**places)).scaleb(-places)


def _day_in(rng: Random, period: str) -> date:
    first, last = first_day(period), last_day(period)
    return rng.choice((first, last, last, first + timedelta(days=rng.randint(0, (last - first).days))))


def _loan(rng: Random, manner: Manner, number: str, disbursed_on: date) -> dict:
    amount = manner.least + max(Decimal(rng.choice(AMOUNTS)) if chance(rng, 0.5) else money(rng, 4000), Decimal("0.01"))
    approved_on = disbursed_on - timedelta(days=rng.choice((0, 1, 14, 40)))
    applied_on = disbursed_on - timedelta(days=rng.randint(0, 60))
    method = rng.choice(("internal", "negotiated", "external"))
    valuation = amount * rng.choice((2, 3))
    return {
        "loan_no": number,
        "uscc": f"firm-{rng.randint(1, 60)}",
        "district": rng.choice((*UNITS[:3], "110108", "110108", "000000", "000000", rng.choice(UNITS))),
        "size": rng.choice(("large", "medium", "small", "micro")),
        "sei": rng.choice("0012345"),
        "tech": rng.choice(("none", "high_tech", "other")),
        "ip_types": rng.choice(RIGHTS),
        "pledge_applied_on": applied_on,
        "registered_on": applied_on + timedelta(days=rng.randint(0, 20)),
        "one_stop": chance(rng, 0.4),
        "valuation_method": method,
        "valuation": valuation,
        "valuation_fee": valuation / 200 if method == "external" else Decimal(0),
        "loan_applied_on": approved_on - timedelta(days=rng.choice((0, 3, 15, 25))),
        "approved_on": approved_on,
        "green_channel": chance(rng, 0.4),
        "disbursed_on": disbursed_on,
        "matures_on": months_after(disbursed_on, rng.choice((6, 12, 12, 12, 24)))
        + timedelta(days=rng.choice((0, 0, 1))),
        "amount": amount,
        "balance": amount,
        "rate": Decimal(rng.randint(200, 600)) / 100,
        "renewal": chance(rng, 0.2),
        "first_loan": chance(rng, 0.3),
        "pure_ip": chance(rng, 0.3),
        "risk_share": rng.choice(("none", "pool", "guarantee")),
        "risk_class": rng.choice("345") if chance(rng, manner.bad) else rng.choice("112"),
        "overdue_days": rng.choice((0, 0, 0, 30)),
        "status": "active",
        "closed_on": None,
        "closed_amount": None,
    }


def _lived(rng: Random, loan: dict, period: str) -> dict:
    """A loan one month on: repaid in part, corrected, or ended."""
    day = rng.randint(5, last_day(period).day)
    end = {"balance": Decimal(0), "closed_on": max(first_day(period).replace(day=day), loan["disbursed_on"])}
    drawn = rng.random()
    if drawn < 0.03:
        return loan | end | {"status": "settled"}
    if drawn < 0.07:
        status = rng.choice(("written_off", "transferred"))
        return loan | end | {"status": status, "closed_amount": loan["balance"] or loan["amount"]}
    if drawn < 0.15:
        return loan | {"balance": loan["balance"] / 2 if loan["balance"] > 1 else loan["balance"]}
    if drawn < 0.18:  # a correction: the latest report decides whether it is a loan of the year, and with what values
        disbursed_on = loan["disbursed_on"] - timedelta(days=rng.choice((1, 31, 200)))
        return loan | {
            "rate": loan["rate"] + 1,
            "green_channel": not loan["green_channel"],
            "disbursed_on": disbursed_on,
        }
    return loan


def _cents(row: dict) -> dict:
    """Amounts as the forms hold them: 6 decimals at most."""
    six = Decimal("0.000001")
    return {name: value.quantize(six) if isinstance(value, Decimal) else value for name, value in row.items()}


def loans(rng: Random, manner: Manner, periods: Sequence[str]) -> Iterator[list[dict]]:
    """B1 of each period. A loan may be left out for a month, and what ended is listed once."""
    live = [_loan(rng, manner, f"L0-{number}", rng.choice(OLD_DAYS)) for number in range(manner.loans)]
    for period in periods:
        live = [_lived(rng, loan, period) for loan in live]
        if period not in manner.idle:
            count = rng.randint(manner.new // 2, manner.new + 1)
            live += [_loan(rng, manner, f"{period}-{number}", _day_in(rng, period)) for number in range(count)]
        live += [
            _loan(rng, manner, f"{day}", day)
            | {"approved_on": day, "valuation_method": "internal", "amount": Decimal(2000), "balance": Decimal(2000)}
            for day in manner.approved_on
            if day.isoformat()[:7] == period
        ]
        yield [_cents(loan) for loan in live if not chance(rng, 0.03)]
        live = [loan for loan in live if loan["status"] == "active"]


def cases(rng: Random, periods: Sequence[str]) -> Iterator[list[dict]]:
    """B4 of each period: open cases and those that ended in it; a closed one may be reported a period late."""
    live: list[dict] = []
    for period in periods:
        for case in live:
            if chance(rng, 0.3):
                case |= {"status": "closed", "closed_on": _day_in(rng, period), "recovered": money(rng, 50)}
            elif chance(rng, 0.1):
                case["status"] = "stopped"
        if chance(rng, 0.35):
            opened = {"case_no": f"C{period}", "opened_on": _day_in(rng, period), "closed_on": None, "status": "open"}
            mode = {"mode": rng.choice(("listing", "listing", "auction")), "exposure": money(rng, 80) + 1}
            live.append(opened | mode | {"recovered": Decimal(0)})
        ended = [case for case in live if case["status"] != "open"]
        held_back = ended[:1] if chance(rng, 0.2) else []
        yield [dict(case) for case in live if case not in held_back]
        live = [case for case in live if case["status"] == "open" or case in held_back]


def summary(rng: Random, bad: float) -> dict:
    """B2: total loans of which the bad ones stay under what is bad among the pledge loans."""
    branches = rng.choice((0, 40, 40, 65))
    total = money(rng, 900_000)
    own = {"total_loans": total, "branches": branches, "online_branches": rng.randint(0, branches)}
    return _cents(own | {"total_npl": total * Decimal(str(bad)) / 8})


def mechanism(rng: Random) -> dict:
    cases_of_year = rng.choice((0, 4, 9))
    fast, appeals, staff = rng.randint(0, cases_of_year), rng.choice((0, 3)), rng.choice((0, 12, 30))
    return {flag: chance(rng, 0.6) for flag in FLAGS} | {
        "dedicated_units": rng.randint(0, 4),
        "ftp_discount_bp": rng.randint(0, 50),
        "delegated_limit": money(rng, 3000),
        "credit_plan": rng.choice((Decimal(0), Decimal(20_000), money(rng, 90_000))),
        "dedicated_quota": rng.choice((Decimal(0), Decimal(40_000))),
        "dd_cases_ytd": cases_of_year,
        "dd_exempted_ytd": rng.randint(0, cases_of_year),
        "dd_fast_ytd": fast,
        "dd_fast_days": rng.randint(1, 9) if fast else None,
        "dd_appeals_ytd": appeals,
        "dd_appeals_upheld_ytd": rng.randint(0, appeals),
        "kpi_weight": money(rng, 8),
        "incentive_staff_ytd": rng.randint(0, staff),
        "ip_staff": staff,
        "training_attendance_ytd": rng.randint(0, 60),
    }


def products(rng: Random) -> list[dict]:
    return [{"product_code": f"P{number}", "on_sale": chance(rng, 0.6)} for number in range(rng.choice((0, 2, 5)))]


def points(rng: Random, unit: str, closed: bool) -> list[dict]:
    """R1; a point that is not running has no volumes."""
    rows = []
    for number in range(POINTS):
        running = not closed and chance(rng, 0.7)
        visits = rng.choice((0, 15, 40)) if running else 0
        status = "running" if running else rng.choice(("paused", "closed"))
        row = {"point_id": f"{unit}-{number}", "status": status, "one_stop": chance(rng, 0.6)}
        rows.append(row | {"consultations": visits, "matched": rng.randint(0, visits)})
    return rows


def pool(rng: Random, low: bool) -> dict:
    size = rng.choice((Decimal(1000), Decimal("333.333333")))
    share = rng.choice(("0.1", "0.199999") if low else ("0.2", "0.2", "0.75", "1"))
    subsidies = {f"{what}_subsidy_ytd": money(rng, 90) for what in ("interest", "valuation", "guarantee")}
    volumes = {"compensation_ytd": money(rng, 200), "subsidised_firms_ytd": rng.randint(0, 30)}
    size = Decimal(0) if chance(rng, 0.05) else size
    return _cents({"pool_size": size, "pool_balance": size * Decimal(share)} | subsidies | volumes)


def trades(rng: Random) -> list[dict]:
    rows = []
    for number in range(rng.choice((0, 1, 3))):
        deals = rng.randint(1, 9)
        row = {"platform": f"T{number}", "mode": "licence", "ip_type": "patent", "deals": deals}
        rows.append(row | {"amount": money(rng, 500), "agency_deals": rng.randint(0, deals)})
    return rows


def key_firms(rng: Random) -> list[dict]:
    """R4: firms that banks lend to and firms that none does; districts list some of the same."""
    firms = rng.sample(range(1, 90), rng.choice((0, 8, 25)))
    categories = ("key_tech", "advantage", "other")
    return [
        {
            "uscc": f"firm-{firm}",
            "category": rng.choice(categories),
            "demand": rng.choice((Decimal(0), money(rng, 5000))),
        }
        for firm in firms
    ]


def initiatives(rng: Random) -> list[dict]:
    return [{"title": f"T{number}"} for number in range(rng.choice((0, 0, 1, 2)))]


def quarterly(rng: Random, period: str) -> bool:
    """Whether a quarterly form comes: mostly when it is due, now and then missing or in another month."""
    return chance(rng, 0.9) if is_quarter_end(period) else chance(rng, 0.05)
