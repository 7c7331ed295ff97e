"""One member's scorecard whole: items, themes, bonus and deduction, total, places among its peers, the round before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from contract.errors import CallError
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.evaluation.scorecard import group_totals, movements, previous_round, ranking, scorecard, themes


@dataclass(frozen=True)
class Place:
    """Where a total stands among its peers: rank in rounds only; percentile, with the number of peers.

    Of a group below `peers_range_below` only `lowest` and `highest` are told; `few` marks one below
    `peers_marked_below`.
    """

    among: str
    rank: int | None
    percentile: float | None
    peers: int
    few: bool = False
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True)
class Sheet:
    """A scorecard of one member and period, points 0…100; `total` is None where it is 未评, and then `unscored_reason`.

    `items` are those of `scorecard.scorecard`, `themes` its sums, `causes` what moved the total, the largest
    first; `before` is the round before.
    """

    subject: str
    name: str
    kind: str
    period: str
    before: str
    items: pd.DataFrame
    themes: pd.DataFrame
    causes: pd.DataFrame
    bonus: float
    deduction: float
    total: float | None
    total_before: float | None
    moved: float | None
    grade: str | None
    veto: str | None
    unscored_reason: str | None
    places: tuple[Place, ...]


def sheet(viewer: Viewer, snapshot: Snapshot, period: str, subject: str, kind: str) -> Sheet:
    """The scorecard of a member, a `kind` of bank or district. Raises CallError where it was not on the list."""
    ranked = ranking(viewer, snapshot, period, kind)
    own = ranked[ranked["subject"] == subject]
    if own.empty:
        raise CallError(f"{subject}在{period}不在试点名单上，没有评分表")
    row = {name: None if pd.isna(value) else value for name, value in own.iloc[0].to_dict().items()}
    items = scorecard(viewer, snapshot, period, subject)
    return Sheet(
        subject=subject,
        name=row["name"],
        kind=kind,
        period=period,
        before=previous_round(period),
        items=items,
        themes=themes(items),
        causes=movements(viewer, snapshot, period, subject),
        bonus=float(row["bonus"]),
        deduction=float(row["deduction"]),
        total=row["total"],
        total_before=row["total_before"],
        moved=row["moved"],
        grade=row["grade"],
        veto=row["veto"],
        unscored_reason=row["unscored_reason"],
        places=() if row["total"] is None else (_among_all(row), _in_group(row, viewer, snapshot)),
    )


def _among_all(row: Mapping) -> Place:
    return Place("全部", _whole(row["rank"]), row["percentile"], int(row["peers"]))


def _in_group(row: Mapping, viewer: Viewer, snapshot: Snapshot) -> Place:
    peers, few = int(row["group_peers"]), bool(row["few_peers"])
    if row["group_percentile"] is not None:
        return Place("同组", _whole(row["group_rank"]), row["group_percentile"], peers, few)
    told = group_totals(viewer, snapshot, row["period"], row["subject"]) or (None, None)
    return Place("同组", None, None, peers, few, *told)


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
