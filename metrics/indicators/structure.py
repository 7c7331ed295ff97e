"""What the loans in force are made of: balance and number by each trait, worked out when a snapshot is published.

So that a profile costs the same at ten thousand loans and at ten million.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import duckdb

from metrics.indicators.carry import take_over
from metrics.indicators.compute import within
from metrics.indicators.not_computable import add_periods
from metrics.indicators.relations import CITY, relations

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

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

REMAINDERS = 61  # as many as a number has bits to mark: banks are told apart by these, so that marks can be added up

# Key → the columns of the set whose texts it stands for.
KEYS = {"period": "period", "bank": "bank", "district": "district", "code": ", ".join(TRAITS.values())}


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds `structure`: a row a period, scope, entity, trait and code with its balance (万元), loans, borrowers and
    banks (of more than 61 banks at least so many)."""
    connection.execute(
        "CREATE OR REPLACE TABLE structure (period TEXT, scope TEXT, entity TEXT, trait TEXT, code TEXT, "
        "balance DECIMAL(38, 12), loans BIGINT, borrowers BIGINT, banks BIGINT, "
        "PRIMARY KEY (period, scope, entity, trait, code))"
    )
    periods = take_over(connection, "structure", "structure", relations()[SET].reach)
    add_periods(connection, "structure", partial(_add, connection), periods)


def _add(connection: duckdb.DuckDBPyConnection, periods: list[str]) -> None:
    relation = relations()[SET]
    _lay_out(connection, within(relation), periods)
    for trait in TRAITS:
        for scope in SCOPES:
            key = f"'{CITY}'" if scope == "city" else scope
            counted = "true" if scope in relation.own else "on_list"
            # By borrower first: a count of different ones over all loans at once takes longer.
            connection.execute(
                f"INSERT INTO structure SELECT period, ?, entity, ?, code, sum(balance), sum(loans), count(*), "
                f"bit_count(bit_or(banks)) FROM (SELECT period, {key} AS entity, {trait} AS code, firm_key, "
                f"sum(balance) AS balance, count(*) AS loans, bit_or(CAST(1 AS BIGINT) << (bank_no % {REMAINDERS})) "
                f"AS banks FROM trait_loan WHERE {counted} GROUP BY ALL) GROUP BY ALL",
                [scope, trait],
            )
    connection.execute("DROP TABLE trait_loan")
    for key in KEYS:
        connection.execute(f"DROP TYPE {key}_key")


def _lay_out(connection: duckdb.DuckDBPyConnection, source: str, periods: list[str]) -> None:
    """Table `trait_loan`: a row a loan in force and period, its keys and traits as numbers of a list, not as texts:
    grouping millions of them takes half the time."""
    given = {"periods": periods}
    for key, columns in KEYS.items():
        different = f"SELECT DISTINCT unnest([{columns}]) AS found FROM {source} ORDER BY found"
        connection.execute(
            f"CREATE TYPE {key}_key AS ENUM (SELECT found FROM ({different}) WHERE found IS NOT NULL)", given
        )
    keys = ", ".join(f"CAST({key} AS {key}_key) AS {key}" for key in ("period", "bank", "district"))
    traits = ", ".join(f"CAST({expression} AS code_key) AS {trait}" for trait, expression in TRAITS.items())
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE trait_loan AS SELECT {keys}, {traits}, on_list, firm_key, balance, "
        f"CAST(enum_code(CAST(bank AS bank_key)) AS BIGINT) AS bank_no FROM {source}",
        given,
    )
