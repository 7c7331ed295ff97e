"""How an entity's loans of the year are spread, as the published table has it, without what is too thin to show."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.behind import FEWEST
from metrics.indicators.spread import spreads
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
    cells = withhold(viewer, scope, cells, COUNTED, along=("split", "bin"))
    quartiles = asked(viewer, snapshot, QUARTILES, period, scope, entity, spread=code).set_index("split")
    told = quartiles[sees_all(viewer, scope) | (quartiles["behind"] >= FEWEST)]
    cells = cells.join(told[["low", "median", "high"]], on="split")
    return cells.assign(
        name=cells["bin"].map(lambda place: declared.bins[place]), part=cells["split"].map(declared.splits)
    )
