"""Members side by side: all in one table, one among its peers, and what each contributes to a change of the sum."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from contract.calendar import previous
from contract.errors import AccessDenied
from contract.viewer import Viewer, may_see, own_only
from etl.snapshot.opened import Snapshot
from metrics.indicators.catalogue import indicator
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.evaluation.disclosed import open_scores
from metrics.queries.figures.values import values
from metrics.queries.members.roster import members

COURSE_MONTHS = 12
FEWEST_PEERS = 3  # a distribution over fewer would tell one member another's figure
SIGN = {"higher": 1, "lower": -1, "neutral": 0}

# Peers are the members on the list in the period that have a value, each in the group it had then.
PEERS = """
    WITH asked AS (SELECT unnest($indicators) AS indicator, unnest($signs) AS sign),
    bound AS (
        SELECT CAST(max(value) FILTER (name = 'peers_marked_below') AS INTEGER) AS marked_below,
            CAST(max(value) FILTER (name = 'peers_range_below') AS INTEGER) AS range_below,
            CAST(max(value) FILTER (name = 'trimmed_mean_from') AS INTEGER) AS trimmed_from
        FROM parameter JOIN period ON period.period = $period
        WHERE effective_from <= last_day AND (effective_to IS NULL OR last_day < effective_to)
    ),
    cell AS (
        SELECT value.indicator, value.entity, value.value, asked.sign, expected.member_group
        FROM value JOIN asked USING (indicator)
        JOIN expected ON expected.submitter = value.entity AND expected.period = value.period
        ANTI JOIN (SELECT * FROM withheld WHERE NOT $bureau) AS hidden
            ON (hidden.period, hidden.scope, hidden.entity, hidden.indicator)
            = (value.period, value.scope, value.entity, value.indicator)
        WHERE value.period = $period AND value.scope = $scope AND value.value IS NOT NULL
    ),
    placed AS (
        SELECT *,
            count(*) OVER everyone AS peers, count(*) OVER its_group AS group_peers,
            rank() OVER (PARTITION BY indicator ORDER BY value * sign DESC) AS rank,
            rank() OVER (PARTITION BY indicator, member_group ORDER BY value * sign DESC) AS group_rank,
            100 * (rank() OVER (PARTITION BY indicator ORDER BY value * sign)
                + (count(*) OVER (PARTITION BY indicator, value) - 1) / 2) / count(*) OVER everyone AS percentile,
            100 * (rank() OVER (PARTITION BY indicator, member_group ORDER BY value * sign)
                + (count(*) OVER (PARTITION BY indicator, member_group, value) - 1) / 2)
                / count(*) OVER its_group AS group_percentile,
            row_number() OVER (PARTITION BY indicator ORDER BY value) AS place,
            row_number() OVER (PARTITION BY indicator, member_group ORDER BY value) AS group_place,
            min(value) OVER its_group AS group_lowest, median(value) OVER its_group AS group_median,
            max(value) OVER its_group AS group_highest, median(value) OVER everyone AS median
        FROM cell
        WINDOW everyone AS (PARTITION BY indicator), its_group AS (PARTITION BY indicator, member_group)
    ),
    trimmed AS (
        SELECT *,
            CASE WHEN peers >= trimmed_from THEN favg(value) FILTER (
                place > peers // trimmed_from AND place <= peers - peers // trimmed_from
            ) OVER (PARTITION BY indicator) END AS trimmed_mean,
            CASE WHEN group_peers >= trimmed_from THEN favg(value) FILTER (
                group_place > group_peers // trimmed_from AND group_place <= group_peers - group_peers // trimmed_from
            ) OVER (PARTITION BY indicator, member_group) END AS group_trimmed_mean
        FROM placed, bound
    )
    SELECT indicator, value, sign <> 0 AS ranked, peers, group_peers, rank, group_rank, percentile, group_percentile,
        median, trimmed_mean, group_lowest, group_median, group_highest, group_trimmed_mean,
        peers < marked_below AS small, peers < range_below AS range_only,
        group_peers < marked_below AS group_small, group_peers < range_below AS group_range_only
    FROM trimmed WHERE entity = $entity
    ORDER BY list_position($indicators, indicator)
"""


def standings(viewer: Viewer, snapshot: Snapshot, period: str, kind: str, indicators: Sequence[str]) -> pd.DataFrame:
    """One row a member that the viewer may know by name: its state, its group then, score, a column an indicator, and
    `course`.

    `course` is the first indicator's value over the last 12 periods; `score` is absent for 未评 and for viewers whom
    scores are not open to.
    """
    known = members(viewer, snapshot, kind=kind)
    if known.empty:
        return known.assign(score=None, course=None, **dict.fromkeys(indicators))
    span = previous(period, COURSE_MONTHS - 1)
    figures = values(viewer, snapshot, period, indicators, scopes=(kind,), since=span)
    now = figures[figures["period"] == period].pivot(index="entity", columns="indicator", values="value")
    course = figures[figures["indicator"] == indicators[0]].groupby("entity")["value"].agg(list).rename("course")
    table = known.set_index("code").join(now.reindex(columns=list(indicators))).join(course)
    table["member_group"] = _groups_then(snapshot, period).reindex(table.index).fillna(table["member_group"])
    table["score"] = scored(viewer, snapshot, period, kind) if may_see(viewer, "scores") else None
    return table.reset_index().sort_values(indicators[0], ascending=False, na_position="last", ignore_index=True)


def _groups_then(snapshot: Snapshot, period: str) -> pd.Series:
    """Member → its group at a period, of those on the list then."""
    sql = "SELECT submitter, member_group FROM expected WHERE period = $period"
    return rows(snapshot, sql, {"period": period}).set_index("submitter")["member_group"]


def scored(viewer: Viewer, snapshot: Snapshot, period: str, kind: str) -> pd.Series:
    """Member → total at a period, of those that are open to the viewer."""
    where, parameters = conditions(period=period, kind=kind, subject=held_to_own(viewer, "scores", None))
    sql = f"SELECT subject, CAST(total AS DOUBLE) AS total FROM {open_scores(viewer, 'score')} {where}"
    return rows(snapshot, sql, parameters).set_index("subject")["total"]


def peers(
    viewer: Viewer, snapshot: Snapshot, period: str, indicators: Sequence[str], scope: str, entity: str
) -> pd.DataFrame:
    """One row an indicator: a member's value, rank and percentile among all and in its group, and the group's range.

    Percentile: 100 × mean rank from the worst / number, itself and ties included. Of an indicator without a better
    direction rank and percentile mean nothing (`ranked` is false). `trimmed_mean`: from 20 peers the mean without the
    ⌊n/20⌋ lowest and highest, absent where there are fewer. `small` marks few peers, of so few that they are
    `range_only` size and range alone are to be shown; all three numbers are policy parameters. No other member is
    named. For a viewer outside the Bureau a group of fewer than 3 has no range, and what is withheld from it counts
    nowhere: its own figure, where that is withheld, has no row.

    Raises:
        AccessDenied: another's place.
    """
    own = own_only(viewer, "peers")
    if own is not None and (scope, entity) != (viewer.own_scope, own):
        raise AccessDenied(f"{viewer.role_name}只能查看自身在同组中的位置")
    declared = [code for code in indicators if scope in indicator(code).scopes]
    signs = [SIGN[indicator(code).better] for code in declared]
    frame = rows(
        snapshot,
        PEERS,
        {"indicators": declared, "signs": signs, "period": period, "scope": scope, "entity": entity}
        | {"bureau": viewer.bureau},
    )
    if not viewer.bureau:
        frame.loc[frame["group_peers"] < FEWEST_PEERS, ["group_lowest", "group_median", "group_highest"]] = float("nan")
        frame.loc[frame["peers"] < FEWEST_PEERS, "median"] = float("nan")
    return frame


def contributions(viewer: Viewer, snapshot: Snapshot, period: str, code: str = "G01", months: int = 1) -> pd.DataFrame:
    """One row a bank: before, after, change of a sum, and `points`, its share in the sum's growth (percentage points).

    A bank that has no value in one of the two periods counts as 0 there, as the sum does; `both` says it has both.
    The Bureau's alone.
    """
    own_only(viewer, "movement")
    return rows(
        snapshot,
        """
        WITH cell AS (
            SELECT entity, max(part) FILTER (period = $period) AS after, max(part) FILTER (period = $before) AS before
            FROM value
            WHERE scope = 'bank' AND indicator = $indicator AND period IN ($period, $before)
            GROUP BY entity
        ), total AS (
            SELECT part FROM value
            WHERE scope = 'city' AND indicator = $indicator AND period = $before
        )
        SELECT entity AS code, member.short_name, CAST(before AS DOUBLE) AS before, CAST(after AS DOUBLE) AS after,
            CAST(coalesce(after, 0) - coalesce(before, 0) AS DOUBLE) AS change,
            100 * change / nullif(CAST((SELECT part FROM total) AS DOUBLE), 0) AS points,
            before IS NOT NULL AND after IS NOT NULL AS both
        FROM cell JOIN member ON member.code = cell.entity
        ORDER BY change DESC, code
        """,
        {"period": period, "before": previous(period, months), "indicator": code},
    )
