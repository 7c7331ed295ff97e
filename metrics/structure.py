"""What the loans in force are made of: balance and number by each trait, worked out when a snapshot is published.

So that a profile costs the same at ten thousand loans and at ten million.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from metrics.carry import take_over
from metrics.compute import within
from metrics.relations import CITY, relations

if TYPE_CHECKING:
    from etl.publish import BuildContext

SET = "A"
SCOPES = ("city", "bank", "district")
# Trait → SQL over the set. Terms: to 12 months as the national form S70 cuts them, then to three and to five years.
TRAITS = {
    "tech": "tech",
    "sei": "sei",
    "size": "size",
    "ip_kind": "ip",
    "term": """CASE WHEN matures_on <= disbursed_on + INTERVAL 12 MONTH THEN 'to_1y'
        WHEN matures_on <= disbursed_on + INTERVAL 36 MONTH THEN 'to_3y'
        WHEN matures_on <= disbursed_on + INTERVAL 60 MONTH THEN 'to_5y' ELSE 'over_5y' END""",
    "risk_share": "risk_share",
}


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds `structure`: a row a period, scope, entity, trait and code with its balance (万元), loans and borrowers."""
    connection.execute(
        "CREATE OR REPLACE TABLE structure (period TEXT, scope TEXT, entity TEXT, trait TEXT, code TEXT, "
        "balance DECIMAL(38, 12), loans BIGINT, borrowers BIGINT, PRIMARY KEY (period, scope, entity, trait, code))"
    )
    relation = relations()[SET]
    periods = take_over(connection, "structure", "structure", relation.reach)
    for trait, expression in TRAITS.items() if periods else ():
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE traits AS SELECT period, on_list, bank, district, {expression} AS code, "
            f"sum(balance) AS balance, count(*) AS loans, firm_key FROM {within(relation)} GROUP BY ALL",
            {"periods": periods},
        )
        for scope in SCOPES:
            own = scope in relation.own
            key = f"'{CITY}'" if scope == "city" else scope
            connection.execute(
                f"INSERT INTO structure SELECT period, ?, {key}, ?, code, sum(balance), sum(loans), "
                f"count(DISTINCT firm_key) FROM traits WHERE {'true' if own else 'on_list'} GROUP BY ALL",
                [scope, trait],
            )
    connection.execute("DROP TABLE IF EXISTS traits")
