"""Which cells of a sum to withhold beside the thin ones, so that none is had by subtraction: a closed form.

A quantity of one period is told for the city and again by each way of dividing it (by type of bank, by district, by
type of right), so that every cell lies in the equation of its own way, and the city's cell in all of them: the sum of a
way's cells is the city's. Of such a system no withheld cell is determined if

- where the city's cell is told, each way has no withheld cell or two and more: move one up and another down by as much,
  and all that is told stays as it is;
- where it is withheld, each way has one and more: move the city's cell and one of each way by as much.

Every withheld cell can be the one that is moved. What withheld cells of a way are together is told where the city's
cell is: so enough must stand behind them together, as behind any cell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set

from metrics.indicators.behind import NOBODY, Behind, Place, are_enough
from metrics.indicators.relations import CITY

WHOLE: Place = ("city", CITY)


def covered(
    cells: Mapping[Place, Behind], withheld: Collection[Place], told_elsewhere: Set[Place] = frozenset()
) -> set[Place]:
    """The cells to withhold, those given among them. Cells are those with anyone behind them; a withheld one without is
    as unknown as any, but none such is withheld for another's sake.

    Cells that are `told_elsewhere`, since another quantity has the same amount there, hide nothing. Of the others the
    thinnest go first; the city's where a way has none left.
    """
    hidden = set(withheld)
    ways: dict[str, list[Place]] = {}
    for place in sorted(cells.keys() | hidden, key=lambda place: (cells.get(place, NOBODY).number, place)):
        if place != WHOLE:
            ways.setdefault(place[0], []).append(place)
    before = -1
    while before < len(hidden):
        before = len(hidden)
        for places in ways.values():
            hidden |= _next(cells, places, hidden, told_elsewhere)
    return hidden


def _next(
    cells: Mapping[Place, Behind], places: list[Place], hidden: Set[Place], told_elsewhere: Set[Place]
) -> set[Place]:
    """What else to withhold at once for one way's equation; nothing where it is as it should be."""
    inside = [place for place in places if place in hidden]
    hiding = [place for place in inside if place not in told_elsewhere]
    if WHOLE in hidden:
        if hiding:
            return set()
    elif not inside or (len(hiding) > 1 and are_enough(cells.get(place, NOBODY) for place in inside)):
        return set()
    free = [place for place in places if place in cells and place not in hidden and place not in told_elsewhere]
    if free:
        return {free[0]}
    if WHOLE not in hidden:
        return {WHOLE}
    left = [place for place in places if place in cells and place not in hidden]
    return set(left[:1])  # told elsewhere as it is: there is no other
