"""Tries to work out withheld figures from all that a viewer is told, by exact elimination over the fractions.

Unknowns are sums: of a family of sets, by an expression, at a period and place. What is told of them is linear: a part
or a whole that is shown, the sum of a way of dividing being the city's, and a year's sum growing by its month's. A
withheld part or whole is found if it is a combination of these. What is assumed is more than holds: counts of different
borrowers do not quite add up, and neither do products.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from contract.calendar import previous
from metrics.indicators.catalogue import Indicator, catalogue
from metrics.indicators.disclosure import read_at
from metrics.indicators.relations import CITY, relations

Row = dict[Hashable, Fraction]
CELL = ["period", "scope", "entity", "indicator"]


@dataclass
class Knowledge:
    """Linear statements about unknowns, kept as rows of an echelon form: pivot → the row that it leads."""

    rows: dict[Hashable, Row] = field(default_factory=dict)

    def reduced(self, statement: Mapping[Hashable, int | Fraction]) -> Row:
        """What is left of a statement when all that is known has been taken out of it."""
        left = {unknown: Fraction(factor) for unknown, factor in statement.items() if factor}
        while pivots := [unknown for unknown in left if unknown in self.rows]:
            for pivot in pivots:
                if factor := left.get(pivot):
                    for unknown, other in self.rows[pivot].items():
                        left[unknown] = left.get(unknown, Fraction(0)) - factor * other
                        if not left[unknown]:
                            del left[unknown]
        return left

    def learn(self, statement: Mapping[Hashable, int | Fraction]) -> None:
        """Takes in that a combination of unknowns is known."""
        left = self.reduced(statement)
        if left:
            pivot = min(left, key=repr)
            lead = left[pivot]
            self.rows[pivot] = {unknown: factor / lead for unknown, factor in left.items()}

    def tells(self, statement: Mapping[Hashable, int | Fraction]) -> bool:
        """Whether a combination of unknowns follows from what is known."""
        return not self.reduced(statement)


def reading(indicator: Indicator, role: str, period: str, scope: str, entity: str) -> Row:
    """Part or whole of a cell as a combination of unknowns; empty where it is drawn from no sum over members."""
    row: Row = {}
    for term in indicator.of_role(role):
        relation = relations()[term.relation]
        if scope in relation.scopes:
            unknown = (relation.family, term.expression, read_at(period, term.base), scope, entity)
            row[unknown] = row.get(unknown, Fraction(0)) + 1
    return row


def sums(unknowns: Iterable[tuple]) -> Iterable[Row]:
    """That each way of dividing a sum adds up to the city's."""
    ways: dict[tuple, Row] = {}
    for family, expression, period, scope, entity in unknowns:
        if scope in relations()[family].summed and scope != "city":
            row = ways.setdefault((family, expression, period, scope), {(family, expression, period, "city", CITY): -1})
            row[family, expression, period, scope, entity] = 1
    return ways.values()


def growth(unknowns: Iterable[tuple]) -> Iterable[Row]:
    """That a sum of the year so far is that of the month before and the month's."""
    pairs = [(catalogue()[each.month_of].terms[0], each.terms[0]) for each in catalogue().values() if each.month_of]
    for year, month in pairs:
        for family, expression, period, scope, entity in unknowns:
            if (family, expression) == (relations()[month.relation].family, month.expression):
                place = (period, scope, entity)
                row = {(family, expression, *place): 1, (family, year.expression, *place): -1}
                if not period.endswith("-01"):
                    row[family, year.expression, previous(period), scope, entity] = 1
                yield row


def told_by(cells: pd.DataFrame) -> Iterable[Row]:
    """Part and whole of each cell, where it has one."""
    for period, scope, entity, code in cells[CELL].itertuples(index=False):
        for role in ("part", "whole"):
            if row := reading(catalogue()[code], role, period, scope, entity):
                yield row


def figures_told(told: pd.DataFrame) -> Knowledge:
    """What a viewer knows of sums from cells (period, scope, entity, indicator, withheld); it knows of every cell that
    there is one, withheld or not."""
    unknowns = {unknown for row in told_by(told) for unknown in row if relations()[unknown[0]].counted}
    known = Knowledge()
    for statement in (*told_by(told[~told["withheld"]]), *sums(unknowns), *growth(unknowns)):
        known.learn(statement)
    return known


def found(known: Knowledge, told: pd.DataFrame) -> list[tuple[str, ...]]:
    """The withheld cells of which part or whole follows from what is known, though no cell shows it.

    A cell of which a shown cell tells part and another the whole is found too.
    """
    shown = {frozenset(row.items()) for row in told_by(told[~told["withheld"]])}
    caught = []
    for cell in told[told["withheld"]][CELL].itertuples(index=False):
        hidden = [row for row in told_by(pd.DataFrame([cell])) if frozenset(row.items()) not in shown]
        if not hidden or any(known.tells(row) for row in hidden):
            caught.append(tuple(cell))
    return caught
