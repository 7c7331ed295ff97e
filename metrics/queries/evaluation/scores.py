"""Scores and the items they are made of; open triggers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.evaluation.disclosed import open_scores


def scores(
    viewer: Viewer,
    snapshot: Snapshot,
    periods: Sequence[str] | None = None,
    kind: str | None = None,
    subject: str | None = None,
) -> pd.DataFrame:
    """One row a member on the list and period, with name and its peer group then; total absent = 未评, with its reason.

    `score` as the engine leaves it: total, grade, rank, group_rank, percentile, group_percentile, peers, group_peers,
    bonus, deduction (points), is_round, unscored_reason. A member sees its own of the rounds disclosed to it.
    """
    where, parameters = conditions(period=periods, kind=kind, subject=held_to_own(viewer, "scores", subject))
    return rows(
        snapshot,
        f"""
        SELECT score.*, member.name, member.short_name, expected.member_group
        FROM (SELECT * FROM {open_scores(viewer, "score")} {where}) AS score
        JOIN member ON member.code = score.subject
        JOIN expected ON expected.submitter = score.subject AND expected.period = score.period
        ORDER BY score.period, score.kind, score.total DESC NULLS LAST, score.subject
        """,
        parameters,
    )


def score_items(viewer: Viewer, snapshot: Snapshot, period: str, subject: str | None = None) -> pd.DataFrame:
    """One row a score and item, in the scorecard's order, with the item's name and unit.

    As the engine leaves it: theme, item, weight, effective_weight, floor, full, value, whole, item_score (0…100),
    applicable, reason (why not).
    """
    where, parameters = conditions(period=period, subject=held_to_own(viewer, "scores", subject))
    return rows(
        snapshot,
        f"""
        SELECT score_item.*, scorecard.name, scorecard.unit
        FROM (
            SELECT *, row_number() OVER () AS place FROM {open_scores(viewer, "score_item")} {where}
        ) AS score_item
        JOIN member ON member.code = score_item.subject
        JOIN period ON period.period = score_item.period
        LEFT JOIN scorecard
            ON scorecard.kind = member.kind AND scorecard.item = score_item.item
            AND scorecard.effective_from <= period.last_day
            AND (scorecard.effective_to IS NULL OR period.last_day < scorecard.effective_to)
        ORDER BY score_item.subject, score_item.place
        """,
        parameters,
    )
