"""What a bank says of itself: its mechanisms (B3) and products (B5)."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from math import ceil
from random import Random

from contract.calendar import is_quarter_end
from contract.declarations import code_lists, name_of, read_rows
from etl.demo.bank_forms import Row
from etl.demo.book import Book, bank_share
from etl.demo.days import last_day, months_after, months_of_year, workdays
from etl.demo.loans import CENT
from etl.demo.tables import FIRST_PERIOD, FOLDER, Bank, lottery, month_number, progress, years

LEAST_PLAN_LEVEL = 0.17  # below it a bank has no credit plan and no quota of its own


@cache
def _levels() -> dict[str, float]:
    """Flag column of B3 → the level of development from which a bank has it."""
    rows = read_rows(FOLDER / "mechanisms.csv", "column", "level")
    return {row["column"]: float(row["level"]) for row in rows}


def level(bank: Bank, period: str) -> float:
    """How developed a bank's mechanisms are, 0 … 1, growing through the demonstration."""
    return min(1.0, bank.mechanism + bank.mechanism_gain * progress(period))


def mechanism_row(seed: int, book: Book, bank: Bank, period: str) -> Row:
    """B3 at a quarter end; the cumulative columns never fall within a year."""
    reached = level(bank, period)
    flags = {column: reached >= least for column, least in _levels().items()}
    quarter = int(period[5:]) // 3
    size = book.balance(bank.code)
    staff = ceil(3 + size / 6000)
    plan = years()[int(period[:4])].disbursed * 10_000 * bank_share(bank, f"{period[:4]}-01") * bank.plan / 100
    ends = [month for month in months_of_year(period) if is_quarter_end(month)]
    cases, exempted, fast, sessions = map(sum, zip(*(_quarter(seed, bank, end) for end in ends), strict=True))
    appeals = (cases - exempted + 1) // 2 if flags["has_appeal"] else 0
    rewarded = int(staff * min(0.75, reached * 0.8) * quarter / 4) if flags["has_incentive_plan"] else 0
    planning = reached >= LEAST_PLAN_LEVEL
    return {
        "has_ip_policy": flags["has_ip_policy"],
        "dedicated_units": int(reached * (1 + bank.branches / 60)),
        "has_green_channel": flags["has_green_channel"],
        "ftp_discount_bp": int(reached * 12) * 5,
        "delegated_limit": Decimal(300 + int(reached * 8) * 100),
        "credit_plan": Decimal(round(plan, -2)) if planning else Decimal(0),
        "dedicated_quota": Decimal(round(size * 1.4, -3)) if planning else Decimal(0),
        "has_risk_review": flags["has_risk_review"],
        "npl_tolerance_pp": Decimal("3.00"),
        "has_dd_policy": flags["has_dd_policy"],
        "has_appeal": flags["has_appeal"],
        "dd_cases_ytd": cases,
        "dd_exempted_ytd": exempted,
        "dd_fast_ytd": fast,
        "dd_fast_days": round(14 - 8 * reached) if fast else None,
        "dd_appeals_ytd": appeals,
        "dd_appeals_upheld_ytd": appeals // 3,
        "kpi_weight": Decimal(0.3 + 5.2 * reached).quantize(Decimal("0.1")),
        "has_incentive_plan": flags["has_incentive_plan"],
        "incentive_amount_ytd": Decimal(rewarded * 1.2).quantize(CENT),
        "incentive_staff_ytd": rewarded,
        "ip_staff": staff,
        "training_sessions_ytd": sessions,
        "training_attendance_ytd": sessions * ceil(staff * 0.6),
    }


def _quarter(seed: int, bank: Bank, period: str) -> tuple[int, int, int, int]:
    """Cases of due diligence in a quarter (all, exempted, decided fast) and training sessions."""
    draws = Random(f"{seed}:B3:{bank.code}:{period}")
    reached = level(bank, period)
    sessions = draws.randrange(1, 4)
    if reached < _levels()["has_dd_policy"]:
        return 0, 0, 0, sessions
    cases = draws.randrange(0, 2 + int(bank.share / 3))
    exempted = sum(draws.random() < 0.5 + reached / 3 for _ in range(cases))
    fast = sum(draws.random() < reached for _ in range(cases))
    return cases, exempted, fast, sessions


def product_rows(seed: int, book: Book, bank: Bank, period: str) -> list[Row]:
    """B5: the products launched by the period end; what they have reached only grows."""
    draws = Random(f"{seed}:B5:{bank.code}")
    number = 2 + round(3 * (bank.mechanism + bank.mechanism_gain))
    emerging = [code for code in code_lists()["sei"] if code != "0"]
    rows = []
    for place in range(number):
        launched_in = months_after(FIRST_PERIOD, -14 if place == 0 else draws.randrange(-10, 19))
        product_type = "pledge" if place == 0 else lottery("product_type").draw(draws)
        segment = "0" if place == 0 else draws.choice(emerging)
        launched_on = draws.choice(workdays(launched_in))
        part, withdrawn = draws.uniform(0.04, 0.15), draws.random() < 0.12
        if launched_on > last_day(period):
            continue
        months = month_number(period) - month_number(launched_in)
        reached = 0.7 if place == 0 else part * min(1.0, months / 18)
        customers = int(len(book.firms.customers[bank.code]) * reached)
        lent = (book.lent_ever[bank.code] * Decimal(reached)).quantize(CENT)
        name = f"演示{name_of('product_type', product_type)}产品{place + 1:02d}"
        rows.append(
            {
                "product_code": f"{bank.code}-P{place + 1:02d}",
                "name": name,
                "product_type": product_type,
                "segment": segment,
                "launched_on": launched_on,
                "on_sale": not (withdrawn and months > 20),
                "customers": customers,
                "amount": lent if customers else Decimal(0),
            }
        )
    return rows
