"""Whose figures and records a viewer reaches on a task page: its own beside the city's, the Bureau everyone's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from contract.declarations import member_groups
from contract.errors import AccessDenied
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from metrics.indicators.relations import CITY
from metrics.queries.door import rows
from metrics.queries.figures.parts import Told, withheld_parts

EVERYONE = "试点合计"  # of banks or of districts, whoever reports the figure
# What a role reaches beside its own entity: of banks an authority sees sums alone, the bound roles the city's alone.
SCOPES = {
    "analyst": ("city", "bank_type", "bank", "district"),
    "supervisor": ("city", "bank_type", "bank", "district"),
    "authority": ("city", "bank_type", "district"),
    "district": ("city",),
    "institution": ("city",),
    "admin": (),
}
# SQL over rows with on_list and a member's key: those that belong to the entity asked for; none of another kind.
OF_BANKS = """(CASE $scope WHEN 'city' THEN on_list WHEN 'bank_type' THEN on_list AND bank_type = $entity
    WHEN 'bank' THEN bank = $entity ELSE false END)"""
OF_DISTRICTS = "(CASE $scope WHEN 'city' THEN on_list WHEN 'district' THEN district = $entity ELSE false END)"

# Whom a page can be turned to, in the order of scopes: those on the list in the period, and the viewer's own entity.
SUBJECTS = """
    SELECT DISTINCT 'bank_type' AS scope, member_group AS entity, '' AS name
    FROM expected WHERE kind = 'bank' AND period = $period
    UNION ALL
    SELECT kind, code, short_name FROM member
    WHERE code = $own OR code IN (SELECT submitter FROM expected WHERE period = $period)
    ORDER BY list_position($scopes, scope), entity
"""


@dataclass(frozen=True)
class Subject:
    """Whose task page it is, as people call it."""

    scope: str
    entity: str
    name: str


def subjects(viewer: Viewer, snapshot: Snapshot, period: str) -> tuple[Subject, ...]:
    """Whom the viewer may turn a task page to: its own entity first, where it is bound to one; the city; others."""
    own_only(viewer, "figures")
    given = {"period": period, "own": viewer.scope, "scopes": list(SCOPES[viewer.role])}
    listed = [
        Subject(scope, entity, name or member_groups()[entity])
        for scope, entity, name in rows(snapshot, SUBJECTS, given).itertuples(index=False, name=None)
    ]
    own = [one for one in listed if (one.scope, one.entity) == (viewer.own_scope, viewer.scope)]
    return (*own, Subject("city", CITY, EVERYONE), *(one for one in listed if one.scope in SCOPES[viewer.role]))


def refuse(viewer: Viewer, scope: str, entity: str) -> None:
    """Raises AccessDenied where a task page is not to be turned to an entity by this viewer."""
    own = own_only(viewer, "figures")
    if scope not in SCOPES[viewer.role] and (scope, entity) != (viewer.own_scope, own):
        raise AccessDenied(f"{viewer.role_name}不能查看其他机构或地区的任务进展")


def refuse_unless_own(viewer: Viewer, area: str, scope: str, entity: str) -> None:
    """Raises AccessDenied where the rows of an area are not open: held to its own, a viewer reads its own alone."""
    refuse(viewer, scope, entity)
    own = own_only(viewer, area)
    if own is not None and (scope, entity) != (viewer.own_scope, own):
        raise AccessDenied(f"{viewer.role_name}只能查看本{'区' if viewer.role == 'district' else '机构'}的逐笔记录")


def reader(viewer: Viewer, scope: str) -> Viewer:
    """By whose reach figures of a scope are read: an institution reads the city's sums as an authority does."""
    if viewer.role == "institution" and scope == "city":
        return replace(viewer, role="authority", scope="")
    return viewer


def asked(
    viewer: Viewer, snapshot: Snapshot, sql: str, period: str, scope: str, entity: str, **more: object
) -> pd.DataFrame:
    """The rows of a statement about an entity at a period, where the viewer may turn a page to it."""
    refuse(viewer, scope, entity)
    given = {"period": period, "scope": scope, "entity": entity} | more
    return rows(snapshot, sql, {name: value for name, value in given.items() if f"${name}" in sql})


def sees_all(viewer: Viewer, scope: str) -> bool:
    """Whether nothing is withheld: before the Bureau, and of a bank's own rows."""
    return viewer.bureau or scope == "bank"


def withhold(
    viewer: Viewer, scope: str, frame: pd.DataFrame, columns: Iterable[str], hidden: pd.Series
) -> pd.DataFrame:
    """The frame with `withheld`, and columns absent, in the rows that are hidden from this viewer."""
    frame = frame.assign(withheld=hidden.astype(bool) & (not sees_all(viewer, scope)))
    for column in columns:
        frame[column] = frame[column].astype(float).where(~frame["withheld"])
    return frame


def withhold_parts(
    viewer: Viewer,
    snapshot: Snapshot,
    period: str,
    place: tuple[str, str],
    frame: pd.DataFrame,
    code: str,
    columns: Iterable[str],
    behind: str,
    told: Told,
) -> pd.DataFrame:
    """The frame of a place (scope and entity), a row a `code`, without what is withheld of the table across all places
    (`metrics.queries.figures.parts`); `behind` is SQL of entity, code and number over all places of a period."""
    hidden: set[str] = set()
    if not sees_all(viewer, place[0]):
        counted = rows(snapshot, behind, {"period": period})
        numbers = {(entity, part): number for entity, part, number in counted.itertuples(index=False, name=None)}
        hidden = {part for entity, part in withheld_parts(snapshot, period, numbers, told) if entity == place[1]}
    return withhold(viewer, place[0], frame, columns, frame[code].isin(hidden))
