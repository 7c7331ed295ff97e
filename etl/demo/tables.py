"""What the demonstration is drawn from: banks, districts, shares and paths as declared in `data/demo/`."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from itertools import accumulate, pairwise
from random import Random

from contract.calendar import periods_between, previous
from contract.declarations import read_rows
from contract.settings import DECLARATIONS

FOLDER = DECLARATIONS / "demo"
FIRST_PERIOD, LAST_PERIOD = "2025-01", "2026-10"


@dataclass(frozen=True)
class Bank:
    """An invented bank. Shares and rates in percent, `tilt` = its share's growth a year as a factor."""

    code: str
    name: str
    peer_group: str
    ceiling: str  # 万元
    admitted_on: date
    share: float
    tilt: float
    npl: float
    all_npl: float
    rate_bp: float
    internal: float  # added to the log-odds of internal or negotiated valuation
    medium_long: float  # factor on the share of terms over twelve months
    sei: float
    one_stop: float
    renewal: float
    risk_shared: float
    approval_days: float
    mechanism: float
    mechanism_gain: float
    total_loans: float  # 亿元
    branches: int
    online: float
    plan: float  # credit plan in percent of what will be lent


@dataclass(frozen=True)
class Area:
    """A unit of the city (or 京外): its share of lending, and its measures where it is a pilot district."""

    code: str
    share: float
    tilt: float
    pilot: bool
    points_first: int
    points_last: int
    one_stop: float  # percent of the district's loans registered at a service point
    pool_size: float  # 万元
    key_firms: int
    deals: float  # a month
    agency: float  # percent of the deals
    activity: float


@dataclass(frozen=True)
class Year:
    """Lending of a calendar year: 亿元, median amount in 万元, shares in percent."""

    year: int
    disbursed: float
    median_amount: float
    rate_cut_bp: float  # a quarter
    medium_long: float
    internal: float
    point_days: float


@dataclass(frozen=True)
class Sector:
    """A combination of industry and strategic emerging class; `share` within the industry."""

    industry: str
    sei: str
    share: float
    word: str


@dataclass(frozen=True)
class Right:
    """What a type of right (or `mixed`) means for loan-to-value, number of rights and registration number."""

    ip_type: str
    share: float
    ltv_low: float
    ltv_high: float
    mean_count: float
    registration: str


@dataclass(frozen=True)
class Cluster:
    """A round amount that nearby amounts are pulled to."""

    amount: float
    low: float
    high: float
    pull: float


_TYPES = {"int": int, "float": float, "str": str, "date": date.fromisoformat, "bool": "是".__eq__}


def _read(name: str, row_type: type, columns: tuple[str, ...] = ()) -> tuple:
    """The rows of a declaration file as `row_type`, whose fields are its columns unless named otherwise."""
    columns = columns or tuple(field.name for field in fields(row_type))
    converters = [_TYPES[field.type] for field in fields(row_type)]
    return tuple(
        row_type(*(convert(row[column]) for convert, column in zip(converters, columns, strict=True)))
        for row in read_rows(FOLDER / f"{name}.csv", *columns)
    )


@dataclass(frozen=True)
class Lottery:
    """A weighted choice."""

    outcomes: tuple
    bounds: tuple[float, ...]

    @classmethod
    def of(cls, weights: dict) -> Lottery:
        return cls(tuple(weights), tuple(accumulate(weights.values())))

    def draw(self, random: Random):
        return self.outcomes[bisect(self.bounds, random.random() * self.bounds[-1])]


@cache
def banks() -> dict[str, Bank]:
    return {bank.code: bank for bank in _read("banks", Bank)}


@cache
def areas() -> dict[str, Area]:
    return {area.code: area for area in _read("districts", Area)}


@cache
def years() -> dict[int, Year]:
    return {year.year: year for year in _read("lending", Year)}


@cache
def rights() -> dict[str, Right]:
    return {right.ip_type: right for right in _read("rights", Right)}


@cache
def clusters() -> tuple[Cluster, ...]:
    return _read("amounts", Cluster, ("amount", "from", "to", "pull"))


@cache
def sectors() -> Lottery:
    """Sector by its share of firms: the industry's share times its share within the industry."""
    industry = shares("industry")
    return Lottery.of({sector: industry[sector.industry] * sector.share for sector in _read("sectors", Sector)})


@cache
def shares(subject: str) -> dict[str, float]:
    rows = read_rows(FOLDER / "mix.csv", "subject", "code", "share")
    return {row["code"]: float(row["share"]) for row in rows if row["subject"] == subject}


@cache
def lottery(subject: str) -> Lottery:
    """The weighted choice that `mix.csv` declares for a subject."""
    return Lottery.of(shares(subject))


@cache
def month_weights() -> dict[int, float]:
    """Month → its share of a year's lending."""
    rows = read_rows(FOLDER / "months.csv", "month", "weight")
    total = sum(float(row["weight"]) for row in rows)
    return {int(row["month"]): float(row["weight"]) / total for row in rows}


def month_number(period: str) -> int:
    """Months since year 0, so that periods can be subtracted."""
    return int(period[:4]) * 12 + int(period[5:]) - 1


@cache
def target_balance() -> dict[str, float]:
    """Period → the city's balance in 万元: between the declared points in proportion to seasonal lending."""
    points = [(row["period"], float(row["balance"])) for row in read_rows(FOLDER / "path.csv", "period", "balance")]
    path = {}
    for (before, low), (after, high) in pairwise(points):
        months = periods_between(previous(before, -1), after)
        weights = [month_weights()[int(month[5:])] for month in months]
        for month, reached in zip(months, accumulate(weights), strict=True):
            path[month] = (low + (high - low) * reached / sum(weights)) * 10_000
    return path


def progress(period: str) -> float:
    """How far a period lies through the demonstration, 0 … 1."""
    first, last = month_number(FIRST_PERIOD), month_number(LAST_PERIOD)
    return min(1.0, max(0.0, (month_number(period) - first) / (last - first)))
