"""协同: pools and what they paid, subsidies, how much of the balance is shared, key firms with and without a loan."""

from __future__ import annotations

import pandas as pd

from contract.declarations import code_lists
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.relations import CITY
from metrics.queries.figures.loans import composition
from metrics.queries.figures.parts import Told
from metrics.queries.tasks.reach import OF_DISTRICTS, asked, reader, refuse, withhold_parts

# Grain: a district that filed form R2 for the period, and the sum of those.
POOLS = f"""
    WITH filed AS (SELECT * FROM set_R2 WHERE period = $period AND {OF_DISTRICTS}),
    summed AS (
        SELECT coalesce(district, '{CITY}') AS entity, CAST(sum(pool_size) AS DOUBLE) AS pool_size,
            CAST(sum(pool_balance) AS DOUBLE) AS pool_balance,
            100 * CAST(sum(pool_size - pool_balance) AS DOUBLE) / nullif(CAST(sum(pool_size) AS DOUBLE), 0) AS used,
            CAST(sum(compensated_ytd) AS BIGINT) AS compensated, CAST(sum(compensation_ytd) AS DOUBLE) AS compensation,
            CAST(sum(interest_subsidy_ytd) AS DOUBLE) AS interest,
            CAST(sum(valuation_subsidy_ytd) AS DOUBLE) AS valuation,
            CAST(sum(guarantee_subsidy_ytd) AS DOUBLE) AS guarantee,
            CAST(sum(subsidised_firms_ytd) AS BIGINT) AS firms, CAST(sum(loans_covered) AS BIGINT) AS loans_covered,
            CASE WHEN count(*) = 1 THEN CAST(max(share_ratio) AS DOUBLE) END AS share_ratio
        FROM filed GROUP BY GROUPING SETS ((district), ()) HAVING count(*) > 0
    )
    SELECT summed.* REPLACE (CASE WHEN entity <> '{CITY}' THEN share_ratio END AS share_ratio),
        coalesce(unit.short_name, '试点地区合计') AS name
    FROM summed LEFT JOIN district_unit AS unit ON unit.code = summed.entity
    ORDER BY entity = '{CITY}', pool_size DESC, entity
"""
SUPPORT = {"compensation": "风险补偿", "interest": "贴息", "valuation": "评估费补贴", "guarantee": "担保费补贴"}
FIRMS = """
    SELECT category, firms, with_loan, firms - with_loan AS without_loan, CAST(demand AS DOUBLE) AS demand,
        CAST(met AS DOUBLE) AS met, 100 * CAST(met AS DOUBLE) / nullif(CAST(demand AS DOUBLE), 0) AS met_share
    FROM key_firm WHERE period = $period AND scope = $scope AND entity = $entity
"""
FIRMS_BEHIND = "SELECT entity, category, with_loan AS number FROM key_firm WHERE period = $period"


def pools(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a district and one, the last, of their sum: `entity, name, pool_size, pool_balance` (万元), `used` (%),
    of the year `compensated` (loans), `compensation, interest, valuation, guarantee` (万元), `firms`; `loans_covered`
    and `share_ratio` (%) now.

    Who is bound to one member reads of the city the sum alone.
    """
    frame = asked(viewer, snapshot, POOLS, period, scope, entity)
    if scope != "city":
        return frame[frame["entity"] != CITY]
    return frame[frame["entity"] == CITY] if viewer.own_scope else frame


def support(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a kind of support paid this year: `name, amount` (万元), `share` (%)."""
    frame = pools(viewer, snapshot, period, scope, entity)
    if frame.empty:
        return pd.DataFrame(columns=["name", "amount", "share"])
    whole = frame.iloc[-1]
    told = pd.DataFrame({"name": list(SUPPORT.values()), "amount": [float(whole[code]) for code in SUPPORT]})
    total = told["amount"].sum()
    return told.assign(share=100 * told["amount"] / total if total else float("nan"))


def shared_balance(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a way of sharing risk, none the last: `name, balance` (万元), `share` of the balance (%), `loans,
    borrowers, withheld`. Nothing for groups of banks."""
    refuse(viewer, scope, entity)
    if scope == "bank_type":
        return pd.DataFrame(columns=["name", "balance", "share", "loans", "borrowers", "withheld"])
    frame = composition(reader(viewer, scope), snapshot, period, scope, entity)
    frame = frame[frame["trait"] == "risk_share"]
    names = code_lists()["risk_share"]
    return frame.assign(name=frame["code"].map(names)).sort_values(
        "code", key=lambda codes: codes == "none", kind="stable", ignore_index=True
    )


def key_firm_loans(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a category of key firms: `name, firms, with_loan, without_loan, demand, met` (万元), `met_share` (%).

    How much is met is withheld outside the Bureau where fewer than 3 of the firms have a loan.
    """
    frame = asked(viewer, snapshot, FIRMS, period, scope, entity)
    frame = withhold_parts(
        viewer, snapshot, period, (scope, entity), frame, "category", ["met", "met_share"], FIRMS_BEHIND, Told("C10")
    )
    names = code_lists()["enterprise_category"]
    frame = frame.sort_values("category", key=lambda codes: codes.map(list(names).index), ignore_index=True)
    return frame.assign(name=frame["category"].map(names))


def key_firm_mix(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """The same, a row a category and part (with a loan or without): `name, part, firms, share` of the category (%)."""
    frame = key_firm_loans(viewer, snapshot, period, scope, entity)
    parts = [
        frame[["category", "name"]].assign(part=part, firms=frame[column], share=100 * frame[column] / frame["firms"])
        for column, part in (("with_loan", "已有贷款"), ("without_loan", "尚无贷款"))
    ]
    return pd.concat(parts, ignore_index=True)
