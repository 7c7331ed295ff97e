"""Figures as the screen writes them: units, decimals, signs and separators, on the briefing's rounding and wording."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from contract.wording import NO_VALUE, exact, growth_rate, half_up
from metrics.indicators.catalogue import Indicator

WITHHELD = "不披露"  # too few members or borrowers behind it for this viewer
POINTS, POINTS_DECLARED = "个百分点", "百分点"  # as said, and as the catalogue names the unit
MINUS = "−"

MEMBER_SCOPES = ("bank", "district")  # money in 万元; the sums over members in 亿元
DECIMALS = {"万元": 2, "亿元": 2, "%": 1, POINTS: 2, "天": 1, "分": 2}
RATE_UNITS = ("%", POINTS)

Value = Decimal | float | int | None


@dataclass(frozen=True)
class Measure:
    """How one indicator is written in one scope: stored value ÷ `divisor` = shown value, in `unit`."""

    unit: str
    divisor: int
    decimals: int
    rate: bool  # differences are in 个百分点, changes never in %

    @property
    def difference_unit(self) -> str:
        return POINTS if self.rate else self.unit


def measure(unit: str, scope: str, decimals: int | None = None) -> Measure:
    """The measure of a figure with this stored unit in this scope; decimals as declared, else as usual for the unit."""
    if unit == "万元" and scope not in MEMBER_SCOPES:
        return Measure("亿元", 10_000, DECIMALS["亿元"], False)
    said = unit_name(unit)
    return Measure(said, 1, DECIMALS.get(said, 0) if decimals is None else decimals, said in RATE_UNITS)


def measured(declared: Indicator, scope: str) -> Measure:
    """The measure of an indicator in a scope: an amount of money per firm or bank stays in 万元, whoever's it is."""
    return measure(declared.unit, "bank" if declared.has_whole else scope, declared.decimals)


def is_absent(value: object) -> bool:
    """Whether there is no value: None, NaN, or pandas' own missing value or time."""
    return bool(pd.isna(value))


def number(value: Value, decimals: int = 0) -> str:
    """With thousands separators: `1,738`; an absent value is a dash."""
    return NO_VALUE if is_absent(value) else minus(f"{half_up(exact(value), decimals):,f}")


def minus(text: str) -> str:
    """A number's text with the sign that is as wide as the plus, not the hyphen."""
    return text.replace("-", MINUS)


def unit_name(unit: str) -> str:
    """A unit as it stands after a number or in a header: differences of rates are 个百分点."""
    return POINTS if unit == POINTS_DECLARED else unit


def scaled(value: Value, how: Measure) -> float | None:
    """The shown value as a number, for charts and tables."""
    return None if is_absent(value) else float(exact(value) / how.divisor)


def shown(value: Value, how: Measure) -> str:
    """The number alone, in the measure's unit: 1663100 万元 → `166.31` where the unit is 亿元."""
    return NO_VALUE if is_absent(value) else number(exact(value) / how.divisor, how.decimals)


def with_unit(value: Value, how: Measure) -> str:
    """The number and its unit: `166.31亿元`, `1.12%`; letters stand apart from it: `35.9 BP`."""
    return (
        NO_VALUE
        if is_absent(value)
        else f"{shown(value, how)}{' ' if how.unit.isascii() and how.unit.isalpha() else ''}{how.unit}"
    )


def signed(value: Value, decimals: int) -> str:
    """With its sign: `+0.06`, `−0.21`; what rounds to zero has none."""
    if is_absent(value):
        return NO_VALUE
    rounded = half_up(exact(value), decimals)
    return f"{'+' if rounded > 0 else MINUS if rounded < 0 else ''}{abs(rounded):,f}"


def difference(value: Value, base: Value, how: Measure) -> str | None:
    """From base to value in the measure's unit: `+0.06个百分点`, `+2.10亿元`; None where either is absent."""
    if is_absent(value) or is_absent(base):
        return None
    return f"{signed((exact(value) - exact(base)) / how.divisor, how.decimals)}{how.difference_unit}"


def growth(value: Value, base: Value) -> str | None:
    """From base to value: `+33.7%`; None where either is absent or the base is zero or less."""
    if is_absent(value) or is_absent(base):
        return None
    rate = growth_rate(exact(value), exact(base))
    return None if rate is None else f"{signed(rate, 1)}%"


def change(value: Value, base: Value, how: Measure) -> str | None:
    """As a card shows a change: rates and days as a difference, everything else in percent, as long as the base is
    more than nothing: from `0笔` to `1笔` it is `+1笔`."""
    in_percent = not how.rate and how.unit != "天" and not is_absent(base) and base > 0
    return growth(value, base) if in_percent else difference(value, base, how)
