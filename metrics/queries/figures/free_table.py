"""A free table (自由制表): indicators × objects × periods as a viewer reaches them, a cell each, in no layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from contract.calendar import previous
from contract.declarations import code_lists, districts, member_groups
from contract.errors import CallError
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from metrics.indicators.catalogue import indicator
from metrics.queries.door import rows
from metrics.queries.figures.values import reach, values

MOST_CELLS = 6_000  # of one table: more is nobody's to read, and is asked for in parts
EVERYONE = "试点合计"
SCOPE_NAMES = {"city": "合计", "bank_type": "机构类别", "bank": "机构", "district": "地区", "ip": "知识产权种类"}
# Every entity that has a figure at the period, and the viewer's own.
ENTITIES = """
    SELECT DISTINCT scope, entity, short_name AS name FROM value LEFT JOIN member ON member.code = entity
    WHERE period = $period AND (list_contains($scopes, scope) OR (scope = $own_scope AND entity = $own))
    ORDER BY list_position($order, scope), entity
"""
BACK = {"month": 1, "year": 12}


@dataclass(frozen=True)
class Subject:
    """Whom a row or column of the table is about."""

    scope: str
    entity: str
    name: str

    @property
    def code(self) -> str:
        """`bank-B001`: how a selection names it."""
        return f"{self.scope}-{self.entity}"


def subjects(viewer: Viewer, snapshot: Snapshot, period: str) -> tuple[Subject, ...]:
    """Whom the viewer may put into a table, the city first; those that have figures at the period."""
    own_only(viewer, "figures")
    whole, own = reach(viewer)
    given = {
        "period": period, "scopes": list(whole), "own_scope": viewer.own_scope, "own": own, "order": list(SCOPE_NAMES),
    }  # fmt: skip
    return tuple(
        Subject(scope, entity, _named(scope, entity, name))
        for scope, entity, name in rows(snapshot, ENTITIES, given).itertuples(index=False, name=None)
    )


def _named(scope: str, entity: str, short_name: str | None) -> str:
    if scope == "city":
        return EVERYONE
    if scope == "bank_type":
        return member_groups()[entity]
    if scope == "district":
        return districts()[entity].short_name
    if scope == "ip":
        return (code_lists()["ip"] | {"mixed": "多类组合"})[entity]
    return short_name or entity


def free_table(
    viewer: Viewer,
    snapshot: Snapshot,
    indicators: Sequence[str],
    subjects_asked: Sequence[tuple[str, str]],
    periods: Sequence[str],
    moved: str = "",
) -> pd.DataFrame:
    """One row an indicator, subject (scope and entity) and period, each combination of those asked for: value, in the
    indicator's unit, withheld, defined (whether the indicator exists in that scope).

    `moved`: the difference from the month before or the same month of the year before instead, in the same unit;
    absent where either is, and withheld where either is.

    Raises:
        AccessDenied: a scope or an entity that is not the viewer's.
        CallError: more cells than a table holds.
    """
    cells = len(indicators) * len(subjects_asked) * len(periods)
    if cells > MOST_CELLS:
        raise CallError(f"所选内容共{cells:,}格，超过一张表的{MOST_CELLS:,}格，请减少指标、对象或期间")
    wanted = pd.MultiIndex.from_tuples(
        [(code, scope, entity, at) for code in indicators for scope, entity in subjects_asked for at in periods],
        names=["indicator", "scope", "entity", "period"],
    )
    if not cells:
        return wanted.to_frame(index=False).assign(value=None, withheld=None, defined=None)
    known = _known(viewer, snapshot, indicators, subjects_asked, min(periods), max(periods), moved)
    now = known.reindex(wanted)
    frame = now.assign(withheld=now["withheld"].eq(True))
    if moved:
        earlier = [(*place[:3], previous(place[3], BACK[moved])) for place in wanted]
        before = known.reindex(pd.MultiIndex.from_tuples(earlier, names=wanted.names))
        frame["value"] = now["value"].to_numpy() - before["value"].to_numpy()
        frame["withheld"] |= before["withheld"].eq(True).to_numpy()
    frame = frame.reset_index()
    frame["defined"] = [
        scope in indicator(code).scopes for code, scope in zip(frame["indicator"], frame["scope"], strict=True)
    ]
    return frame


def _known(
    viewer: Viewer,
    snapshot: Snapshot,
    indicators: Sequence[str],
    subjects_asked: Sequence[tuple[str, str]],
    first: str,
    last: str,
    moved: str,
) -> pd.DataFrame:
    """Values by indicator, scope, entity, period over the whole span; scope by scope, so that each is refused alone."""
    by_scope: dict[str, list[str]] = {}
    for scope, entity in subjects_asked:
        by_scope.setdefault(scope, []).append(entity)
    since = previous(first, BACK[moved]) if moved else first
    parts = [
        values(viewer, snapshot, last, tuple(indicators), scopes=(scope,), entities=tuple(entities), since=since)
        for scope, entities in by_scope.items()
    ]
    frame = pd.concat(parts)[["indicator", "scope", "entity", "period", "value", "withheld"]]
    return frame.set_index(["indicator", "scope", "entity", "period"])
