"""What a figure is made of and what later versions changed in it, cut to what its viewer may know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from contract.errors import AccessDenied, CallError
from contract.viewer import Viewer, may_see
from etl.snapshot.opened import Snapshot, reading
from metrics.explaining.explanation import Explanation, Restated, Source, explain
from metrics.indicators.catalogue import indicator
from metrics.queries.door import FIGURE, conditions, rows, told
from metrics.queries.figures.values import reach, refuse_others, values

ROWS_SHOWN = 200  # of each term; the count says how many there are
AMOUNTS = tuple(f"{name}_{side}" for side in ("before", "after") for name in FIGURE)


def explanation(
    viewer: Viewer, snapshot: Snapshot, period: str, code: str, scope: str, entity: str
) -> Explanation | None:
    """What a figure is made of: definition, formula as run, part, whole, sources and rows, what it was before a later
    version changed it; where it has no value, why. None where nothing has that code in the scope.

    Outside the Bureau only a viewer's own figure shows rows and submissions, and a district's never a bank's.
    Raises AccessDenied for a figure that is not the viewer's, or is withheld from it.
    """
    codes = tuple(filter(None, (code, indicator(code).beside)))
    told = values(viewer, snapshot, period, codes, scopes=(scope,), entities=(entity,)).set_index("indicator")
    if code in told.index and told.at[code, "withheld"]:
        raise AccessDenied("该数据涉及的机构或企业不足3家，不予披露。")
    try:
        with reading(snapshot) as connection:
            whole = explain(connection, indicator(code), period, scope, entity, limit=ROWS_SHOWN)
    except CallError:
        return None
    if viewer.bureau:
        return whole
    own = entity == viewer.scope and scope == viewer.own_scope
    shows_rows = own and may_see(viewer, "rows")
    terms = whole.terms if shows_rows else tuple(replace(term, rows=()) for term in whole.terms)
    hidden = told["withheld"].any()  # by way of the figure beside it
    return replace(
        whole,
        sources=_own(viewer, whole.sources, own),
        terms=terms,
        restated=_cut(viewer, whole.restated),
        beside=None if hidden else whole.beside,
    )


def _own(viewer: Viewer, sources: Iterable[Source], shown: bool = True) -> tuple[Source, ...]:
    return tuple(source for source in sources if shown and source.submitter == viewer.scope)


def _cut(viewer: Viewer, restated: Restated | None) -> Restated | None:
    """That a figure was changed, by whom only where it was the viewer's member, from what only where that tells nothing
    of others."""
    if restated is None:
        return None
    cut = replace(restated, corrections=_own(viewer, restated.corrections))
    return replace(cut, part=None, whole=None, value=None) if restated.withheld else cut


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
    shown = told(AMOUNTS, "$bureau OR NOT withheld")
    return rows(
        snapshot,
        f"""
        SELECT period, scope, entity, indicator, {shown}, NOT $bureau AND withheld AS withheld, named.corrections
        FROM (SELECT * FROM restated {where}) AS figure
        LEFT JOIN (
            SELECT made.period, scope, entity, indicator, string_agg(
                format('{{}} {{}} 第{{}}版', submitter, submission.period, version), '；' ORDER BY submission_id
            ) AS corrections
            FROM restated_by AS made JOIN submission USING (submission_id)
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
