"""What of a table of parts is withheld from viewers outside the Bureau: codes of a trait, stages, kinds, categories.

A table lies across all places that a sum is divided into, so that it is looked at as a whole, whichever row is asked
for: what every viewer is told follows one pattern (`metrics.indicators.tables`), that of `withheld` included.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from etl.snapshot.opened import Snapshot
from metrics.indicators.relations import CITY
from metrics.indicators.tables import held_back
from metrics.queries.door import rows

Part = tuple[str, str]  # entity and code
WITHHELD_SET = """
    SELECT entity FROM withheld_set WHERE period = $period AND relation = $relation AND scope = $scope
"""
WITHHELD = "SELECT entity FROM withheld WHERE period = $period AND indicator = $indicator"


@dataclass(frozen=True)
class Told:
    """What indicators tell of the parts of a place: all codes together by `total`, and those beside `rest` by `part`;
    a code of all places by `each`, whose entities are the codes."""

    total: str = ""
    part: str = ""
    rest: Collection[str] = ()
    each: str = ""


def withheld_parts(snapshot: Snapshot, period: str, behind: Mapping[Part, int], told: Told = Told()) -> set[Part]:
    """The parts to withhold of a table. `behind`: of each place and code how many there are (banks or borrowers, the
    fewer)."""
    gone, unknown = _places(snapshot, period, told.total), _places(snapshot, period, told.part)
    places, codes = sorted({place for place, _ in behind}), sorted({code for _, code in behind})
    sums = [
        {(place, code): -1 if place == CITY else 1 for place in places if (place, code) in behind} for code in codes
    ]
    hidden = {part for part in behind if part[0] in gone}
    hidden |= {(CITY, code) for code in _places(snapshot, period, told.each)} & behind.keys()
    for place in places if told.total else ():
        total, part = ("total", place), ("part", place)
        of_rest = {(place, code): 1 for code in codes if code in told.rest and (place, code) in behind}
        beside = {(place, code): 1 for code in codes if code not in told.rest and (place, code) in behind}
        sums += [of_rest | {part: 1, total: -1}, beside | {part: -1}] if told.part else [beside | {total: -1}]
        hidden |= {total} if place in gone else set()
        hidden |= {part} if place in unknown else set()
    return {cell for cell in held_back(behind, sums, hidden) if cell in behind}


def withheld_places(snapshot: Snapshot, period: str, relation: str, scope: str) -> set[str]:
    """The places of a scope of which viewers outside the Bureau see no sum over all rows of a set."""
    given = {"period": period, "relation": relation, "scope": scope}
    return set(rows(snapshot, WITHHELD_SET, given)["entity"])


def _places(snapshot: Snapshot, period: str, indicator: str) -> set[str]:
    """The places at which an indicator is withheld outside the Bureau."""
    if not indicator:
        return set()
    return set(rows(snapshot, WITHHELD, {"period": period, "indicator": indicator})["entity"])
