"""Values of indicators, as far as the viewer's scope goes: alone, over time, and beside the peers'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

import pandas as pd

from contract.calendar import previous
from contract.errors import AccessDenied
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from metrics.indicators.catalogue import indicator
from metrics.queries.door import FIGURE, conditions, rows, told

TREND_MONTHS = 24
BUREAU_SCOPES = ("city", "bank", "bank_type", "district", "ip")
# What a role sees of others' sums beside its own entity.
OPEN_SCOPES = {"authority": ("city", "bank_type", "district", "ip"), "district": ("city",), "institution": ()}


def periods(viewer: Viewer, snapshot: Snapshot) -> list[str]:
    """Calendar months that have values, the latest first. They are no figures: every role may know them."""
    frame = rows(snapshot, "SELECT DISTINCT period FROM value ORDER BY period DESC")
    return frame["period"].tolist()


def reported(viewer: Viewer, snapshot: Snapshot) -> list[str]:
    """Months of which a report is in force, the latest first. They are no figures: every role may know them."""
    frame = rows(snapshot, "SELECT DISTINCT period FROM submission WHERE in_force ORDER BY period DESC")
    return frame["period"].tolist()


def reach(viewer: Viewer) -> tuple[tuple[str, ...], str | None]:
    """The scopes that a viewer sees whole, and the one entity that it sees beside them."""
    own = own_only(viewer, "figures")
    return (BUREAU_SCOPES if viewer.bureau else OPEN_SCOPES[viewer.role]), own


def refuse_others(viewer: Viewer, scopes: Sequence[str] | None, entities: Sequence[str] | None) -> None:
    """Raises AccessDenied where a scope or an entity is named that the viewer does not reach at all."""
    whole, own = reach(viewer)
    for scope in scopes or ():
        if scope in whole:
            continue
        if scope != viewer.own_scope or (entities and any(entity != own for entity in entities)):
            raise AccessDenied(f"{viewer.role_name}不能查看其他机构、地区或贷款种类的数据")


def values(
    viewer: Viewer,
    snapshot: Snapshot,
    period: str | None = None,
    indicators: Sequence[str] | None = None,
    scopes: Sequence[str] | None = None,
    entities: Sequence[str] | None = None,
    since: str | None = None,
) -> pd.DataFrame:
    """One row a period, scope, entity and indicator: part, whole, value in the indicator's unit; withheld.

    Where `withheld`, too few stand behind the figure for this viewer, and part, whole and value are absent.

    `period` alone, or all up to it from `since` on where that is given. Rows outside the viewer's scope are left out;
    a scope or entity asked for by name that is not the viewer's raises AccessDenied.
    """
    refuse_others(viewer, scopes, entities)
    whole, own = reach(viewer)
    where, parameters = conditions(
        period=None if since else period, indicator=indicators, scope=scopes, entity=entities
    )
    span = "AND period >= $since AND period <= $period" if since else ""
    if since:
        parameters |= {"since": since, "period": period or snapshot.last_period}
    return rows(
        snapshot,
        f"""
        SELECT period, scope, entity, indicator, {told(FIGURE)}, withheld
        FROM (
            SELECT value.*, NOT $bureau AND withheld.indicator IS NOT NULL AS withheld
            FROM value LEFT JOIN withheld USING (period, scope, entity, indicator)
        )
        {where or "WHERE true"} {span}
            AND (list_contains($open_scopes, scope) OR (scope = $own_scope AND entity = $own))
        ORDER BY period, scope, entity, indicator
        """,
        parameters | {"bureau": viewer.bureau, "open_scopes": list(whole), "own_scope": viewer.own_scope, "own": own},
    )


def not_computable(viewer: Viewer, snapshot: Snapshot, period: str, since: str) -> pd.DataFrame:
    """One row a period from `since` up to one, scope, entity and indicator of which the database could make nothing.

    As far as the viewer's scope goes.
    """
    whole, own = reach(viewer)
    return rows(
        snapshot,
        """
        SELECT period, scope, entity, indicator FROM not_computable
        WHERE period BETWEEN $since AND $period
            AND (list_contains($open_scopes, scope) OR (scope = $own_scope AND entity = $own))
        ORDER BY period, scope, entity, indicator
        """,
        {"since": since, "period": period, "open_scopes": list(whole), "own_scope": viewer.own_scope, "own": own},
    )


@dataclass(frozen=True)
class Cell:
    """Part, whole and value as a frame holds them (NaN for none)."""

    part: float = nan
    whole: float = nan
    value: float = nan
    withheld: bool = False

    @property
    def number(self) -> float | None:
        return None if isnan(self.value) else self.value


@dataclass(frozen=True)
class Headline:
    """One indicator of one entity at a period, with what it was; `trend` is (period, value) up to the period."""

    indicator: str
    scope: str
    entity: str
    period: str
    part: float | None
    whole: float | None
    value: float | None
    last_month: float | None
    last_year: float | None
    trend: tuple[tuple[str, float], ...]
    withheld: bool = False

    @property
    def cumulative(self) -> bool:
        """Whether the figure grows from January on, so that last month is nothing to compare with."""
        return indicator(self.indicator).name.startswith("本年")


def headlines(
    viewer: Viewer,
    snapshot: Snapshot,
    period: str,
    indicators: Sequence[str],
    scope: str,
    entity: str,
    months: int = TREND_MONTHS,
) -> tuple[Headline, ...]:
    """The indicators asked for, in that order, of one entity; those without a value among them."""
    frame = values(
        viewer, snapshot, period, indicators, scopes=(scope,), entities=(entity,), since=previous(period, months)
    )
    courses = {
        (code, at): Cell(*rest)
        for code, at, *rest in frame[["indicator", "period", "part", "whole", "value", "withheld"]].itertuples(
            index=False, name=None
        )
    }
    nothing = Cell()
    result = []
    for code in indicators:
        now = courses.get((code, period), nothing)
        trend = tuple(
            (at, cell.number) for (which, at), cell in courses.items() if which == code and cell.number is not None
        )
        before, year_before = (courses.get((code, previous(period, back)), nothing).number for back in (1, 12))
        result.append(
            Headline(
                code, scope, entity, period, now.part, now.whole, now.number, before, year_before, trend, now.withheld
            )
        )
    return tuple(result)
