"""How large amounts get: what a column of each type holds at most, and what products, sums and differences come to.

The one place that says so; decision 0020 argues it. The database's decimals have 38 digits, and an operation whose
result may need more is refused where it is declared (`contract.wide_sql`), so that no value that a submitter can have
stored stops a publication.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context

DIGITS = 38  # of the database's widest decimal
# What stored amounts are reckoned on with outside the database: Python's own 28 digits would round some and refuse to
# round others.
ROOMY = Context(prec=2 * DIGITS, rounding=ROUND_HALF_UP)
# The most rows that count for one figure: China has some 60 million enterprises, so that each could have a loan and
# most of them a second one. Of forms with one row a submitter: 4,300 banks, 2,850 counties and districts.
ROWS = 10**8
SUBMITTERS = 10**4
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(2999, 12, 31)  # of the days that a reader takes for dates


@dataclass(frozen=True)
class Span:
    """The least and the greatest of some exact numbers, in units of their last decimal place."""

    low: int
    high: int
    places: int = 0

    @property
    def most(self) -> int:
        return max(-self.low, self.high)

    @property
    def fits(self) -> bool:
        """Whether a decimal of the database can hold every one of them."""
        return self.most < 10**DIGITS and self.places <= DIGITS

    def to(self, places: int) -> Span:
        """The same numbers written with more places."""
        factor = 10 ** (places - self.places)
        return Span(self.low * factor, self.high * factor, places)

    def rounded(self, places: int) -> Span:
        """The same numbers rounded to fewer places: each to the unit below or above at most."""
        factor = 10 ** (self.places - places)
        return Span(self.low // factor, -(-self.high // factor), places)

    def times(self, number: int) -> Span:
        """Sums of up to so many of them."""
        return Span(min(self.low * number, 0), max(self.high * number, 0), self.places)

    def __neg__(self) -> Span:
        return Span(-self.high, -self.low, self.places)

    def __add__(self, other: Span) -> Span:
        left, right = alike(self, other)
        return Span(left.low + right.low, left.high + right.high, left.places)

    def __sub__(self, other: Span) -> Span:
        return self + -other

    def __mul__(self, other: Span) -> Span:
        ends = [left * right for left in (self.low, self.high) for right in (other.low, other.high)]
        return Span(min(ends), max(ends), self.places + other.places)

    def __or__(self, other: Span) -> Span:
        """Numbers of either kind."""
        left, right = alike(self, other)
        return Span(min(left.low, right.low), max(left.high, right.high), left.places)


def alike(*spans: Span) -> tuple[Span, ...]:
    """Spans with the same places: the most that any of them has."""
    places = max(span.places for span in spans)
    return tuple(span.to(places) for span in spans)


def digits(before: int, places: int = 0) -> Span:
    """Numbers of either sign with so many digits before the point and so many after it."""
    most = 10 ** (before + places) - 1
    return Span(-most, most, places)


# What a reader takes for a value of each type with digits (`etl.checks.cell_types`). Money as it always was: a hundred
# times what all banks of China together own. A whole number has no more digits than a spreadsheet keeps. A rate and a
# number of days are held far below what could be meant.
STORABLE = {
    "money": Span(0, digits(12, 6).high, 6),
    "rate": digits(6, 6),
    "int": digits(15),
    "days": Span(0, digits(6).high),
}
DAYS_APART = (LAST_DAY - FIRST_DAY).days
DAYS_BETWEEN = Span(-DAYS_APART, DAYS_APART)  # of two dates
COUNT = Span(0, ROWS)
AMOUNT_PLACES = 12  # of a stored part or whole: a product of money and rate is exact


def is_storable(span: Span, scale: int = 1) -> bool:
    """Whether a part or whole, and `scale` times it, fit the stored type DECIMAL(38, 12)."""
    return span.places <= AMOUNT_PLACES and (span * Span(scale, scale)).to(AMOUNT_PLACES).fits
