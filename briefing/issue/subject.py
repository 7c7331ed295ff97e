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
    growth,
    growth_rate,
    member_money,
    no_growth,
    percent,
    plain,
    rate_on_year,
    shift,
    year_on_year,
    yi,
)
from metrics.indicators.catalogue import Indicator, indicator
from metrics.indicators.relations import CITY

MONEY, RATE, POINTS, DAYS = "万元", "%", "百分点", "天"


@dataclass(frozen=True)
class Subject:
    """One entity of one scope in a source."""

    source: Source
    scope: str = "city"
    entity: str = CITY
    in_yi: bool = True  # money in 亿元

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

    def clause(self, code: str, name: str | None = None, compared: bool = True) -> str:
        """名称×，同比…; empty where there is no value, 不可计算 where there would be one."""
        named = name or indicator(code).name
        if self.value(code) is None:
            return f"{named}{NOT_COMPUTABLE}" if self.stopped(code) else ""
        text = f"{named}{self.said(code)}"
        return f"{text}，{self.on_year(code)}" if compared and self.source.year_known else text

    def growth_of_balance(self) -> str:
        """，同比增长×%，增速比上年末高×个百分点; or why there is no rate; empty where there is no year before."""
        rate, before = self.value("G12"), self.value("G12", self.source.last_december)
        if rate is None:
            return f"，{no_growth(self.year_before('G01'))}" if self.source.year_known else ""
        text = f"，同比{growth(rate)}"
        return text if before is None else f"{text}，增速比上年末{shift(rate, before, '高', '低', 1)}"

    def same_banks(self) -> str:
        """The growth over the same banks, where the banks of the two periods differ; else empty."""
        plainly, alike = self._growth("G12"), self._growth("G17")
        if plainly is None or alike is None or plainly == alike:
            return ""
        return f"两期报送机构有变化，按两期均报送的机构同口径计算，余额同比{growth(self.value('G17'))}"

    def _growth(self, code: str) -> tuple[Decimal | None, Decimal | None] | None:
        figure = self.source.figure(code, self.scope, self.entity)
        return None if figure.value is None else (figure.part, figure.whole)

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
        return Number(yi(value), 2) if self.unit(code) == "亿元" else Number(value, declared.decimals)

    def growth_cell(self, code: str) -> Cell:
        """Growth over twelve months in percent, of an amount or a count."""
        now, base = self.value(code), self.year_before(code)
        rate = growth_rate(now, base)
        return NO_VALUE if now is None else NOT_COMPARABLE if rate is None else Number(rate, 1, signed=True)

    def same_banks_cell(self) -> Cell:
        """Growth over twelve months of the banks that reported both, in percent."""
        if self.source.figure("G17", self.scope, self.entity).withheld:
            return WITHHELD
        if self.stopped("G17"):
            return NOT_COMPUTABLE
        rate = self.value("G17")
        return NO_VALUE if rate is None else Number(rate, 1, signed=True)

    def change_cell(self, code: str) -> Cell:
        """The difference from twelve months earlier, of a rate or of days."""
        change = self.change(code)
        if change is not None:
            return Number(change, indicator(code).decimals, signed=True)
        return NO_VALUE if self.value(code) is None else NOT_COMPARABLE

    def on_year_cells(self, code: str) -> tuple[Cell, Cell]:
        """Growth and difference over twelve months: of a rate or of days the difference alone, else the growth."""
        differs = is_rate(indicator(code)) or indicator(code).unit == DAYS
        return (NO_VALUE, self.change_cell(code)) if differs else (self.growth_cell(code), NO_VALUE)


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


def sentence(*clauses: str, joiner: str = "；") -> str:
    """Clauses that say something, as one sentence; empty where none does."""
    said = [clause for clause in clauses if clause]
    return f"{joiner.join(said)}。" if said else ""
