"""The loans behind a balance: what they are made of by trait, and what moved it from one month to the next."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from metrics.indicators.movement import column, components
from metrics.queries.door import rows
from metrics.queries.figures.parts import Told, withheld_parts
from metrics.queries.figures.values import refuse_others

LOANS_SHOWN = 10
# Scope → what tells its loans in `loan_movement`; a member's own figures hold its history, a group's do not.
OF_SCOPE = {
    "city": "on_list",
    "bank": "bank = $entity",
    "bank_type": "on_list AND bank_type = $entity",
    "district": "on_list AND district = $entity",
}
# Trait → what indicators tell of its codes: their sum, and that of the codes beside those named.
TOLD = {
    "tech": Told("G01", "G16", ("none",)),
    "sei": Told("G01", "S03", ("0",)),
    "size": Told("G01", "G15", ("large", "medium")),
    "ip_kind": Told("G01", each="G01"),
    "term": Told("G01", "S01", ("to_1y",)),
    "risk_share": Told("G01", "C05", ("none",)),
}
BEHIND = """
    SELECT trait, entity, code, least(borrowers, banks) AS number FROM structure
    WHERE period = $period AND scope IN ('city', 'district')
"""
AMOUNTS = """
    SELECT component AS code, CAST(amount AS DOUBLE) AS amount, amount AS exact, loans FROM movement
    WHERE period = $period AND scope = $scope AND entity = $entity AND measure = $measure
"""


def composition(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a trait and code: balance (万元), loans, borrowers, share of the entity's balance (%), withheld.

    Outside the Bureau, cells of sums over members with fewer than 3 banks or borrowers are withheld, and others with
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
    behind = rows(snapshot, BEHIND, {"period": period})
    for trait, cells in behind.groupby("trait"):
        numbers = dict(zip(zip(cells["entity"], cells["code"], strict=True), cells["number"], strict=True))
        hidden = {code for place, code in withheld_parts(snapshot, period, numbers, TOLD[trait]) if place == entity}
        frame.loc[(frame["trait"] == trait) & frame["code"].isin(hidden), "withheld"] = True
    frame.loc[frame["withheld"], ["balance", "loans", "borrowers", "share"]] = float("nan")
    return frame


def movement(
    viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str, measure: str = "balance"
) -> pd.DataFrame:
    """One row a component that there was, as declared: `code, name, note, sign` (0: a level before or after)`, amount,
    effect` (signed)`, loans`; 万元. Empty where there is no month to compare with. The Bureau's alone."""
    own_only(viewer, "movement")
    place = {"period": period, "scope": scope, "entity": entity, "measure": measure}
    amounts = rows(snapshot, AMOUNTS, place).set_index("code")
    listed = [
        component for component in components() if component.measure == measure and component.code in amounts.index
    ]
    return pd.DataFrame(
        {
            "code": [component.code for component in listed],
            "name": [component.name for component in listed],
            "note": [component.note for component in listed],
            "sign": [component.sign for component in listed],
            "amount": [amounts.at[component.code, "amount"] for component in listed],
            "effect": [amounts.at[component.code, "amount"] * (component.sign or 1) for component in listed],
            "exact": [amounts.at[component.code, "exact"] for component in listed],
            "loans": [int(amounts.at[component.code, "loans"]) for component in listed],
        }
    )


def moving_loans(
    viewer: Viewer,
    snapshot: Snapshot,
    period: str,
    scope: str,
    entity: str,
    measure: str = "balance",
    limit: int = LOANS_SHOWN,
) -> pd.DataFrame:
    """One row a loan, those that moved the sum most; 万元. The Bureau's alone.

    Columns: `bank, short_name, loan_no, borrower_name, district, before, after, change, component` (the name of the
    greatest one)`, sheet, row_no, submission_id`.
    """
    own_only(viewer, "movement")
    own_only(viewer, "rows")
    before, after = ("before", "after") if measure == "balance" else ("npl_before", "npl_after")
    reasons = [component for component in components() if component.measure == measure and component.sign]
    named = [component for component in reasons if component.code not in ("moved", "joined", "left")]
    # Of several components of one loan the greatest names it.
    options = ", ".join(f"{{'amount': {column(component)}, 'name': '{component.name}'}}" for component in named)
    return rows(
        snapshot,
        f"""
        SELECT l.bank, m.short_name, l.loan_no, l.borrower_name, l.district,
            CAST(l.{before} AS DOUBLE) AS before, CAST(l.{after} AS DOUBLE) AS after,
            CAST(l.{after} - l.{before} AS DOUBLE) AS change,
            list_reverse_sort([{options}])[1].name AS component, l.sheet, l.row_no, l.submission_id
        FROM loan_movement l JOIN member m ON m.code = l.bank
        WHERE l.period = $period AND {OF_SCOPE[scope]} AND l.{after} <> l.{before}
            AND ($scope <> 'city' OR $entity IS NOT NULL)
        ORDER BY abs(l.{after} - l.{before}) DESC, l.bank, l.loan_no LIMIT $limit
        """,
        {"period": period, "scope": scope, "entity": entity, "limit": limit},
    )
