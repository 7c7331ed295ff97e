"""The explanation of a figure, cut to what its viewer may know: rows and submissions only of those it reaches."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from etl.errors import AccessDenied
from metrics.catalogue import indicator
from metrics.explain import Explanation, explain
from metrics.queries.figures import values
from metrics.snapshot import Snapshot, connect
from metrics.viewer import Viewer, may_see

ROWS_SHOWN = 200  # of each term; the count says how many there are


def explanation(
    viewer: Viewer, snapshot: Snapshot, period: str, code: str, scope: str, entity: str
) -> Explanation | None:
    """What a figure is made of: definition, formula as run, part, whole, sources and rows; None where there is none.

    Outside the Bureau only a viewer's own figure shows rows and submissions, and a district's never a bank's.
    Raises AccessDenied for a figure that is not the viewer's, or is withheld from it.
    """
    codes = tuple(filter(None, (code, indicator(code).beside)))
    told = values(viewer, snapshot, period, codes, scopes=(scope,), entities=(entity,)).set_index("indicator")
    if code not in told.index:
        return None
    if told.at[code, "withheld"]:
        raise AccessDenied("该数据涉及的机构或企业不足3家，不予披露。")
    with closing(connect(snapshot.path)) as connection:
        whole = explain(connection, indicator(code), period, scope, entity, limit=ROWS_SHOWN)
    if viewer.bureau:
        return whole
    own = entity == viewer.scope and scope == viewer.own_scope
    shows_rows = own and may_see(viewer, "rows")
    sources = tuple(source for source in whole.sources if own and source.submitter == viewer.scope)
    terms = whole.terms if shows_rows else tuple(replace(term, rows=()) for term in whole.terms)
    hidden = told["withheld"].any()  # by way of the figure beside it
    return replace(whole, sources=sources, terms=terms, beside=None if hidden else whole.beside)
