"""Values of indicators, as far as the viewer's scope goes: alone, over time, and beside the peers'."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from etl.errors import AccessDenied
from metrics.queries.door import conditions, rows
from metrics.snapshot import Snapshot
from metrics.viewer import Viewer, own_only

BUREAU_SCOPES = ("city", "bank", "bank_type", "district", "ip")
# What a role sees of others' sums beside its own entity.
OPEN_SCOPES = {"authority": ("city", "bank_type", "district", "ip"), "district": ("city",), "institution": ()}


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
    """One row a period, scope, entity and indicator: part, whole, value in the indicator's unit.

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
        SELECT period, scope, entity, indicator, part, whole, value
        FROM value
        {where or "WHERE true"} {span}
            AND (list_contains($open_scopes, scope) OR (scope = $own_scope AND entity = $own))
        ORDER BY period, scope, entity, indicator
        """,
        parameters | {"open_scopes": list(whole), "own_scope": viewer.own_scope, "own": own},
    )
