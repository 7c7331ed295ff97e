"""Where the year's lending and the targets end at the present pace: each number with its inputs and its formula.

Three methods, no more, each reproducible by hand: the year's sum so far over the share of a year that is due by now;
the mean monthly change over the last twelve months carried on to the target period; for a rate, no projection at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from contract.calendar import previous
from contract.console.output import plain
from contract.widths import ROOMY
from metrics.indicators.catalogue import indicator
from metrics.targets.levels import LAST_DIGIT, months_between

LENDING, PLAN = "lending", "plan"
LENT, PLANNED, BALANCE = "G04", "S10", "G01"
SAME_BANKS, SAME_MEMBER = "G17", "G12"  # growth whose part and whole are the two balances: of a group, of one bank
BY_SHARE = "本年累计÷至本月末应完成的进度"
BY_MONTH = "本期值＋近12个月月均变动×剩余月数"
COMPARED = "增速逐期与参照相比，不作推算"
MONTHS = 12  # the pace is the last year's, so that the season is in it once
SCOPES = ("city", "bank_type", "bank", "district")

PARTS = """
    SELECT indicator, part, whole FROM value
    WHERE period = $period AND scope = $scope AND entity = $entity
        AND indicator IN ('G01', 'G04', 'G12', 'G17', 'S10')
"""
VALUES = "SELECT indicator, period, value FROM value WHERE scope = $scope AND entity = $entity AND value IS NOT NULL"
SHARE = """
    SELECT s.value FROM period JOIN parameter s
        ON s.name = 'lending_share_' || right(period, 2)
        AND s.effective_from <= last_day AND (s.effective_to IS NULL OR last_day < s.effective_to)
    WHERE period = ?
"""
HELD = """
    SELECT target, indicator, shape, path, base_period, target_period, document_no, level, goal, base, reason
    FROM target WHERE period = $period AND scope = $scope AND entity = $entity ORDER BY target
"""


@dataclass(frozen=True)
class Outlook:
    """One projection, in `unit`: `now`, what it comes to at `horizon`, what that is held against; or why there is none.

    `difference` is projected less against, `ratio` projected ÷ against in percent.
    """

    item: str  # lending, plan, or a target's number
    name: str
    indicator: str
    unit: str
    method: str  # in words
    horizon: str
    now: Decimal | None = None
    projected: Decimal | None = None
    against: Decimal | None = None
    inputs: str = ""
    formula: str = ""
    reason: str = ""
    document_no: str = ""

    @property
    def difference(self) -> Decimal | None:
        return None if None in (self.projected, self.against) else self.projected - self.against

    @property
    def ratio(self) -> Decimal | None:
        if self.projected is None or not self.against:
            return None
        return digits(self.projected / self.against * 100)


@dataclass(frozen=True)
class Held:
    """A target that holds for the entity at the period, and its line, as the table `target` has them."""

    code: str
    indicator: str
    shape: str
    path: str
    base_period: str | None
    target_period: str
    document_no: str
    level: Decimal | None
    goal: Decimal | None
    base: Decimal | None
    reason: str | None


@dataclass(frozen=True)
class Figures:
    """One entity's figures: part and whole at the period, values over time, and the share of a year due by now (%)."""

    period: str
    parts: Mapping[str, tuple[Decimal | None, Decimal | None]]
    values: Mapping[tuple[str, str], Decimal]  # indicator, period
    share: Decimal | None

    def part(self, code: str) -> Decimal | None:
        return self.parts.get(code, (None, None))[0]

    def whole(self, code: str) -> Decimal | None:
        return self.parts.get(code, (None, None))[1]

    @property
    def december(self) -> str:
        return f"{self.period[:4]}-12"


def digits(number: Decimal) -> Decimal:
    return number.quantize(LAST_DIGIT, context=ROOMY)


def exact(number: float | None) -> Decimal | None:
    """A stored value as the shortest decimal that it prints as."""
    return None if number is None else Decimal(repr(number))


def outlook(connection: duckdb.DuckDBPyConnection, period: str, scope: str, entity: str) -> list[Outlook]:
    """The year's lending, the year's plan and each target that holds for an entity at a period, on a snapshot.

    Empty where the entity has no figures at the period.
    """
    place = {"period": period, "scope": scope, "entity": entity}
    parts = {code: (part, whole) for code, part, whole in connection.execute(PARTS, place).fetchall()}
    if not parts:
        return []
    values = connection.execute(VALUES, {"scope": scope, "entity": entity}).fetchall()
    share = connection.execute(SHARE, [period]).fetchone()
    figures = Figures(
        period, parts, {(code, at): exact(value) for code, at, value in values}, share[0] if share else None
    )
    rows = connection.execute(HELD, place).fetchall()
    held = [Held(*row[:7], *map(exact, row[7:10]), row[10]) for row in rows]
    plan = [_plan(figures)] if scope in indicator(PLANNED).scopes else []
    return [_lending(figures), *plan, *(_target(figures, target) for target in held)]


def _of_the_year(figures: Figures, so_far: Decimal, what: str) -> tuple[Decimal, str, str]:
    """The year's sum at the present pace, its inputs and its formula. There is a share."""
    share, month = figures.share, int(figures.period[5:])
    inputs = f"{what}={plain(so_far)}；至{month}月末应完成全年的{plain(share)}%（序时进度参数）"
    projected = digits(so_far * 100 / share)
    return projected, inputs, f"{plain(so_far)} ÷ {plain(share)}% = {plain(projected)}"


def _lending(figures: Figures) -> Outlook:
    """The year's lending, against the year before."""
    about = (LENDING, "全年发放额", LENT, "万元", BY_SHARE, figures.december)
    so_far, last_year = figures.part(LENT), figures.values.get((LENT, previous(figures.december, MONTHS)))
    if so_far is None or not figures.share:
        missing = "本年累计发放额" if so_far is None else "序时进度参数"
        return Outlook(*about, now=so_far, reason=f"没有{figures.period}的{missing}")
    projected, inputs, formula = _of_the_year(figures, so_far, "本年累计发放额")
    inputs += f"；对照上年全年发放额={'无' if last_year is None else plain(last_year)}"
    reason = "没有上年全年发放额可比" if last_year is None else ""
    return Outlook(*about, so_far, projected, last_year, inputs, formula, reason)


def _plan(figures: Figures) -> Outlook:
    """The year's lending of the banks that have a plan, against their plans."""
    about = (PLAN, "单列信贷计划", PLANNED, "万元", BY_SHARE, figures.december)
    so_far, planned = figures.parts.get(PLANNED, (None, None))
    if not planned or not figures.share:
        missing = "序时进度参数" if planned else "单列信贷计划（机构当年未报机制建设，或计划为零）"
        return Outlook(*about, now=so_far, reason=f"没有{figures.period}的{missing}")
    projected, inputs, formula = _of_the_year(figures, so_far, "有计划的机构本年累计发放额")
    inputs += f"；单列信贷计划合计={plain(planned)}"
    return Outlook(*about, so_far, projected, planned, inputs, formula)


def _target(figures: Figures, target: Held) -> Outlook:
    about = indicator(target.indicator)
    now = figures.values.get((target.indicator, figures.period))
    facts = {"item": target.code, "name": about.name, "indicator": about.code, "unit": about.unit, "now": now}
    facts |= {"document_no": target.document_no, "horizon": target.target_period, "method": BY_MONTH}
    if target.shape == "growth":
        facts |= {"method": COMPARED, "horizon": figures.period}
        return Outlook(**facts, against=target.level, reason=target.reason or "")
    if target.path == "seasonal":
        facts |= {"method": BY_SHARE, "horizon": figures.december}
    if target.reason:
        return Outlook(**facts, against=None if target.path == "seasonal" else target.goal, reason=target.reason)
    return _yearly_target(figures, target, facts) if target.path == "seasonal" else _carried_on(figures, target, facts)


def _yearly_target(figures: Figures, target: Held, facts: dict) -> Outlook:
    """A sum of the year against what this year's December asks."""
    projected, inputs, formula = _of_the_year(figures, facts["now"], indicator(target.indicator).name)
    passed, years = (int(end[:4]) - int(target.base_period[:4]) for end in (figures.december, target.target_period))
    against = digits(target.base + (target.goal - target.base) * passed / years)
    inputs += (
        f"；基期{target.base_period}={plain(target.base)}，目标期{target.target_period}={plain(target.goal)}，"
        f"逐年等量，{figures.december}应为{plain(against)}"
    )
    return Outlook(**facts, projected=projected, against=against, inputs=inputs, formula=formula)


def _carried_on(figures: Figures, target: Held, facts: dict) -> Outlook:
    """A level carried on to the target period by its mean monthly change over the last twelve months.

    A group's balance changes as its same banks did (G17), so that a member that joined is no pace.
    """
    ago, now = previous(figures.period, MONTHS), facts["now"]
    left = months_between(figures.period, target.target_period)
    growth = SAME_BANKS if SAME_BANKS in figures.parts else SAME_MEMBER
    if target.indicator == BALANCE:
        later, earlier = figures.part(growth), figures.whole(growth)
        what = "两期均报送的机构余额" if growth == SAME_BANKS else "余额"
    else:
        later, earlier, what = now, figures.values.get((target.indicator, ago)), indicator(target.indicator).name
    if later is None or earlier is None:
        return Outlook(**facts, against=target.goal, reason=f"没有{ago}的值可比，推算不出月均变动")
    change = later - earlier
    projected = digits(now + change * left / MONTHS)
    inputs = (
        f"本期值={plain(now)}；{what}{ago}={plain(earlier)}，{figures.period}={plain(later)}，12个月变动={plain(change)}；"
        f"距{target.target_period}还有{left}个月；目标={plain(target.goal)}"
    )
    sign = "−" if change < 0 else "+"
    formula = f"{plain(now)} {sign} {plain(abs(change))} ÷ {MONTHS} × {left} = {plain(projected)}"
    if target.shape == "coverage" and projected > 100:
        projected, formula = Decimal(100), f"{formula}，占比不超过100，取100"
    return Outlook(**facts, projected=projected, against=target.goal, inputs=inputs, formula=formula)
