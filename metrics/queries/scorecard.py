"""One member's scorecard beside the round before, and how the scores of all its peers lie."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from etl.calendar import is_quarter_end, period_bounds, previous
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.evaluation import scores
from metrics.queries.policy import policy_on
from metrics.snapshot import Snapshot
from metrics.viewer import Viewer

QUARTER = 3  # months from round to round


@dataclass(frozen=True)
class Spread:
    """How totals of one kind lie in a period, in points; absent where nobody is scored."""

    scored: int
    unscored: int
    median: float | None
    lowest: float | None
    highest: float | None


def previous_round(period: str) -> str:
    """The latest round before a period."""
    back = int(period[5:]) % QUARTER
    return previous(period, QUARTER if is_quarter_end(period) else back)


def spread(viewer: Viewer, snapshot: Snapshot, period: str, kind: str) -> Spread:
    """Number of members scored and not, and median, lowest and highest total."""
    where, parameters = conditions(subject=held_to_own(viewer, "scores", None), period=period, kind=kind)
    frame = rows(
        snapshot,
        f"""
        SELECT count(total) AS scored, count(*) - count(total) AS unscored, median(total) AS median,
            min(total) AS lowest, max(total) AS highest
        FROM score {where}
        """,
        parameters,
    )
    found = frame.astype(object).where(frame.notna(), None).iloc[0]
    return Spread(int(found["scored"]), int(found["unscored"]), found["median"], found["lowest"], found["highest"])


def ranking(viewer: Viewer, snapshot: Snapshot, period: str, kind: str) -> pd.DataFrame:
    """One row a member of a kind, the best first, the unscored last: as `scores`, and what the round before gave.

    total_before: the total of the round before, absent where there was none; moved: the difference in points.
    A group of fewer than `peers_range_below` has no rank and percentile of its own; few_peers marks one of fewer than
    `peers_marked_below`.
    """
    now = scores(viewer, snapshot, periods=[period], kind=kind)
    before = scores(viewer, snapshot, periods=[previous_round(period)], kind=kind)
    totals = dict(zip(before["subject"], before["total"], strict=True))
    now["total_before"] = now["subject"].map(totals).astype(float)
    now["total"] = now["total"].astype(float)
    now["moved"] = (now["total"] - now["total_before"]).round(2)
    policy = policy_on(viewer, snapshot, period_bounds(period)[1])
    peers = now["group_peers"].astype(float)  # absent where not scored, so below nothing
    now["few_peers"] = peers < int(policy["peers_marked_below"])
    too_few = peers < int(policy["peers_range_below"])
    now.loc[too_few, ["group_rank", "group_percentile"]] = None
    return now


def scorecard(viewer: Viewer, snapshot: Snapshot, period: str, subject: str) -> pd.DataFrame:
    """One row an item of a member's scorecard, in declared order, beside the same item in the round before.

    name, unit, source (the indicator's code), theme, value, whole, min_whole, floor, full, weight, effective_weight,
    item_score (0…100), points (effective weight × score ÷ 100), applicable, reason; value_before, score_before,
    points_before and moved (points) against the round before, all absent where the member was not scored then.
    """
    own = held_to_own(viewer, "scores", subject)
    return rows(
        snapshot,
        """
        WITH item AS (
            SELECT score_item.*, effective_weight * coalesce(item_score, 0) / 100 AS points
            FROM score_item WHERE subject = $subject AND period IN ($period, $before)
        ),
        card AS (
            SELECT scorecard.*, scorecard.rowid AS place FROM scorecard
            JOIN period ON period.period = $period
            WHERE effective_from <= last_day AND (effective_to IS NULL OR last_day < effective_to)
        )
        SELECT now.theme, now.item, card.name, card.unit, card.source, card.min_whole, now.value, now.whole, now.floor,
            now."full", now.weight, now.effective_weight, now.item_score, now.points, now.applicable, now.reason,
            before.value AS value_before, before.item_score AS score_before, before.points AS points_before,
            now.points - before.points AS moved
        FROM (SELECT * FROM item WHERE period = $period) AS now
        JOIN score ON score.subject = now.subject AND score.period = now.period
        JOIN card ON card.item = now.item AND card.kind = score.kind
        LEFT JOIN item AS before ON before.period = $before AND before.item = now.item
        ORDER BY card.place
        """,
        {"subject": own, "period": period, "before": previous_round(period)},
    )


def movements(viewer: Viewer, snapshot: Snapshot, period: str, subject: str) -> pd.DataFrame:
    """One row a cause of the difference of total from the round before: items, bonus, deduction; the largest first.

    name, moved (points). Empty where the member was not scored in both. Totals are held within 0…100 and rounded, so
    the causes may differ from the difference of totals by that.
    """
    own = held_to_own(viewer, "scores", subject)
    pair = scores(viewer, snapshot, periods=[previous_round(period), period], subject=own)
    if len(pair) < 2 or pair["total"].isna().any():
        return pd.DataFrame({"name": [], "moved": []})
    items = scorecard(viewer, snapshot, period, own)[["name", "moved"]]
    bonus, deduction = (pair[name].astype(float).diff().iloc[-1] for name in ("bonus", "deduction"))
    beside = pd.DataFrame({"name": ["加分", "扣分"], "moved": [bonus, -deduction]})
    causes = pd.concat([items, beside], ignore_index=True)
    causes["moved"] = causes["moved"].astype(float).round(2)
    causes = causes[causes["moved"].fillna(0) != 0]
    return causes.sort_values("moved", key=abs, ascending=False, ignore_index=True)
