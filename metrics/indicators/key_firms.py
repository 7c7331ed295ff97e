"""How many key firms of the districts have a loan, by category, counted when a snapshot is published.

Whether a firm has one is read from all loans in force; a page reads these few rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from metrics.indicators.carry import take_over
from metrics.indicators.compute import within
from metrics.indicators.relations import CITY, relations

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

# Scope → the set that holds its firms, each once.
SETS = {"city": "R4_firm", "district": "R4"}


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds `key_firm`: a row a period, scope, entity and category with firms, how many of them have a loan, their
    demand, and how much of it the loans meet (万元), as indicators C07 and C10 take it together."""
    connection.execute(
        "CREATE OR REPLACE TABLE key_firm (period TEXT, scope TEXT, entity TEXT, category TEXT, firms BIGINT, "
        "with_loan BIGINT, demand DECIMAL(38, 6), met DECIMAL(38, 6), PRIMARY KEY (period, scope, entity, category))"
    )
    periods = take_over(connection, "key_firm", "key_firm", relations()[SETS["city"]].reach)
    if not periods:
        return
    for scope, code in SETS.items():
        key = f"'{CITY}'" if scope == "city" else scope
        counts = "count(*), count(*) FILTER (firm_balance > 0), sum(demand), sum(least(demand, firm_balance))"
        connection.execute(
            f"INSERT INTO key_firm SELECT period, $scope, {key}, category, {counts} "
            f"FROM {within(relations()[code])} GROUP BY ALL",
            {"scope": scope, "periods": periods},
        )
