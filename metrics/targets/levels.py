"""The snapshot's step for targets: each target as a line over the periods, and where its figure stands against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb

from contract.calendar import period_bounds, previous
from contract.widths import ROOMY
from contract.wording import NOT_COMPUTABLE
from etl.warehouse.tables import insert
from metrics.indicators.relations import CITY
from metrics.targets.declared import ALL, Target, targets
from metrics.targets.reference_series import all_series

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

LAST_DIGIT = Decimal("0.000001")
Place = tuple[str, str, str]  # scope, entity, indicator

TABLE = """
    CREATE OR REPLACE TABLE target (
        target TEXT, period TEXT, scope TEXT, entity TEXT, indicator TEXT, shape TEXT, level DOUBLE, value DOUBLE,
        progress DOUBLE, met BOOLEAN, gap DOUBLE, goal DOUBLE, base DOUBLE, series TEXT, series_period TEXT,
        reason TEXT, path TEXT, base_period TEXT, target_period TEXT, effective_from DATE, document_no TEXT,
        set_by TEXT, note TEXT, PRIMARY KEY (target, period, scope, entity)
    )
"""
# Whom a target for all of a scope holds for: members on the list in the period, and groups that have any.
ENTITIES = f"""
    SELECT period, 'city' AS scope, '{CITY}' AS entity FROM period
    UNION SELECT period, kind, submitter FROM expected
    UNION SELECT period, 'bank_type', member_group FROM expected WHERE kind = 'bank'
    UNION SELECT period, 'ip', entity FROM value WHERE scope = 'ip'
"""
VALUES = (
    "SELECT period, scope, entity, indicator, value FROM value WHERE value IS NOT NULL AND list_contains(?, indicator)"
)
SHARES = """
    SELECT period, s.value FROM period JOIN parameter s
        ON s.name = 'lending_share_' || right(period, 2)
        AND s.effective_from <= last_day AND (s.effective_to IS NULL OR last_day < s.effective_to)
"""
STOPPED = "SELECT period, scope, entity, indicator FROM not_computable"
SERIES = "SELECT series, period, value FROM reference_series WHERE replaced_on IS NULL"


@dataclass(frozen=True)
class Level:
    """Where a target's line stands at a period and where it ends, in the indicator's unit; or why nowhere."""

    level: Decimal | None = None
    goal: Decimal | None = None
    base: Decimal | None = None
    series_period: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Course:
    """What lines are drawn from: figures by period and place, each month's share of a year, reference series."""

    values: Mapping[str, Mapping[Place, Decimal]]
    shares: Mapping[str, Decimal]
    series: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    stopped: frozenset[tuple[str, Place]] = frozenset()  # figures that are not computable, by period and place

    def value(self, period: str, place: Place) -> Decimal | None:
        return self.values.get(period, {}).get(place)


def months_between(first: str, last: str) -> int:
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])


def level_of(target: Target, period: str, place: Place, course: Course) -> Level:
    """A target's line at a period, for one place that it holds for."""
    if target.shape == "growth":
        return _rate(target, period, course)
    if target.path == "flat":
        return Level(target.value, target.value)
    base = course.value(target.base_period, place)
    if base is None:
        return Level(reason=f"基期{target.base_period}没有值")
    if target.shape == "multiple" and base <= 0:
        return Level(base=base, reason=f"基期{target.base_period}的值为零，没有倍数可言")
    goal = target.value * base if target.shape == "multiple" else target.value
    if period < target.base_period:
        return Level(goal=goal, base=base, reason=f"尚未到基期{target.base_period}")
    if target.path == "seasonal":
        return _within_the_year(target, period, base, goal, course)
    passed, all_of_them = (months_between(target.base_period, end) for end in (period, target.target_period))
    return Level(base + (goal - base) * passed / all_of_them, goal, base)


def _rate(target: Target, period: str, course: Course) -> Level:
    """A rate as given, or the reference series' latest: it holds until the value after the next is due."""
    if not target.series:
        return Level(target.value, target.value)
    series, known = all_series()[target.series], course.series.get(target.series, {})
    for back in range(2 * series.months):
        at = previous(period, back)
        if at in known:
            return Level(known[at], known[at], series_period=at)
    return Level(reason=f"参照序列“{series.name}”没有{previous(period, 2 * series.months - 1)}至{period}的值，待登记")


def _within_the_year(target: Target, period: str, base: Decimal, goal: Decimal, course: Course) -> Level:
    share = course.shares.get(period)
    if not share:
        return Level(goal=goal, base=base, reason=f"没有{period}的序时进度参数，或为零")
    passed, all_of_them = (int(end[:4]) - int(target.base_period[:4]) for end in (period, target.target_period))
    return Level((base + (goal - base) * passed / all_of_them) * share / 100, goal, base)


def holding(declared: Iterable[Target], entities: Mapping[str, Iterable[tuple[str, str]]]) -> list[tuple]:
    """`(target, period, entity)` for whom each holds when: an entity's own target goes before one for all."""
    declared = list(declared)
    held = []
    for period, places in entities.items():
        day = period_bounds(period)[1]
        current = [target for target in declared if target.holds_on(day)]
        own = {(target.indicator, target.scope, target.entity) for target in current}
        for target in current:
            held += [
                (target, period, entity)
                for scope, entity in places
                if scope == target.scope
                and (entity == target.entity or (target.entity == ALL and (target.indicator, scope, entity) not in own))
            ]
    return held


def rounded(number: Decimal | None) -> float | None:
    return None if number is None else float(number.quantize(LAST_DIGIT, context=ROOMY))


def _row(target: Target, period: str, entity: str, course: Course) -> tuple:
    place = (target.scope, entity, target.indicator)
    line, value = level_of(target, period, place, course), course.value(period, place)
    why_none = f"本期{NOT_COMPUTABLE if (period, place) in course.stopped else '没有值'}"
    reason = line.reason or (why_none if value is None else None)
    both = line.level is not None and value is not None
    # A rate is reached or not; there is no part of the way to it.
    counts = value is not None and target.shape != "growth" and line.goal is not None and line.goal > 0
    progress = value / line.goal * 100 if counts else None
    stands = (
        rounded(line.level), rounded(value), rounded(progress), value >= line.level if both else None,
        rounded(value - line.level) if both else None, rounded(line.goal), rounded(line.base),
    )  # fmt: skip
    declared = (
        target.path, target.base_period or None, target.target_period, target.effective_from, target.document_no,
        target.set_by, target.note,
    )  # fmt: skip
    where = (target.code, period, target.scope, entity, target.indicator, target.shape)
    return (*where, *stands, target.series or None, line.series_period, reason, *declared)


def course_of(connection: duckdb.DuckDBPyConnection, indicators: Iterable[str]) -> Course:
    """What the lines of targets of these indicators are drawn from, of a snapshot."""
    values: dict[str, dict[Place, Decimal]] = {}
    for period, scope, entity, code, value in connection.execute(VALUES, [sorted(set(indicators))]).fetchall():
        values.setdefault(period, {})[scope, entity, code] = Decimal(repr(value))
    series: dict[str, dict[str, Decimal]] = {}
    for code, period, value in connection.execute(SERIES).fetchall():
        series.setdefault(code, {})[period] = value
    stopped = {(row[0], row[1:]) for row in connection.execute(STOPPED).fetchall()}
    return Course(values, dict(connection.execute(SHARES).fetchall()), series, frozenset(stopped))


def add_targets(connection: duckdb.DuckDBPyConnection, declared: Iterable[Target]) -> None:
    """Adds `target`: a row a target, period and entity that it holds for.

    `level` is the line at the period, `goal` where it ends, `gap` the value less the level (in the indicator's unit,
    percentage points for %), `progress` value ÷ goal in percent (of a growth rate none); `reason` says why
    one is missing.
    """
    declared = list(declared)
    connection.execute(TABLE)
    entities: dict[str, list[tuple[str, str]]] = {}
    for period, scope, entity in connection.execute(f"{ENTITIES} ORDER BY ALL").fetchall():
        entities.setdefault(period, []).append((scope, entity))
    course = course_of(connection, (target.indicator for target in declared))
    insert(connection, "target", [_row(*held, course) for held in holding(declared, entities)])


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """The declared step (`data/snapshot.csv`); see `etl.snapshot.context.BuildContext`. `reference_series` is there."""
    add_targets(connection, targets())
