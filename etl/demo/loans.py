"""A pledge loan: the contract, which never changes, and its life from month to month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from math import exp, log
from random import Random

from contract.calendar import after_months, period_of
from contract.parameters import declared_parameters
from etl.demo.firms import Firm
from etl.demo.identifiers import patent_number
from etl.demo.points import Point
from etl.demo.tables import Bank, Lottery, Right, areas, clusters, lottery, month_number, rights, years

CENT = Decimal("0.01")
BASE_RATE, BASE_YEAR = 3.70, 2022
OVERDUE_CLASSES = ((360, "5"), (270, "4"), (90, "3"), (0, "2"), (-1, "1"))
SINGLE_TYPES = ("patent", "trademark", "copyright", "data", "circuit")


@dataclass(frozen=True)
class PledgedRight:
    """One right pledged for a loan."""

    ip_type: str
    right_no: str
    expires_on: date | None


@dataclass(frozen=True)
class Contract:
    """What a B1 row says about a loan for good; the names are the form's column codes."""

    loan_no: str
    firm: Firm
    ip_types: tuple[str, ...]
    rights: tuple[PledgedRight, ...]
    registration_no: str
    pledge_applied_on: date
    registered_on: date
    point_id: str | None
    valuation_method: str
    valuation: Decimal
    valuation_fee: Decimal
    loan_applied_on: date
    approved_on: date
    green_channel: bool
    disbursed_on: date
    matures_on: date
    amount: Decimal
    rate: Decimal
    renewal: bool
    first_loan: bool
    pure_ip: bool
    risk_share: str
    instalments: bool


@dataclass(slots=True)
class Loan:
    """A loan's state, changed by the book once a month. Money in 万元."""

    contract: Contract
    balance: Decimal
    risk_class: str = "1"
    overdue_since: date | None = None
    status: str = "active"
    closed_on: date | None = None
    closed_amount: Decimal | None = None
    failing: bool = False  # will not be repaid in time any more
    until: str | None = None  # the period in which the trouble ends, one way or the other
    filed: bool = False  # its rights have been listed in a B6

    @property
    def active(self) -> bool:
        return self.status == "active"

    def overdue_days(self, day: date) -> int:
        return (day - self.overdue_since).days if self.overdue_since else 0

    def close(self, status: str, day: date) -> None:
        """Ends the loan on a day; written off or transferred with the principal that was left."""
        self.closed_amount = None if status == "settled" else self.balance
        self.status, self.closed_on, self.balance = status, day, Decimal(0)
        if status == "settled":
            self.overdue_since = None


class Drafts:
    """Draws contracts. Serial numbers are its own, so that no registration or right is used twice."""

    def __init__(self, random: Random, points: tuple[Point, ...]) -> None:
        self._random = random
        self._points = points
        self._serials = count(1)

    def amount(self, year: int, largest: float) -> Decimal:
        """Log-normal with clusters at round amounts, 1,000 万元 above all."""
        drawn = years()[year].median_amount * exp(self._random.gauss(0, 0.98))
        drawn = min(max(drawn, 30), largest)
        for cluster in clusters():
            if cluster.low <= drawn < cluster.high and self._random.random() < cluster.pull:
                return Decimal(int(cluster.amount))
        return Decimal(round(drawn, 2 if self._random.random() < 0.2 else 0)).quantize(CENT)

    def contract(self, bank: Bank, firm: Firm, amount: Decimal, day: date, first: bool) -> Contract:
        """A new contract disbursed on `day`."""
        random = self._random
        kind = rights()[_right_kinds().draw(random)]
        types = _types(random, kind)
        matures_on = after_months(day, self._months(bank, day))
        if random.random() < 0.4:
            matures_on -= timedelta(days=1)
        method = self._method(bank, amount, day)
        loan_to_value = random.uniform(kind.ltv_low, kind.ltv_high) / 100
        valuation = (amount / Decimal(loan_to_value)).quantize(CENT)
        shared = random.random() * 100 < bank.risk_shared
        risk_share = lottery("risk_shared").draw(random) if shared else "none"
        green = random.random() < 0.15 + 0.5 * bank.mechanism
        registered_on, applied_on, point_id = self._registration(bank, firm, day)
        approved_on = applied_on - timedelta(days=random.randrange(0, 5))
        usual = bank.approval_days * (0.65 if green else 1.1) * (1.2 - 0.4 * _through(day))
        approval = max(2, round(usual * random.uniform(0.6, 1.5)))
        contract = Contract(
            loan_no=self._loan_no(bank, day),
            firm=firm,
            ip_types=types,
            rights=self._rights(types, kind, matures_on),
            registration_no=kind.registration.format(year=registered_on.year, serial=next(self._serials)),
            pledge_applied_on=applied_on,
            registered_on=registered_on,
            point_id=point_id,
            valuation_method=method,
            valuation=valuation,
            valuation_fee=_fee(random, valuation) if method == "external" else Decimal(0),
            loan_applied_on=approved_on - timedelta(days=approval),
            approved_on=approved_on,
            green_channel=green,
            disbursed_on=day,
            matures_on=matures_on,
            amount=amount,
            rate=self._rate(bank, firm, day),
            renewal=False,
            first_loan=first and random.random() < 0.36,
            pure_ip=risk_share != "guarantee" and random.random() < 0.55,
            risk_share=risk_share,
            instalments=matures_on > after_months(day, 12) and random.random() < 0.5,
        )
        return _as_permitted(bank, contract)

    def renewed(self, bank: Bank, old: Contract, balance: Decimal, day: date) -> Contract:
        """The contract that takes over what is left of `old` on `day`: the same rights, a year more."""
        registered_on, applied_on, point_id = self._registration(bank, old.firm, day)
        approved_on = applied_on - timedelta(days=self._random.randrange(0, 4))
        kind = rights()["mixed" if len(old.ip_types) > 1 else old.ip_types[0]]
        method = self._method(bank, balance, day, renewing=True)
        valuation = min(old.valuation, balance * 4)
        contract = replace(
            old,
            loan_no=self._loan_no(bank, day),
            registration_no=kind.registration.format(year=registered_on.year, serial=next(self._serials)),
            pledge_applied_on=applied_on,
            registered_on=registered_on,
            point_id=point_id,
            loan_applied_on=approved_on - timedelta(days=self._random.randrange(2, 9)),
            approved_on=approved_on,
            disbursed_on=day,
            matures_on=after_months(day, 12),
            amount=balance,
            valuation_method=method,
            valuation=valuation,
            valuation_fee=_fee(self._random, valuation) if method == "external" else Decimal(0),
            rate=self._rate(bank, old.firm, day),
            renewal=True,
            first_loan=False,
            instalments=False,
        )
        return _as_permitted(bank, contract)

    def _loan_no(self, bank: Bank, day: date) -> str:
        return f"{bank.code}-{day:%Y%m}-{next(self._serials):06d}"

    def _months(self, bank: Bank, day: date) -> int:
        random = self._random
        longer = years()[day.year].medium_long * bank.medium_long
        return int(lottery("medium_term" if random.random() * 100 < longer else "term").draw(random))

    def _method(self, bank: Bank, amount: Decimal, day: date, renewing: bool = False) -> str:
        """Internal or negotiated within the bank's ceiling only; the share grows through each year."""
        share = _interpolated("internal", day) / 100
        odds = log(share / (1 - share)) + bank.internal + (1 if renewing else 0)
        if amount > 1000:
            odds -= 1
        if amount <= Decimal(bank.ceiling) and self._random.random() < 1 / (1 + exp(-odds)):
            return lottery("method").draw(self._random)
        return "external"

    def _rate(self, bank: Bank, firm: Firm, day: date) -> Decimal:
        quarters = [(year, quarter) for year in range(BASE_YEAR, day.year + 1) for quarter in range(4)]
        quarters = quarters[: (day.year - BASE_YEAR) * 4 + (day.month - 1) // 3]
        base = BASE_RATE - sum(years()[year].rate_cut_bp for year, _ in quarters) / 100
        by_size = {"micro": 0.18, "small": 0.08, "medium": -0.02, "large": -0.2}[firm.size]
        drawn = base + bank.rate_bp / 100 + by_size + self._random.gauss(0, 0.22)
        return Decimal(min(max(drawn, 1.85), 5.8)).quantize(CENT)

    def _registration(self, bank: Bank, firm: Firm, day: date) -> tuple[date, date, str | None]:
        """Registration day, application day and service point of a pledge for a loan of `day`."""
        random = self._random
        registered_on = day - timedelta(days=random.randrange(0, 4))
        mean_days = _interpolated("point_days", day)
        applied_on = registered_on - timedelta(days=max(0, round(random.gauss(mean_days, 1.1))))
        points = [
            point
            for point in self._points
            if point.district == firm.district
            and point.one_stop
            and point.opened_on <= applied_on
            and point.running(period_of(applied_on))
        ]
        chance = areas()[firm.district].one_stop * bank.one_stop * (0.45 + 0.85 * _through(day)) / 100
        point_id = random.choice(points).point_id if points and random.random() < chance else None
        if point_id and applied_on < registered_on:
            applied_on += timedelta(days=1)
        return registered_on, applied_on, point_id

    def _rights(self, types: tuple[str, ...], kind: Right, matures_on: date) -> tuple[PledgedRight, ...]:
        """At least one right of each type; none expires before the loan."""
        random = self._random
        number = max(len(types), min(12, 1 + int(random.expovariate(1 / kind.mean_count))))
        chosen = list(types) + [random.choice(types) for _ in range(number - len(types))]
        return tuple(self._right(ip_type, matures_on) for ip_type in sorted(chosen, key=SINGLE_TYPES.index))

    def _right(self, ip_type: str, matures_on: date) -> PledgedRight:
        """A right with a number of its type's pattern; patents with their check character."""
        random, serial = self._random, next(self._serials)
        match ip_type:
            case "patent":
                invention = random.random() < 0.7
                life = 20 if invention else 10
                applied = date(matures_on.year - random.randrange(6, life - 3), random.randrange(1, 13), 15)
                kind = 1 if invention else 2
                expires_on = date(applied.year + life, applied.month, 15)
                return PledgedRight(ip_type, patent_number(applied.year, kind, serial), expires_on)
            case "trademark":
                expires_on = date(matures_on.year + random.randrange(3, 9), random.randrange(1, 13), 20)
                return PledgedRight(ip_type, f"{30_000_000 + serial}", expires_on)
            case "copyright":
                return PledgedRight(ip_type, f"{matures_on.year - 5}SR{1_000_000 + serial:07d}", None)
            case "circuit":
                expires_on = date(matures_on.year + random.randrange(3, 6), random.randrange(1, 13), 10)
                return PledgedRight(ip_type, f"BS.{200_000_000 + serial}", expires_on)
            case _:
                expires_on = date(matures_on.year + random.randrange(3, 5), random.randrange(1, 13), 8)
                return PledgedRight(ip_type, f"演示数据-{serial:07d}", expires_on)


@cache
def _right_kinds() -> Lottery:
    return Lottery.of({right.ip_type: right.share for right in rights().values()})


def _types(random: Random, kind: Right) -> tuple[str, ...]:
    """The single type, or for `mixed` two: patents and one other, in declared order."""
    if kind.ip_type != "mixed":
        return (kind.ip_type,)
    return ("patent", "trademark" if random.random() < 0.4 else "copyright")


def _as_permitted(bank: Bank, contract: Contract) -> Contract:
    """The contract, valued from outside where it is too large for the day it was approved on.

    A bank's own ceiling begins with its admission. The fee is drawn apart, so that no other loan changes.
    """
    approved_on = contract.approved_on
    usual = declared_parameters().at(approved_on)["default_valuation_ceiling"]
    permitted = Decimal(bank.ceiling) if approved_on >= bank.admitted_on else usual
    if contract.valuation_method == "external" or contract.amount <= permitted:
        return contract
    fee = _fee(Random(f"fee:{contract.loan_no}"), contract.valuation)
    return replace(contract, valuation_method="external", valuation_fee=fee)


def _fee(random: Random, valuation: Decimal) -> Decimal:
    """What outside valuers ask: 0.05 to 0.25 percent, from 0.3 to 8 万元."""
    fee = float(valuation) * random.uniform(0.0005, 0.0025)
    return Decimal(min(max(fee, 0.3), 8)).quantize(CENT)


def _interpolated(field: str, day: date) -> float:
    """A yearly figure as it stands on a day: the year's at mid-year, straight lines between."""
    position = day.year + (day.month - 0.5) / 12 - 0.5
    low = min(max(int(position), min(years())), max(years()))
    high = min(low + 1, max(years()))
    low_value, high_value = getattr(years()[low], field), getattr(years()[high], field)
    return low_value + (high_value - low_value) * min(1.0, max(0.0, position - low))


def _through(day: date) -> float:
    """How far a day lies through 2025 and 2026, 0 … 1."""
    return min(1.0, max(0.0, (day.year - 2025 + day.month / 12) / 2))


def age_in_months(loan: Loan, period: str) -> int:
    disbursed_on = loan.contract.disbursed_on
    return month_number(period) - month_number(period_of(disbursed_on))


def overdue_class(days: int) -> str:
    """The least class for days overdue (银保监会、人民银行令〔2023〕第1号)."""
    return next(risk_class for days_from, risk_class in OVERDUE_CLASSES if days > days_from)
