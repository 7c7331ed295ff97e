"""What a pilot district reports: service points (R1), pool and subsidies (R2), trading (R3), key firms (R4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import exp
from random import Random

from contract.calendar import period_of
from etl.demo.bank_forms import Row
from etl.demo.book import Book
from etl.demo.days import last_day, months_of_year, workdays
from etl.demo.firms import Firm
from etl.demo.loans import CENT
from etl.demo.points import Point
from etl.demo.situations import planted
from etl.demo.tables import Area, lottery, progress

PLATFORMS = ("演示知识产权交易平台01", "演示知识产权交易平台02", "演示技术交易平台03")
TRADED = ("patent", "trademark", "copyright")
POOL_GROWTH = {"2025": Decimal("1.00"), "2026": Decimal("1.20")}


@dataclass(frozen=True)
class KeyFirm:
    """An enterprise on a district's list: `matched_on` once the district has brought it to a bank."""

    firm: Firm
    category: str
    demand: Decimal  # 万元
    matched_on: date | None


def point_rows(seed: int, book: Book, points: tuple[Point, ...], area: Area, period: str) -> list[Row]:
    """R1: the points opened by the period end; one that stands still has no volumes."""
    through = Counter(
        contract.point_id
        for contracts in book.lent.values()
        for contract in contracts
        if period_of(contract.disbursed_on) == period
    )
    rows = []
    for point in points:
        if point.district != area.code or point.opened_on > last_day(period):
            continue
        draws = Random(f"{seed}:R1:{point.point_id}:{period}")
        running = point.running(period)
        consultations = draws.randrange(12, 40) + round(18 * progress(period)) if running else 0
        matched = sum(draws.random() < 0.08 + 0.36 * area.activity for _ in range(consultations))
        registrations = through[point.point_id] + draws.randrange(0, 6) if running else 0
        days = max(1, round(3.6 - 2.3 * progress(period) + draws.uniform(-0.6, 0.6))) if running else None
        rows.append(
            {
                "point_id": point.point_id,
                "name": point.name,
                "host": point.host,
                "bank": point.bank,
                "address": point.address,
                "opened_on": point.opened_on,
                "status": "running" if running else "paused",
                "one_stop": point.one_stop,
                "consultations": consultations,
                "registrations": registrations,
                "matched": matched,
                "avg_days": days if registrations else None,
            }
        )
    return rows


def pool_row(seed: int, book: Book, area: Area, period: str) -> Row:
    """R2: the compensation pool and the year's subsidies, cumulative from January."""
    size = (Decimal(area.pool_size) * POOL_GROWTH[period[:4]]).quantize(CENT)
    months = months_of_year(period)
    monthly = [_month(seed, area, month) for month in months]
    paid = [amount for month in months for amount in book.docket.paid[area.code, month]]
    paid += [month["compensation"] for month in monthly if month["compensation"]]
    compensated = min(sum(paid, Decimal(0)), size / 2)
    drained = planted("drained", area.code, period)
    standing = Decimal(Random(f"{seed}:R2:{area.code}").uniform(0.55, 0.92))
    balance = size * Decimal(drained.value) / 100 if drained else size * standing - compensated
    covered = [
        loan
        for bank in book.loans
        for loan in book.active(bank)
        if loan.contract.firm.district == area.code and loan.contract.risk_share in ("pool", "mixed")
    ]
    return {
        "pool_size": size,
        "pool_balance": max(balance, size * Decimal("0.25") if not drained else balance).quantize(CENT),
        "compensated_ytd": len(paid),
        "compensation_ytd": compensated.quantize(CENT),
        "interest_subsidy_ytd": sum((month["interest"] for month in monthly), Decimal(0)),
        "valuation_subsidy_ytd": sum((month["valuation"] for month in monthly), Decimal(0)),
        "guarantee_subsidy_ytd": sum((month["guarantee"] for month in monthly), Decimal(0)),
        "subsidised_firms_ytd": sum(month["firms"] for month in monthly),
        "loans_covered": len(covered),
        "share_ratio": Decimal(30 + 5 * (sum(map(int, area.code)) % 5)),
    }


def _month(seed: int, area: Area, period: str) -> dict:
    """A month's own subsidies: at most 30 万元 of interest and 2 万元 of fees a firm, as the city's measures say."""
    draws = Random(f"{seed}:R2:{area.code}:{period}")
    firms = draws.randrange(0, 2 + int(area.share * area.activity))
    compensated = draws.random() < area.activity / 8
    return {
        "firms": firms,
        "interest": sum((_money(draws.uniform(4, 22)) for _ in range(firms)), Decimal(0)),
        "valuation": sum((_money(draws.uniform(0, 1.2)) for _ in range(firms)), Decimal(0)),
        "guarantee": sum((_money(draws.uniform(0, 1.6)) for _ in range(firms)), Decimal(0)),
        "compensation": _money(draws.uniform(20, area.pool_size / 40)) if compensated else None,
    }


def _money(amount: float) -> Decimal:
    return Decimal(amount).quantize(CENT)


def trade_rows(seed: int, area: Area, period: str) -> list[Row]:
    """R3: the month's deals by platform, mode and type of right; none in a quiet month."""
    draws = Random(f"{seed}:R3:{area.code}:{period}")
    deals = Counter(
        (draws.choice(PLATFORMS), lottery("trade_mode").draw(draws), draws.choices(TRADED, (8, 2, 2))[0])
        for _ in range(round(area.deals * draws.uniform(0.6, 1.5)))
    )
    return [
        {
            "platform": platform,
            "mode": mode,
            "ip_type": ip_type,
            "deals": number,
            "amount": sum((_money(min(2000, 60 * exp(draws.gauss(0, 0.9)))) for _ in range(number)), Decimal(0)),
            "agency_deals": (by_agency := sum(draws.random() * 100 < area.agency for _ in range(number))),
            "agencies": min(by_agency, 1 + by_agency // 3),
        }
        for (platform, mode, ip_type), number in sorted(deals.items())
    ]


class KeyFirms:
    """The districts' lists of key enterprises, longer from quarter to quarter; some have a loan, some never do."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"{seed}:R4")
        self._listed: dict[str, list[KeyFirm]] = {}

    def rows(self, book: Book, area: Area, period: str) -> list[Row]:
        """R4 of a quarter end."""
        listed = self._listed.setdefault(area.code, [])
        known = {key.firm.uscc for key in listed}
        borrowing = {
            loan.contract.firm.uscc: loan.contract
            for bank in book.loans
            for loan in book.active(bank)
            if loan.contract.firm.district == area.code and loan.contract.firm.uscc not in known
        }
        while len(listed) < area.key_firms * (0.7 + 0.3 * progress(period)):
            listed.append(self._add(book, area, period, borrowing))
        return [
            {
                "uscc": key.firm.uscc,
                "name": key.firm.name,
                "category": key.category,
                "demand": key.demand,
                "matched_on": key.matched_on,
            }
            for key in listed
        ]

    def _add(self, book: Book, area: Area, period: str, borrowing: dict) -> KeyFirm:
        """A borrower of the district as often as the district is active, else a firm without a loan."""
        random = self._random
        category = lottery("category").draw(random)
        if borrowing and random.random() < 0.25 + area.activity * 0.65:
            contract = borrowing.pop(random.choice(sorted(borrowing)))
            demand = (contract.amount * Decimal(random.uniform(0.8, 1.6))).quantize(CENT)
            return KeyFirm(contract.firm, category, demand, contract.loan_applied_on)
        firm = book.firms.found(area.code, 85)
        matched_on = random.choice(workdays(period)) if random.random() < area.activity else None
        return KeyFirm(firm, category, _money(random.uniform(50, 900)), matched_on)
