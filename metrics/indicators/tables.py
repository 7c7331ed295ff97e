"""Which cells of a table to withhold beside the thin ones, where its sums cross: rows, columns, parts of a row.

The cells of a table and the sums that are told of them are a system of equations. A withheld cell is determined where
no solution of the system without right-hand sides moves it. So cells are added, the thinnest first, until each sum with
a withheld cell has two and enough behind them, and then wherever the solutions leave one unmoved. Factors are 0, 1 and
-1 and systems have some hundred cells, so that what is zero among their solutions is told from what is not by far.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from fractions import Fraction

from metrics.indicators.behind import FEWEST

Cell = Hashable
Sum = Mapping[Cell, int]  # cell → 1, or -1 for what the others add up to


def held_back(numbers: Mapping[Cell, int], sums: Iterable[Sum], withheld: Collection[Cell]) -> set[Cell]:
    """The cells to withhold, those given among them. `numbers`: how many stand behind each cell that may be withheld;
    a cell of a sum that has no number is told, unless it is withheld already."""
    sums = list(sums)
    hidden = {*withheld, *(cell for cell, number in numbers.items() if 0 < number < FEWEST)}
    while True:
        more = {cell for one in sums for cell in _lacking(one, numbers, hidden)}
        if not more:
            found = determined(sums, hidden)
            more = {cell for one in sums if found & one.keys() for cell in _free(one, numbers, hidden)[:1]}
            while found and not more and (wider := _wider(sums, hidden, found)) > found:
                found = wider
                more = {cell for one in sums if found & one.keys() for cell in _free(one, numbers, hidden)[:1]}
        if not more:
            return hidden
        hidden |= more


def _wider(sums: Iterable[Sum], hidden: Collection[Cell], found: set[Cell]) -> set[Cell]:
    """Some withheld cells, and those that stand in a sum with one of them."""
    return found | {cell for one in sums if found & one.keys() for cell in one if cell in hidden}


def _free(one: Sum, numbers: Mapping[Cell, int], hidden: Collection[Cell]) -> list[Cell]:
    """Cells of a sum that may still be withheld, the parts before what they add up to, the thinnest first."""
    some = [cell for cell in one if cell not in hidden and numbers.get(cell, 0) > 0]
    return sorted(some, key=lambda cell: (one[cell] < 0, numbers[cell], repr(cell)))


def _lacking(one: Sum, numbers: Mapping[Cell, int], hidden: Collection[Cell]) -> list[Cell]:
    """What to withhold of a sum whose withheld cells are too few; nothing where they are none, or enough."""
    inside = [cell for cell in one if cell in hidden]
    told = all(cell in numbers and one[cell] > 0 for cell in inside)
    few = len(inside) == 1 or (told and sum(numbers[cell] for cell in inside) < FEWEST)
    return _free(one, numbers, hidden)[:1] if inside and few else []


def determined(sums: Iterable[Sum], hidden: Collection[Cell]) -> set[Cell]:
    """The withheld cells that follow from the sums, when all others are told: exact elimination of one after another,
    after which such a cell stands alone in a row."""
    rows: list[dict[Cell, Fraction]] = []
    waiting = [{cell: Fraction(factor) for cell, factor in one.items() if cell in hidden} for one in sums]
    while waiting := [row for row in waiting if row]:
        row = waiting.pop(min(range(len(waiting)), key=lambda place: len(waiting[place])))
        pivot, lead = next(iter(row.items()))
        row = {cell: factor / lead for cell, factor in row.items()}
        for other in (*rows, *waiting):
            if factor := other.get(pivot):
                for cell, own in row.items():
                    if left := other.get(cell, 0) - factor * own:
                        other[cell] = left
                    else:
                        other.pop(cell, None)
        rows.append(row)
    return {next(iter(row)) for row in rows if len(row) == 1}
