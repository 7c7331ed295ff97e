"""Members and groups side by side by indicators of a task: value, place, the group's and the city's, target."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from contract.calendar import previous
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from metrics.indicators.catalogue import indicator
from metrics.queries.door import rows
from metrics.queries.figures.comparison import SIGN
from metrics.queries.tasks.reach import SCOPES, refuse

BY = ("bank", "bank_type", "district")

# Grain: an entity of the scope and an indicator. Places are among the members on the list in the period that have a
# value that the viewer may see; without a better direction there are none. `small`: fewer
# behind it than the scorecard asks for. A bank's group is the sum over the banks of its type.
STANDING = """
    WITH asked AS (SELECT unnest($indicators) AS indicator, unnest($signs) AS sign),
    listed AS (SELECT submitter AS entity, member_group FROM expected WHERE period = $period AND kind = $scope),
    cell AS (
        SELECT value.*, asked.sign, NOT $bureau AND withheld.indicator IS NOT NULL AS hidden,
            value.period = $period AS is_now
        FROM value
        JOIN asked ON asked.indicator = value.indicator
        LEFT JOIN withheld ON (withheld.period, withheld.scope, withheld.entity, withheld.indicator)
            = (value.period, value.scope, value.entity, value.indicator)
        WHERE list_contains([$period, $month, $year], value.period)
    ),
    told AS (
        SELECT indicator, entity,
            any_value(value) FILTER (is_now AND NOT hidden) AS value,
            any_value(whole) FILTER (is_now AND NOT hidden) AS whole,
            coalesce(bool_or(hidden) FILTER (is_now), false) AS withheld,
            any_value(value) FILTER (period = $month AND NOT hidden) AS last_month,
            any_value(value) FILTER (period = $year AND NOT hidden) AS last_year
        FROM cell WHERE scope = $scope GROUP BY ALL
    ),
    place AS (
        SELECT indicator, cell.entity, rank() OVER better AS rank, count(*) OVER (PARTITION BY indicator) AS peers
        FROM cell JOIN listed ON listed.entity = cell.entity
        WHERE scope = $scope AND is_now AND NOT hidden AND value IS NOT NULL AND sign <> 0
        WINDOW better AS (PARTITION BY indicator ORDER BY value * sign DESC)
    ),
    sums AS (SELECT scope, entity, indicator, value FROM cell WHERE is_now AND NOT hidden),
    least AS (
        SELECT item, min_whole FROM scorecard JOIN period ON period.period = $period
        WHERE kind = $scope AND effective_from <= last_day AND (effective_to IS NULL OR last_day < effective_to)
    ),
    goal AS (
        SELECT entity, indicator, min(level) AS level, bool_and(met) AS met FROM target
        WHERE period = $period AND scope = $scope GROUP BY ALL
    ),
    subject AS (
        SELECT entity, member_group, true AS listed FROM listed
        UNION ALL
        SELECT DISTINCT entity, NULL, false FROM told
        WHERE (value IS NOT NULL OR withheld) AND entity NOT IN (SELECT entity FROM listed)
    )
    SELECT asked.indicator, asked.sign, subject.entity, subject.member_group, subject.listed,
        coalesce(member.short_name, district_unit.short_name, '') AS name,
        told.value, coalesce(told.withheld, false) AS withheld, place.rank, place.peers,
        told.last_month, told.last_year, CASE WHEN NOT told.withheld THEN goal.level END AS level,
        CASE WHEN NOT told.withheld THEN goal.met END AS met, city.value AS city_value, peer.value AS group_value,
        coalesce(told.whole < least.min_whole, false) AS small
    FROM asked CROSS JOIN subject
    LEFT JOIN told ON told.indicator = asked.indicator AND told.entity = subject.entity
    LEFT JOIN place ON place.indicator = asked.indicator AND place.entity = subject.entity
    LEFT JOIN goal ON goal.indicator = asked.indicator AND goal.entity = subject.entity
    LEFT JOIN least ON least.item = asked.indicator
    LEFT JOIN sums AS city ON city.indicator = asked.indicator AND city.scope = 'city'
    LEFT JOIN sums AS peer ON peer.indicator = asked.indicator AND peer.scope = 'bank_type'
        AND $scope = 'bank' AND peer.entity = subject.member_group
    LEFT JOIN member ON member.code = subject.entity
    LEFT JOIN district_unit ON district_unit.code = subject.entity
    WHERE $own IS NULL OR subject.entity = $own
    ORDER BY list_position($indicators, asked.indicator), place.rank, told.value DESC NULLS LAST, subject.entity
"""


def ways(viewer: Viewer, code: str) -> tuple[str, ...]:
    """By what an indicator can be laid out side by side before this viewer: banks, groups of banks, districts."""
    reached = (*SCOPES[viewer.role], viewer.own_scope)
    return tuple(scope for scope in BY if scope in indicator(code).scopes and scope in reached)


def standing(viewer: Viewer, snapshot: Snapshot, period: str, indicators: Sequence[str], by: str) -> pd.DataFrame:
    """One row an indicator and member of the list, group or other unit with a value: `indicator, entity, name,
    member_group, listed, value, withheld, rank, peers, last_month, last_year, level, met, city_value, group_value,
    small, sign`; in the indicator's unit.

    Who is bound to one member reads its own row alone, with its place among all. Indicators that have not the scope
    `by` are left out.

    Raises:
        AccessDenied: a scope that is not the viewer's.
    """
    own = own_only(viewer, "figures")
    if by not in SCOPES[viewer.role]:
        refuse(viewer, by, own or "")
    codes = [code for code in indicators if by in indicator(code).scopes]
    return rows(
        snapshot,
        STANDING,
        {"indicators": codes, "signs": [SIGN[indicator(code).better] for code in codes], "period": period, "scope": by}
        | {"month": previous(period), "year": previous(period, 12), "bureau": viewer.bureau}
        | {"own": own if by == viewer.own_scope else None},
    )
