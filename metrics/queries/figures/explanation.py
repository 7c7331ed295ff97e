"""The explanation of a figure, cut to what its viewer may know: rows and submissions only of those it reaches."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace

from contract.errors import AccessDenied, CallError
from contract.viewer import Viewer, may_see
from etl.snapshot.opened import Snapshot, connect
from metrics.explaining.explanation import Explanation, Restated, Source, explain
from metrics.indicators.catalogue import indicator
from metrics.queries.figures.values import values

ROWS_SHOWN = 200  # of each term; the count says how many there are


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
        with closing(connect(snapshot.path)) as connection:
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
