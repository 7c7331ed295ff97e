"""Which changes of figures to withhold beside those that too few made, so that none is had by subtraction.

The changes of a sum's cells add up as the cells do. So the same rule holds for them as for figures
(`metrics.indicators.cover`), with those who made a change behind it; and a change of a sum is withheld wherever it is
read: of the month itself, and a year later as what growth is held against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import duckdb

from etl.warehouse.tables import insert
from metrics.indicators.behind import Behind, Place
from metrics.indicators.catalogue import NOW, Indicator, Term
from metrics.indicators.cover import covered
from metrics.indicators.disclosure import read_at
from metrics.indicators.relations import Relation

Change = tuple[str, str, str]  # family of sets, expression, period
# Changed figures with those who made the change; which side of them changed.
CHANGED = """
    SELECT period, scope, entity, indicator, f.withheld, count(DISTINCT s.submitter),
        coalesce(array_to_string(list_sort(list(DISTINCT s.submitter))[:3], ' '), ''),
        part_before IS DISTINCT FROM part_after, whole_before IS DISTINCT FROM whole_after
    FROM restated f
    LEFT JOIN restated_by USING (period, scope, entity, indicator)
    LEFT JOIN submission s USING (submission_id)
    WHERE scope <> 'bank' GROUP BY ALL ORDER BY ALL
"""


def withhold_changes(
    connection: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], declared: Mapping[str, Relation]
) -> None:
    """Sets `withheld` of further rows of `restated`. What has been set before stays, and adds nothing here."""
    known = {indicator.code: indicator for indicator in indicators}
    rows = connection.execute(CHANGED).fetchall()
    cells: dict[Change, dict[Place, Behind]] = {}
    hidden: dict[Change, set[Place]] = {}
    for period, scope, entity, code, withheld, number, names, *sides in rows:
        if any(term.base != NOW for term in known[code].terms):
            continue  # what it read then is a change of that month
        for term in _changed(known[code], sides, scope, declared):
            change = (declared[term.relation].family, term.expression, period)
            cells.setdefault(change, {})[scope, entity] = Behind({"bank": number}, {"bank": names})
            if withheld:
                hidden.setdefault(change, set()).add((scope, entity))
    hidden = {change: covered(cells[change], places) for change, places in hidden.items()}
    more = [
        (period, scope, entity, code)
        for period, scope, entity, code, withheld, _, _, *sides in rows
        if not withheld
        for term in _changed(known[code], sides, scope, declared)
        if (scope, entity)
        in hidden.get((declared[term.relation].family, term.expression, read_at(period, term.base)), ())
    ]
    connection.execute("CREATE OR REPLACE TEMP TABLE more (period TEXT, scope TEXT, entity TEXT, indicator TEXT)")
    insert(connection, "more", sorted(set(more)))
    connection.execute("""UPDATE restated SET withheld = true FROM more
        WHERE (restated.period, restated.scope, restated.entity, restated.indicator)
            = (more.period, more.scope, more.entity, more.indicator)""")
    connection.execute("DROP TABLE more")


def _changed(
    indicator: Indicator, sides: Iterable[bool], scope: str, declared: Mapping[str, Relation]
) -> Iterator[Term]:
    """The terms of a changed figure over sums that others may see: of its part, or its whole, or both as they changed;
    all of a difference, which shows neither."""
    part, whole = sides
    told = {"part": part, "whole": whole}
    for term in indicator.terms:
        if told.get(term.role, True) and declared[term.relation].counted and scope in declared[term.relation].summed:
            yield term
