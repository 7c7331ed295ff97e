"""What an entity's loans in force are made of, by trait."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.disclosure import thin_entities
from metrics.queries.door import rows
from metrics.queries.figures.values import refuse_others


def composition(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a trait and code: balance (万元), loans, borrowers, share of the entity's balance (%), withheld.

    Outside the Bureau, cells of fewer than 3 borrowers in sums over members are withheld, and the next thinnest with
    them. Raises AccessDenied for an entity that is not the viewer's.
    """
    refuse_others(viewer, (scope,), (entity,))
    frame = rows(
        snapshot,
        """
        SELECT trait, code, CAST(balance AS DOUBLE) AS balance, loans, borrowers,
            100 * CAST(balance AS DOUBLE) / nullif(sum(CAST(balance AS DOUBLE)) OVER (PARTITION BY trait), 0) AS share
        FROM structure
        WHERE period = $period AND scope = $scope AND entity = $entity
        ORDER BY trait, balance DESC, code
        """,
        {"period": period, "scope": scope, "entity": entity},
    ).assign(withheld=False)
    if viewer.bureau or scope == "bank":
        return frame
    for trait, cells in frame.groupby("trait"):
        thin = thin_entities([dict(zip(cells["code"], cells["borrowers"], strict=True))])
        frame.loc[(frame["trait"] == trait) & frame["code"].isin(thin), "withheld"] = True
    frame.loc[frame["withheld"], ["balance", "loans", "borrowers", "share"]] = float("nan")
    return frame
