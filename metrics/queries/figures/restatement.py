"""Which figures a later accepted version has changed, from what to what, as far as the viewer's scope goes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, rows
from metrics.queries.figures.values import reach, refuse_others

AMOUNTS = tuple(f"{name}_{side}" for side in ("before", "after") for name in ("part", "whole", "value"))


def restatements(
    viewer: Viewer,
    snapshot: Snapshot,
    since: str,
    until: str,
    indicators: Sequence[str] | None = None,
    scopes: Sequence[str] | None = None,
    entities: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row a changed figure of the span's periods: part, whole and value before and after, withheld, corrections.

    Before is as first accepted. `corrections` names the versions that altered what the figure reads, in order of
    arrival; outside the Bureau only the viewer's own. Where `withheld` the amounts are absent. Rows outside the
    viewer's scope are left out; a scope or entity asked for by name that is not the viewer's raises AccessDenied.
    """
    refuse_others(viewer, scopes, entities)
    whole, own = reach(viewer)
    where, parameters = conditions(indicator=indicators, scope=scopes, entity=entities)
    shown = ", ".join(f"CASE WHEN $bureau OR NOT withheld THEN {name} END AS {name}" for name in AMOUNTS)
    return rows(
        snapshot,
        f"""
        SELECT period, scope, entity, indicator, {shown}, NOT $bureau AND withheld AS withheld, named.corrections
        FROM (SELECT * FROM restated {where}) AS figure
        LEFT JOIN (
            SELECT made.period, scope, entity, indicator, string_agg(
                format('{{}} {{}} 第{{}}版', submitter, filed.period, version), '；' ORDER BY submission_id
            ) AS corrections
            FROM restated_by AS made JOIN submission AS filed USING (submission_id)
            WHERE $bureau OR submitter = $own
            GROUP BY ALL
        ) AS named USING (period, scope, entity, indicator)
        WHERE period BETWEEN $since AND $until
            AND (list_contains($open_scopes, scope) OR (scope = $own_scope AND entity = $own))
        ORDER BY period, list_position(['city', 'bank', 'bank_type', 'district', 'ip'], scope), entity, indicator
        """,
        parameters
        | {"since": since, "until": until, "bureau": viewer.bureau, "open_scopes": list(whole)}
        | {"own_scope": viewer.own_scope, "own": own},
    )
