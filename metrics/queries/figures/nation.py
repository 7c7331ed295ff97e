"""The country's figures beside those of its regions, as far as the viewer's region goes (decision 0036)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from contract.decision_kinds import ON_LIST
from contract.errors import AccessDenied
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from metrics.indicators.relations import REGION
from metrics.nation.build import NATION
from metrics.queries.door import FIGURE, conditions, rows, told


def held_to_region(viewer: Viewer, asked: str | None) -> str | None:
    """The region to read: the viewer's own where it belongs to one, else what was asked (None = all).

    Raises AccessDenied where another's is asked for.
    """
    if not viewer.national and asked not in (None, viewer.region):
        raise AccessDenied("只能查看本区域的数据")
    return asked if viewer.national else viewer.region


def _check_whole(viewer: Viewer, area: str) -> None:
    """Raises AccessDenied for who sees but one member's figures, or none: a region's sums are more."""
    if own_only(viewer, area) is not None:
        raise AccessDenied(f"{viewer.role_name}不能查看区域和全国的数据")


def regions(viewer: Viewer, snapshot: Snapshot, region: str | None = None) -> pd.DataFrame:
    """One row a region, in declared order: code, name, short_name, exchange, data_version, made_at, last_period of what
    its figures rest on (absent where it has given nothing); how many banks and districts are on its list."""
    _check_whole(viewer, "members")
    where, parameters = conditions(code=held_to_region(viewer, region))
    listed = "list_contains($on_list, m.state)"
    return rows(
        snapshot,
        f"""
        SELECT r.* EXCLUDE (place),
            coalesce(count(*) FILTER (m.kind = 'bank' AND {listed}), 0) AS banks,
            coalesce(count(*) FILTER (m.kind = 'district' AND {listed}), 0) AS districts
        FROM (SELECT *, rowid AS place FROM region {where}) r LEFT JOIN region_member m ON m.region = r.code
        GROUP BY ALL ORDER BY any_value(r.place)
        """,
        parameters | {"on_list": list(ON_LIST)},
    )


def members(viewer: Viewer, snapshot: Snapshot, region: str) -> pd.DataFrame:
    """One row a member of a region: code, name, short_name, kind, member_group, state, since."""
    _check_whole(viewer, "members")
    where, parameters = conditions(region=held_to_region(viewer, region))
    columns = "code, name, short_name, kind, member_group, state, since"
    return rows(snapshot, f"SELECT {columns} FROM region_member {where} ORDER BY kind, code", parameters)


def _open_scopes(viewer: Viewer) -> list[str]:
    """The scopes of which nothing is withheld from a viewer."""
    if not viewer.bureau:
        return []
    return [NATION, REGION] if viewer.national else [REGION]


def figures(
    viewer: Viewer,
    snapshot: Snapshot,
    period: str,
    indicators: Sequence[str] | None = None,
    region: str | None = None,
) -> pd.DataFrame:
    """One row an indicator of the country and of each region: period, scope (nation, region), entity, indicator, part,
    whole, value in the indicator's unit; withheld.

    The country's analysts and supervisors see all of it; its other roles what is not withheld. A region's analysts and
    supervisors see their own, and the country's where enough stand behind it without them; its other roles the latter
    alone, as their region's figures are told by its own data version. `region` leaves the other regions out.
    """
    _check_whole(viewer, "figures")
    where, parameters = conditions(period=period, indicator=indicators)
    own = held_to_region(viewer, region)
    return rows(
        snapshot,
        f"""
        SELECT period, scope, entity, indicator, {told(FIGURE)}, withheld
        FROM (
            SELECT value.*, withheld.indicator IS NOT NULL AND NOT list_contains($open_scopes, scope) AS withheld
            FROM value LEFT JOIN withheld USING (period, scope, entity, indicator)
        )
        {where} AND (scope = $nation OR ($bureau OR $national) AND ($own IS NULL OR entity = $own))
        ORDER BY scope, entity, indicator
        """,
        parameters
        | {
            "nation": NATION,
            "own": own,
            "bureau": viewer.bureau,
            "national": viewer.national,
            "open_scopes": _open_scopes(viewer),
        },
    )
