"""Targets to 2027 as declared (`data/targets.csv`), in the three shapes that published plans use.

A growth not below a reference rate; full coverage; a multiple of a base. A target holds for one entity, or for each
member or group of its scope that has none of its own, from its effective date until its target period or the day on
which another takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from contract.calendar import period_bounds
from contract.declarations import code_lists, districts, read_rows
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from metrics.indicators.catalogue import Indicator, catalogue
from metrics.indicators.relations import CITY, SCOPES
from metrics.targets.reference_series import PERIOD, Series, all_series, value_of

COLUMNS = (
    "target", "indicator", "scope", "entity", "shape", "value", "series", "base_period", "target_period", "path",
    "effective_from", "effective_to", "document_no", "set_by", "note",
)  # fmt: skip
SHAPES = {"growth": "增速不低于参照", "coverage": "全覆盖", "multiple": "基期的倍数"}
# Where the line runs before the target period: on one level; from the base in equal monthly steps; from one year's sum
# to the next in equal yearly steps, and within a year by the months' declared shares (`lending_share_…`).
# flat: the same level throughout; straight: by equal steps from the base; seasonal: by year, within it by the pace due.
PATHS_OF = {"growth": ("flat",), "coverage": ("flat", "straight"), "multiple": ("straight", "seasonal")}
ALL = "all"
SUM_OF_THE_YEAR = "本年"  # how the catalogue names what grows from January on


@dataclass(frozen=True)
class Target:
    """One declared target; `value` is a rate or share in percent, or the multiple; `effective_to` is exclusive."""

    code: str
    indicator: str
    scope: str
    entity: str
    shape: str
    value: Decimal | None
    series: str
    base_period: str
    target_period: str
    path: str
    effective_from: date
    effective_to: date | None
    document_no: str
    set_by: str
    note: str

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and day < self.ends_on

    @property
    def ends_on(self) -> date:
        """The first day on which it holds no more."""
        last = period_bounds(self.target_period)[1]
        after = date.fromordinal(last.toordinal() + 1)
        return min(after, self.effective_to) if self.effective_to else after


def _entities(scope: str) -> frozenset[str] | None:
    """The codes that a scope can have by declaration; None for institutions, which the list names."""
    known: Mapping[str, Any] = {
        "city": (CITY,),
        "bank_type": code_lists()["peer_group"],
        "district": districts(),
        "ip": (*code_lists()["ip"], "mixed"),
    }
    return frozenset(known[scope]) if scope in known else None


def _day(text: str, field: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DeclarationError(f"{where}的{field}“{text}”应形如2026-01-01") from None


def _check_place(row: Mapping[str, str], indicators: Mapping[str, Indicator], where: str) -> Indicator:
    if row["indicator"] not in indicators:
        raise DeclarationError(f"{where}的指标“{row['indicator']}”不在指标目录中")
    declared = indicators[row["indicator"]]
    if row["scope"] not in SCOPES:
        raise DeclarationError(f"{where}的范围“{row['scope']}”应为{'、'.join(SCOPES)}之一")
    if row["scope"] not in declared.scopes:
        raise DeclarationError(
            f"{where}：指标{declared.code}没有范围“{row['scope']}”，应为{'、'.join(declared.scopes)}之一"
        )
    known, entity = _entities(row["scope"]), row["entity"]
    if entity == ALL and row["scope"] != "city":
        return declared
    if not entity or entity == ALL or (known is not None and entity not in known):
        raise DeclarationError(f"{where}：范围{row['scope']}没有对象“{entity}”")
    return declared


def _check_shape(
    row: Mapping[str, str], indicator: Indicator, series: Mapping[str, Series], where: str
) -> Decimal | None:
    """The target's number. Raises DeclarationError where shape, path, number, series and base do not fit together."""
    shape, path = row["shape"], row["path"]
    if shape not in SHAPES:
        raise DeclarationError(f"{where}的形式“{shape}”应为{'、'.join(SHAPES)}之一")
    if path not in PATHS_OF[shape]:
        raise DeclarationError(f"{where}：形式{shape}的路径应为{'、'.join(PATHS_OF[shape])}之一，现为“{path}”")
    if indicator.better == "lower":
        raise DeclarationError(f"{where}：指标{indicator.code}以低为好，不能设{SHAPES[shape]}的目标")
    if shape == "growth" and indicator.kind != "growth":
        raise DeclarationError(f"{where}：形式growth只用于增速指标，{indicator.code}（{indicator.name}）不是")
    if shape == "coverage" and indicator.unit != "%":
        raise DeclarationError(
            f"{where}：形式coverage只用于占比指标，{indicator.code}（{indicator.name}）的单位是{indicator.unit}"
        )
    if shape == "multiple" and indicator.kind != "plain":
        raise DeclarationError(f"{where}：形式multiple只用于规模指标，{indicator.code}（{indicator.name}）是比率")
    return _number(row, series, where)


def _number(row: Mapping[str, str], series: Mapping[str, Series], where: str) -> Decimal | None:
    """The declared number; None where the target names a reference series instead."""
    shape = row["shape"]
    if bool(row["series"]) == bool(row["value"]) or (row["series"] and shape != "growth"):
        raise DeclarationError(
            f"{where}须有数值（growth也可改写参照序列，二者取一），现为“{row['value']}”“{row['series']}”"
        )
    if row["series"]:
        if row["series"] not in series:
            raise DeclarationError(f"{where}的参照序列“{row['series']}”没有在series.csv中声明")
        if series[row["series"]].unit != "%" or series[row["series"]].basis == "registration":
            raise DeclarationError(f"{where}的参照序列“{row['series']}”应是以%计、非登记口径的增速")
        return None
    try:
        value = value_of(row["value"])
    except ValueError:
        raise DeclarationError(f"{where}的数值“{row['value']}”不是数") from None
    if (shape == "coverage" and not 0 < value <= 100) or (shape == "multiple" and value <= 0):
        raise DeclarationError(f"{where}的数值“{row['value']}”应大于0{'、不超过100' if shape == 'coverage' else ''}")
    return value


def _check_periods(row: Mapping[str, str], indicator: Indicator, where: str) -> None:
    base, end, path = row["base_period"], row["target_period"], row["path"]
    if not PERIOD.fullmatch(end):
        raise DeclarationError(f"{where}的目标期“{end}”应形如2027-12")
    if bool(base) == (path == "flat"):
        raise DeclarationError(f"{where}：路径{path}{'不用' if path == 'flat' else '须有'}基期，现为“{base}”")
    if not base:
        return
    if not PERIOD.fullmatch(base):
        raise DeclarationError(f"{where}的基期“{base}”应形如2025-06")
    if base >= end:
        raise DeclarationError(f"{where}的基期“{base}”应早于目标期“{end}”")
    of_the_year = indicator.name.startswith(SUM_OF_THE_YEAR)
    if of_the_year != (path == "seasonal"):
        raise DeclarationError(
            f"{where}：{indicator.code}（{indicator.name}）{'' if of_the_year else '不'}自年初累计，"
            f"路径{'应' if of_the_year else '不能'}为seasonal"
        )
    if path == "seasonal" and (base[5:], end[5:]) != ("12", "12"):
        raise DeclarationError(f"{where}：路径seasonal的基期、目标期应为12月，现为“{base}”“{end}”")


def _target(
    row: Mapping[str, str], indicators: Mapping[str, Indicator], series: Mapping[str, Series], where: str
) -> Target:
    declared = _check_place(row, indicators, where)
    value = _check_shape(row, declared, series, where)
    _check_periods(row, declared, where)
    effective_from = _day(row["effective_from"], "生效日", where)
    effective_to = _day(row["effective_to"], "失效日", where) if row["effective_to"] else None
    if effective_to and effective_to <= effective_from:
        raise DeclarationError(f"{where}的失效日“{effective_to}”应晚于生效日“{effective_from}”")
    if effective_from > period_bounds(row["target_period"])[1]:
        raise DeclarationError(f"{where}的生效日“{effective_from}”晚于目标期“{row['target_period']}”")
    for field, name in (("document_no", "文号"), ("set_by", "设定者")):
        if not row[field]:
            raise DeclarationError(f"{where}没有写{name}")
    kept = {name: row[name] for name in COLUMNS if name != "target"}
    return Target(
        row["target"], **kept | {"value": value, "effective_from": effective_from, "effective_to": effective_to}
    )


def read_targets(path: Path, indicators: Mapping[str, Indicator], series: Mapping[str, Series]) -> tuple[Target, ...]:
    """The targets of a declaration file, in declared order.

    Raises:
        DeclarationError: names file, row and value of what is unknown or does not fit together, and both of two
            targets that hold for the same entity and indicator on the same day.
    """
    by_code: dict[str, Target] = {}
    for number, row in enumerate(read_rows(path, *COLUMNS), start=2):
        where = f"{path.name}第{number}行"
        if not re.fullmatch(r"T\d{2,}", row["target"]) or row["target"] in by_code:
            raise DeclarationError(f"{where}的目标编号“{row['target']}”重复，或不是T加数字")
        by_code[row["target"]] = _target(row, indicators, series, where)
    for first, other in combinations(by_code.values(), 2):
        same = (first.indicator, first.scope, first.entity) == (other.indicator, other.scope, other.entity)
        if same and first.effective_from < other.ends_on and other.effective_from < first.ends_on:
            raise DeclarationError(
                f"{path.name}的目标{first.code}、{other.code}重叠：{first.indicator}、{first.scope}、{first.entity}"
                f"自{max(first.effective_from, other.effective_from)}起有两个目标，须给前者写失效日"
            )
    return tuple(by_code.values())


@cache
def targets() -> tuple[Target, ...]:
    """The targets of `data/targets.csv`."""
    return read_targets(DECLARATIONS / "targets.csv", catalogue(), all_series())
