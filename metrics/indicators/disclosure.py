"""Which cells of `value` only the Bureau may see: drawn from too few members or borrowers, or needed to hide such.

What is withheld is a sum (of a set, by an expression, at a period and place) and not a cell: a cell is withheld where
it reads a withheld sum as part or whole. So a sum is told by every indicator that reads it or by none, at every period
at which it is read. Of each sum's cells over city and groups `metrics.indicators.cover` says what else to withhold.
Sums that tell of one another are held together:

- what is withheld of all rows of a place is withheld of every part of them;
- a set within another (`within` in `data/relations.toml`) may have the same sums: it follows the other;
- a year's sum tells a month's by its difference from the month before (`month_of` in `data/indicators.toml`): it is
  withheld until so many stand behind what has come since it was last told. The month's is withheld where either is.

Rests on counts alone, those of a period and those before: what comes later changes nothing of what was told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import duckdb

from contract.calendar import previous
from etl.warehouse.tables import insert
from metrics.indicators import behind
from metrics.indicators.behind import EVERY_ROW, NOBODY, Behind, Place
from metrics.indicators.catalogue import NOW, Indicator, catalogue
from metrics.indicators.cover import covered
from metrics.indicators.relations import Relation, relations

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

Sum = tuple[str, str]  # family of sets and expression; EVERY_ROW for whatever is drawn from all rows
Cells = Mapping[Place, Behind]


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """The declared step (`data/snapshot.csv`)."""
    disclose(connection, catalogue().values(), relations())


def disclose(
    connection: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], declared: Mapping[str, Relation]
) -> None:
    """Adds `behind`, and from it what is withheld (`withhold`)."""
    indicators = list(indicators)
    count_behind(connection, indicators, declared)
    withhold(connection, indicators, declared)


def count_behind(
    connection: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], declared: Mapping[str, Relation]
) -> None:
    """Adds `behind`: who stands behind each sum that an indicator reads."""
    behind.prepare(connection)
    asked = _asked(indicators, declared)
    for relation in declared.values():
        told = [conditions for (family, _), conditions in asked.items() if family == relation.family]
        behind.count(connection, relation, list(chain.from_iterable(told)))


def withhold(
    connection: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], declared: Mapping[str, Relation]
) -> None:
    """Adds, from `behind`: `withheld`, a row a period, scope, entity and indicator that only the Bureau may see; and
    `withheld_set`, a row a period, scope, entity and set of which others may see no sum."""
    indicators = list(indicators)
    connection.execute(
        "CREATE OR REPLACE TABLE withheld (period TEXT, scope TEXT, entity TEXT, indicator TEXT, "
        "PRIMARY KEY (period, scope, entity, indicator))"
    )
    connection.execute("CREATE OR REPLACE TABLE withheld_set (period TEXT, scope TEXT, entity TEXT, relation TEXT)")
    asked = _asked(indicators, declared)
    periods = [period for (period,) in connection.execute("SELECT period FROM period ORDER BY period").fetchall()]
    sums = Withholding(declared, asked, _months(indicators, declared), _counts(connection, declared))
    for period in periods:
        sums.settle(period)
    insert(connection, "withheld", sorted(_cells(indicators, declared, periods, sums)))
    insert(connection, "withheld_set", sorted(_sets(declared, sums)))


def read_at(period: str, base: str) -> str:
    """The period at which a term is read for a period."""
    if base == NOW:
        return period
    return previous(period, 12) if base == "year_before" else f"{int(period[:4]) - 1}-12"


def _asked(indicators: Iterable[Indicator], declared: Mapping[str, Relation]) -> dict[Sum, list[str]]:
    """Sum → the conditions of the rows that it tells of: those it takes in first, then those that a whole less it
    leaves. Sums over all rows come first."""
    asked: dict[Sum, list[str]] = {}
    for indicator in indicators:
        left = behind.rests(indicator, declared)
        for term in indicator.terms:
            if declared[term.relation].counted:
                told = asked.setdefault((declared[term.relation].family, term.expression), [])
                more = (*behind.conditions(term.expression), *left.get((term.relation, term.expression), ()))
                told += [one for one in more if one not in told]
    return dict(sorted(asked.items(), key=lambda item: item[1][0] != EVERY_ROW))


def _months(indicators: Iterable[Indicator], declared: Mapping[str, Relation]) -> dict[Sum, Sum]:
    """Sum of the year so far → that of its last month."""
    known = {indicator.code: indicator for indicator in indicators}
    pairs = [(known[each.month_of], each) for each in known.values() if each.month_of in known]
    return {
        (declared[year.terms[0].relation].family, year.terms[0].expression): (
            declared[month.terms[0].relation].family,
            month.terms[0].expression,
        )
        for year, month in pairs
    }


def _counts(
    connection: duckdb.DuckDBPyConnection, declared: Mapping[str, Relation]
) -> dict[tuple[str, str, str], dict[Place, Behind]]:
    """Family, condition and period → place → who stands behind what is drawn there from such rows."""
    counts: dict[tuple[str, str, str], dict[Place, Behind]] = {}
    for code, condition, period, scope, entity, numbers, first in connection.execute(
        """SELECT relation, condition, period, scope, entity, map(list(kind), list(number)) AS numbers,
            map(list(kind), list(first)) AS first
        FROM behind GROUP BY ALL"""
    ).fetchall():
        counts.setdefault((declared[code].family, condition, period), {})[scope, entity] = Behind(numbers, first)
    return counts


@dataclass
class Withholding:
    """Which places of each sum are withheld at each period, settled period by period."""

    declared: Mapping[str, Relation]
    asked: Mapping[Sum, list[str]]
    months: Mapping[Sum, Sum]  # year so far → month
    counts: Mapping[tuple[str, str, str], Cells]
    hidden: dict[tuple[str, str, str], set[Place]] = field(default_factory=dict)  # by family, expression, period
    pending: dict[Sum, dict[Place, list[Behind]]] = field(default_factory=dict)  # what has come since last told

    def at(self, total: Sum, period: str) -> set[Place]:
        """The places at which a sum is withheld at a period."""
        return self.hidden.get((*total, period), set())

    def behind(self, family: str, condition: str, period: str) -> Cells:
        return self.counts.get((family, condition, period), {})

    def settle(self, period: str) -> None:
        """Settles a period; those before it are."""
        for relation in self.declared.values():
            if relation.counted and relation.family == relation.code:
                self.hidden[relation.code, EVERY_ROW, period] = self._of_all_rows(relation, period)
        for total in self.asked:
            if total in self.months:
                self._with_month(total, self.months[total], period)
            elif total not in self.months.values():
                self.hidden[(*total, period)] = self._of_rows(total, period)

    def _of_all_rows(self, relation: Relation, period: str) -> set[Place]:
        """Of whatever is drawn from all rows of a set."""
        cells = self.behind(relation.code, EVERY_ROW, period)
        start, elsewhere = {place for place, those in cells.items() if those.thin}, set()
        if relation.within:
            at = read_at(period, relation.within_at or NOW)
            start |= {place for place in self.at((relation.within, EVERY_ROW), at) if place[0] in relation.summed}
            elsewhere = _alike(cells, self.behind(relation.within, EVERY_ROW, at)) - start
        return covered(cells, start, elsewhere)

    def _start(self, total: Sum, period: str) -> set[Place]:
        """The places at which a sum is withheld for its own sake, or with all that is drawn from there."""
        family, start = total[0], set(self.at((total[0], EVERY_ROW), period))
        for condition in self.asked[total]:
            start |= {place for place, those in self.behind(family, condition, period).items() if those.thin}
        return start

    def _of_rows(self, total: Sum, period: str) -> set[Place]:
        """Of a sum that may take in some rows only, and then all of a place."""
        (family, expression), (condition, *_) = total, self.asked[total]
        if condition == EVERY_ROW:
            return self._start(total, period)
        cells, every = self.behind(family, condition, period), self.behind(family, EVERY_ROW, period)
        same, start = _alike(cells, every), self._start(total, period)
        start |= same & set().union(*(self.at(other, period) for other in self._over_all_rows(family, expression)))
        return covered(cells, start, same - start)

    def _over_all_rows(self, family: str, expression: str) -> Iterator[Sum]:
        """The sum that another is a part of."""
        plain = behind.without_filter(expression)
        for other, (condition, *_) in self.asked.items():
            if other[0] == family and condition == EVERY_ROW and behind.without_filter(other[1]) == plain:
                yield other

    def _with_month(self, year: Sum, month: Sum, period: str) -> None:
        """Of a sum of the year so far and that of its month. A month's is withheld where the year's is, there or the
        month before: so what moves the one is made good by the next month's, and by no other."""
        first = period.endswith("-01")
        before = set() if first else self.at(year, previous(period))
        waiting = {} if first else self.pending.get(year, {})
        months = self.behind(month[0], self.asked[month][0], period)
        come = {place: [*waiting.get(place, ()), months.get(place, NOBODY)] for place in waiting.keys() | months.keys()}
        few = {place for place, some in come.items() if any(one.number for one in some) and not behind.are_enough(some)}
        start = self._start(year, period) | few
        alone = covered(months, self._start(month, period))
        start |= alone - before
        cells = self.behind(year[0], EVERY_ROW, period)
        while True:
            hidden = covered(cells, start)
            of_month = covered(months, hidden | before)
            if of_month == hidden | before:
                break
            start |= of_month - before
        self.hidden[(*year, period)], self.hidden[(*month, period)] = hidden, of_month
        self.pending[year] = {place: some for place, some in come.items() if place in hidden}


def _alike(some: Cells, others: Cells) -> set[Place]:
    """Places at which as many stand behind the one as behind the other: both may be the same there."""
    return {place for place, those in some.items() if place in others and those.same_as(others[place])}


def _cells(
    indicators: Iterable[Indicator], declared: Mapping[str, Relation], periods: Iterable[str], sums: Withholding
) -> Iterator[tuple[str, str, str, str]]:
    """Period, scope, entity and indicator of every cell that reads a withheld sum."""
    periods = list(periods)
    for indicator in indicators:
        read = {(declared[term.relation].family, term.expression, term.base) for term in indicator.terms}
        for period in periods:
            hidden = set().union(*(sums.at(total, read_at(period, base)) for *total, base in read))
            yield from ((period, *place, indicator.code) for place in hidden if place[0] in indicator.scopes)


def _sets(declared: Mapping[str, Relation], sums: Withholding) -> Iterator[tuple[str, str, str, str]]:
    """Period, scope, entity and set of every place of which no sum of the set is told."""
    for (family, expression, period), places in sums.hidden.items():
        if expression == EVERY_ROW and family in declared:
            yield from ((period, *place, family) for place in places)
