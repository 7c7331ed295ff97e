"""Whose figures a sentence or a table row speaks of, and in which unit: the city's in 亿元, a member's in 万元."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from briefing.issue.content import Cell, Number
from briefing.issue.source import Source
from contract.wording import (
    NO_VALUE,
    NOT_COMPARABLE,
    NOT_COMPUTABLE,
    WITHHELD,
    city_money,
    count,
    days_on_year,
    growth_rate,
    member_money,
    percent,
    plain,
    rate_on_year,
    year_on_year,
    yi,
)
from metrics.indicators.catalogue import Indicator, indicator
from metrics.indicators.relations import CITY

MONEY, RATE, POINTS, DAYS = "万元", "%", "百分点", "天"
CITY_NAME = "试点机构合计"
GROWTHS = ("G12", "G13", "G17")  # rates of growth: one stands high or low beside another


@dataclass(frozen=True)
class Subject:
    """One entity of one scope in a source."""

    source: Source
    scope: str = "city"
    entity: str = CITY
    in_yi: bool = True  # money in 亿元
    called: str = ""  # how the text calls it, the sum of the pilot's members where empty

    @property
    def name(self) -> str:
        return self.called or CITY_NAME

    def value(self, code: str, period: str | None = None) -> Decimal | None:
        return self.source.value(code, self.scope, self.entity, period)

    def stopped(self, code: str, period: str | None = None) -> bool:
        """Whether the figure is not computable."""
        return self.source.figure(code, self.scope, self.entity, period).not_computable

    def year_before(self, code: str) -> Decimal | None:
        return self.value(code, self.source.last_year)

    def change(self, code: str) -> Decimal | None:
        """The difference from twelve months earlier, in the indicator's unit; None where one is missing."""
        now, base = self.value(code), self.year_before(code)
        return None if now is None or base is None else now - base

    def unit(self, code: str) -> str:
        declared = indicator(code).unit
        return "亿元" if declared == MONEY and self.in_yi and indicator(code).kind == "plain" else declared

    # sentences

    def said(self, code: str) -> str:
        """The value with its unit, as a sentence says it; the figure must be there."""
        value, declared = self.value(code), indicator(code)
        if declared.unit == MONEY:
            return (city_money if self.unit(code) == "亿元" else member_money)(value)
        if declared.unit == RATE:
            return percent(value, declared.decimals)
        if declared.unit == POINTS:
            return f"{plain(value, declared.decimals)}个百分点"
        return (
            count(value, declared.unit) if declared.decimals == 0 else plain(value, declared.decimals) + declared.unit
        )

    def on_year(self, code: str) -> str:
        """How the figure moved over twelve months, in the words its unit asks for."""
        now, base, unit = self.value(code), self.year_before(code), indicator(code).unit
        if unit in (RATE, POINTS):
            return rate_on_year(now, base, indicator(code).decimals)
        return days_on_year(now, base) if unit == DAYS else year_on_year(now, base)

    # cells

    def cell(self, code: str, period: str | None = None) -> Cell:
        """The value in the shown unit; 不列示 where it is withheld, 不可计算 where it is that, — where none is."""
        if self.source.figure(code, self.scope, self.entity, period).withheld:
            return WITHHELD
        if self.stopped(code, period):
            return NOT_COMPUTABLE
        return self.number(code, self.value(code, period))

    def number(self, code: str, value: Decimal | None) -> Cell:
        if value is None:
            return NO_VALUE
        declared = indicator(code)
        if self.unit(code) == "亿元":
            return Number(yi(value), 2)
        return Number(value, declared.decimals, grouped=declared.unit == MONEY, growth=code in GROWTHS)

    def growth_cell(self, code: str) -> Cell:
        """Growth over twelve months in percent, of an amount or a count."""
        now, base = self.value(code), self.year_before(code)
        rate = growth_rate(now, base)
        if self.thin(code):
            return WITHHELD
        return NO_VALUE if now is None else NOT_COMPARABLE if rate is None else growth_number(rate)

    def same_banks_cell(self) -> Cell:
        """Growth over twelve months of the banks that reported both, in percent."""
        if self.source.figure("G17", self.scope, self.entity).withheld:
            return WITHHELD
        if self.stopped("G17"):
            return NOT_COMPUTABLE
        rate = self.value("G17")
        return NO_VALUE if rate is None else growth_number(rate)

    def thin(self, code: str) -> bool:
        """Whether the figure or that of a year before is withheld, and with them what is drawn from both."""
        return any(
            self.source.figure(code, self.scope, self.entity, period).withheld
            for period in (None, self.source.last_year)
        )

    def change_cell(self, code: str) -> Cell:
        """The difference from twelve months earlier, of a rate or of days."""
        change = self.change(code)
        if self.thin(code):
            return WITHHELD
        if change is not None:
            return Number(change, indicator(code).decimals, signed=True)
        return NO_VALUE if self.value(code) is None else NOT_COMPARABLE

    def on_year_cells(self, code: str) -> tuple[Cell, Cell]:
        """Growth and difference over twelve months: of a rate or of days the difference alone, else the growth."""
        differs = is_rate(indicator(code)) or indicator(code).unit == DAYS
        return (NO_VALUE, self.change_cell(code)) if differs else (self.growth_cell(code), NO_VALUE)


def growth_number(rate: Decimal) -> Number:
    """A growth rate in percent as a cell shows it."""
    return Number(rate, 1, signed=True, growth=True)


def is_rate(declared: Indicator) -> bool:
    """Whether its differences are told in points rather than in percent."""
    return declared.unit in (RATE, POINTS)


def share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """A part of the whole in percent; None where there is none."""
    return None if part is None or not whole else part / whole * 100


def share_text(part: Decimal | None, whole: Decimal | None) -> str:
    """占×%; empty where there is no share."""
    value = share(part, whole)
    return "" if value is None else f"占{percent(value)}"
