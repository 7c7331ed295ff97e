"""How an entity's loans of the year are spread, as the published table has it, without what is too thin to show."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.behind import FEWEST, Behind, Place
from metrics.indicators.cover import WHOLE, covered
from metrics.indicators.spread import SET, Spread, spreads
from metrics.indicators.tables import held_back
from metrics.queries.door import rows
from metrics.queries.tasks.reach import asked, sees_all, withhold

CELLS = """
    SELECT split, bin, CAST(amount AS DOUBLE) AS amount, loans, least(borrowers, banks) AS behind
    FROM spread WHERE period = $period AND scope = $scope AND entity = $entity AND spread = $spread
    ORDER BY bin
"""
QUARTILES = """
    SELECT split, low, median, high, loans, least(borrowers, banks) AS behind
    FROM spread_quartile WHERE period = $period AND scope = $scope AND entity = $entity AND spread = $spread
"""
# The same cells of every place that a sum is divided into.
BEHIND = """
    SELECT scope, entity, split, bin, least(borrowers, banks) AS number FROM spread
    WHERE period = $period AND scope <> 'bank' AND spread = $spread
"""
UNTOLD = """
    SELECT scope, entity FROM withheld WHERE period = $period AND list_contains($indicators, indicator)
    UNION SELECT scope, entity FROM withheld_set WHERE period = $period AND relation = $relation
"""
COUNTED = ["amount", "loans", "share"]


def spread(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str, spread: str) -> pd.DataFrame:
    """One row a part and bin, every bin in its order: `name` (of the bin), `part`, `loans`, `amount` (万元), `share` of
    the part's loans (%), the part's quartiles `low, median, high` in the distribution's unit, and `withheld`."""
    return _cells(viewer, snapshot, period, scope, entity, spread, "split")


def spread_mix(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str, spread: str) -> pd.DataFrame:
    """The same cells with `share` of the bin's loans (%): what each bin is made of."""
    return _cells(viewer, snapshot, period, scope, entity, spread, "bin")


def _cells(
    viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str, code: str, whole: str
) -> pd.DataFrame:
    declared = spreads()[code]
    found = asked(viewer, snapshot, CELLS, period, scope, entity, spread=code)
    if found.empty:
        return found.assign(name="", part="")
    parts = [split for split in declared.splits if split in set(found["split"])]
    every = pd.MultiIndex.from_product([range(len(declared.bins)), parts], names=["bin", "split"])
    cells = found.set_index(["bin", "split"]).reindex(every, fill_value=0).reset_index()
    total = cells.groupby(whole)["loans"].transform("sum")
    cells["share"] = (100 * cells["loans"] / total.where(total > 0)).astype(float)
    hidden = set() if sees_all(viewer, scope) else _hidden(viewer, snapshot, period, (scope, entity), declared)
    place = pd.Series(zip(cells["split"], cells["bin"], strict=True), index=cells.index)
    cells = withhold(viewer, scope, cells, COUNTED, place.isin(hidden))
    quartiles = asked(viewer, snapshot, QUARTILES, period, scope, entity, spread=code).set_index("split")
    of_none = {split for split in parts if all((split, bin) in hidden for bin in range(len(declared.bins)))}
    told = quartiles[sees_all(viewer, scope) | ((quartiles["behind"] >= FEWEST) & ~quartiles.index.isin(of_none))]
    cells = cells.join(told[["low", "median", "high"]], on="split")
    return cells.assign(
        name=cells["bin"].map(lambda place: declared.bins[place]), part=cells["split"].map(declared.splits)
    )


def _hidden(viewer: Viewer, snapshot: Snapshot, period: str, place: Place, declared: Spread) -> set[tuple[str, int]]:
    """Split and bin of the cells of a place to withhold.

    Of the city, and of the one place that a viewer is bound to, cells are withheld one by one, by their splits and
    bins. Who sees all places of a scope could add up theirs besides: of those it is told whole distributions or none,
    none of each in which a cell is thin, and of as many more as a sum needs (`metrics.indicators.cover`).
    """
    given = {"period": period, "spread": declared.code}
    behind: dict[Place, dict[tuple[str, int], int]] = {}
    for scope, entity, split, bin_, number in rows(snapshot, BEHIND, given).itertuples(index=False, name=None):
        behind.setdefault((scope, entity), {})[split, bin_] = number
    every = {(split, bin_) for split in declared.splits for bin_ in range(len(declared.bins))}
    untold = rows(snapshot, UNTOLD, {"period": period, "indicators": list(declared.told_by), "relation": SET})
    closed = set(untold.itertuples(index=False, name=None))
    if place in closed:
        return every
    if place == WHOLE or place == (viewer.own_scope, viewer.scope):
        cells = behind.get(place, {})
        lines = [{cell: 1 for cell in cells if cell[at] == key} for at in (0, 1) for key in {one[at] for one in cells}]
        return held_back(cells, lines, ())
    thinnest = {one: Behind({"any": min(cells.values(), default=0)}) for one, cells in behind.items()}
    thin = {one for one, those in thinnest.items() if those.thin and one != WHOLE}
    return every if place in covered(thinnest, thin | (closed & thinnest.keys()) - {WHOLE}) else set()
