"""One member's scorecard beside the round before, and how the scores of all its peers lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from contract.calendar import is_quarter_end, period_bounds, previous
from contract.errors import AccessDenied
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from metrics.evaluation.scorecards import QUALITATIVE
from metrics.evaluation.scores import half_up, scaled
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.evaluation.disclosed import open_scores
from metrics.queries.evaluation.policy import policy_on
from metrics.queries.evaluation.scores import scores
from metrics.queries.figures.comparison import FEWEST_PEERS

QUARTER = 3  # months from round to round
POINT_PLACES = 4  # decimals of points of an item, as of its score


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
    """Number of members scored and not, and median, lowest and highest total.

    A member is told so of its peers, of rounds disclosed to it alone: of fewer than 3 the number only, of fewer than
    `peers_range_below` no median.
    Raises AccessDenied where it asks for the other kind.
    """
    own = own_only(viewer, "scores")
    if own is not None and kind != viewer.own_scope:
        raise AccessDenied(f"{viewer.role_name}只能查看同类成员的得分分布")
    where, parameters = conditions(period=period, kind=kind)
    frame = rows(
        snapshot,
        f"""
        SELECT count(total) AS scored, count(*) - count(total) AS unscored, median(total) AS median,
            min(total) AS lowest, max(total) AS highest
        FROM {open_scores(viewer, "score")} {where}
        """,
        parameters,
    )
    if (
        own is not None
        and frame["scored"].iloc[0] < policy_on(viewer, snapshot, period_bounds(period)[1])["peers_range_below"]
    ):
        few = frame["scored"].iloc[0] < FEWEST_PEERS
        frame[["median", "lowest", "highest"] if few else ["median"]] = None
    row = frame.astype(object).where(frame.notna(), None).iloc[0]
    return Spread(int(row["scored"]), int(row["unscored"]), row["median"], row["lowest"], row["highest"])


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
    points_before and moved (points) against the round before, all absent where the member was not scored then;
    unit_more: the points that one unit more of the value would bring (one less where lower is better);
    self_value, self_score as the member assessed itself; computed_value, computed_score where another value was entered
    upon an objection and counts; document_no, effective_from: by which document the card's numbers hold, since when.
    """
    own = held_to_own(viewer, "scores", subject)
    frame = rows(
        snapshot,
        f"""
        WITH item AS (
            SELECT *, effective_weight * coalesce(item_score, 0) / 100 AS points
            FROM {open_scores(viewer, "score_item")} WHERE subject = $subject AND period IN ($period, $before)
        ),
        card AS (
            SELECT scorecard.*, scorecard.rowid AS place FROM scorecard
            JOIN period ON period.period = $period
            WHERE effective_from <= last_day AND (effective_to IS NULL OR last_day < effective_to)
        )
        SELECT now.theme, now.item, card.name, card.unit, card.source, card.min_whole, now.value, now.whole, now.floor,
            now."full", now.weight, now.effective_weight, now.item_score, now.points, now.applicable, now.reason,
            before.value AS value_before, before.item_score AS score_before, before.points AS points_before,
            now.points - before.points AS moved, said.value AS self_value, said.score AS self_score,
            override.computed_value, override.computed_score, card.document_no, card.effective_from
        FROM (SELECT * FROM item WHERE period = $period) AS now
        JOIN score ON score.subject = now.subject AND score.period = now.period
        JOIN card ON card.item = now.item AND card.kind = score.kind
        LEFT JOIN item AS before ON before.period = $before AND before.item = now.item
        LEFT JOIN self_assessment AS said
            ON said.period = now.period AND said.subject = now.subject AND said.item = now.item
        LEFT JOIN score_override AS override
            ON override.period = now.period AND override.subject = now.subject AND override.item = now.item
        ORDER BY card.place
        """,
        {"subject": own, "period": period, "before": previous_round(period)},
    )
    frame["unit_more"] = [unit_more(item) for item in frame.to_dict("records")]
    return frame


def unit_more(item: Mapping) -> float | None:
    """Points that one unit towards full would add: nothing at full, less than a unit's worth near it.

    From the value and effective weight as stored; none for an item that does not apply, or whose score a rule sets.
    Other items, bonus, deductions and the limits of the total stay as they are.
    """
    value, floor, full = (_exact(item[name]) for name in ("value", "floor", "full"))
    if value is None or not item["applicable"]:
        return None
    step = 1 if full > floor else -1
    gained = scaled(value + step, floor, full) - scaled(value, floor, full)
    return float(half_up(_exact(item["effective_weight"]) * gained / 100, POINT_PLACES))


def _exact(number: float | Decimal | None) -> Fraction | None:
    """A stored number as the engine takes it: a double by its shortest decimal."""
    return None if number is None or number != number else Fraction(Decimal(str(number)))


def themes(items: pd.DataFrame) -> pd.DataFrame:
    """One row a theme of a `scorecard`, in its order: weight (points to be had), points, score (0…100), moved.

    weight: the effective weights of its items; a theme without an item that applies has no score. moved is against the
    round before, absent where no item was scored then.
    """
    sums = items.assign(weight=items["effective_weight"]).groupby("theme", sort=False)
    totals = sums[["weight", "points", "points_before"]].sum(min_count=1).astype(float).reset_index()
    totals["score"] = (100 * totals["points"] / totals["weight"].where(totals["weight"] > 0)).round(2)
    totals["moved"] = (totals["points"] - totals["points_before"]).round(POINT_PLACES)
    return totals.drop(columns="points_before").round({"weight": POINT_PLACES, "points": POINT_PLACES})


def qualitative_items(viewer: Viewer, snapshot: Snapshot, period: str, subject: str) -> dict[str, str]:
    """Code → name of the items that an analyst scores, on the scorecard of a member on the list in a period."""
    own = held_to_own(viewer, "scores", subject)
    frame = rows(
        snapshot,
        """
        SELECT scorecard.item, scorecard.name
        FROM expected
        JOIN period ON period.period = expected.period
        JOIN scorecard
            ON scorecard.kind = expected.kind AND effective_from <= last_day
            AND (effective_to IS NULL OR last_day < effective_to)
        WHERE expected.submitter = $subject AND expected.period = $period AND source = $source
        ORDER BY scorecard.rowid
        """,
        {"subject": own, "period": period, "source": QUALITATIVE},
    )
    return dict(zip(frame["item"], frame["name"], strict=True))


def group_totals(viewer: Viewer, snapshot: Snapshot, period: str, subject: str) -> tuple[float, float] | None:
    """Lowest and highest total of a member's group in a period (its group then); None where nobody is scored.

    A member is told so of rounds disclosed to it, and of a group in which 3 are scored: of fewer it would be another's.
    """
    held_to_own(viewer, "scores", subject)
    row = rows(
        snapshot,
        f"""
        SELECT min(total) AS lowest, max(total) AS highest, count(total) AS scored
        FROM {open_scores(viewer, "score")} AS score
        JOIN expected ON expected.submitter = score.subject AND expected.period = score.period
        JOIN expected AS own ON own.period = score.period AND own.submitter = $subject
            AND own.kind = expected.kind AND own.member_group = expected.member_group
        WHERE score.period = $period
        """,
        {"subject": subject, "period": period},
    ).iloc[0]
    if pd.isna(row["lowest"]) or (not viewer.bureau and row["scored"] < FEWEST_PEERS):
        return None
    return float(row["lowest"]), float(row["highest"])


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
