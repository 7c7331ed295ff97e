"""How the year's loans are spread over amounts, days, terms and shares of value, worked out with each publication.

So that a page draws a distribution of ten million loans as fast as one of ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import expressions as sql

from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from metrics.indicators.behind import FEWEST
from metrics.indicators.carry import take_over
from metrics.indicators.catalogue import indicator, parse
from metrics.indicators.compute import within
from metrics.indicators.relations import CITY, Relation, check_fields, read_toml, relations
from metrics.indicators.wide_sets import aggregate

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

SET = "Y"
SCOPES = ("city", "bank", "bank_type", "district")
REMAINDERS = 61  # as many as a number has bits to mark, and prime
# Key of a loan → SQL: all the texts that it can be.
KEYS = {
    "period": "SELECT period AS name FROM period",
    "bank": "SELECT code AS name FROM member",
    "bank_type": "SELECT member_group AS name FROM presence WHERE kind = 'bank'",
    "district": "SELECT code AS name FROM district_unit",
}
NEEDED = ("code", "name", "unit", "value", "edges", "bins", "split", "splits")

TABLES = (
    """CREATE OR REPLACE TABLE spread (
        period TEXT, scope TEXT, entity TEXT, spread TEXT, split TEXT, bin INTEGER, amount DECIMAL(38, 6),
        loans BIGINT, borrowers BIGINT, banks BIGINT, PRIMARY KEY (period, scope, entity, spread, split, bin))""",
    """CREATE OR REPLACE TABLE spread_quartile (
        period TEXT, scope TEXT, entity TEXT, spread TEXT, split TEXT, low DOUBLE, median DOUBLE, high DOUBLE,
        loans BIGINT, borrowers BIGINT, banks BIGINT, PRIMARY KEY (period, scope, entity, spread, split))""",
)


@dataclass(frozen=True)
class Spread:
    """A distribution: what is spread, the bins from the least on, and by which codes the loans are told apart."""

    code: str
    name: str
    unit: str
    value: str
    base: str
    edges: tuple[str, ...]
    bins: tuple[str, ...]
    split: str
    splits: Mapping[str, str]
    told_by: tuple[str, ...] = ()  # indicators that tell how many loans a split has

    @property
    def bin(self) -> str:
        """SQL: the position of a loan's bin, from 0."""
        cases = " ".join(
            f"WHEN {self.value} <= {edge} * {self.base} THEN {place}" for place, edge in enumerate(self.edges)
        )
        return f"CASE {cases} ELSE {len(self.edges)} END"

    @property
    def measured(self) -> str:
        """SQL: a loan's value in the unit."""
        return f"CAST({self.value} AS DOUBLE) / CAST({self.base} AS DOUBLE)"


def _spread(row: Mapping[str, Any], relation: Relation, where: str) -> Spread:
    check_fields(row, NEEDED, (*NEEDED, "base", "told_by"), where)
    if len(row["bins"]) != len(row["edges"]) + 1:
        raise DeclarationError(
            f"{where}有{len(row['edges'])}个界，应有{len(row['edges']) + 1}档，现为{len(row['bins'])}档"
        )
    words = {name: row[name] for name in ("code", "name", "unit", "value", "split")}
    found = Spread(
        **words,
        base=row.get("base", "1"),
        edges=tuple(row["edges"]),
        bins=tuple(row["bins"]),
        splits=dict(row["splits"]),
        told_by=tuple(row.get("told_by", ())),
    )
    for code in found.told_by:
        indicator(code)
    for expression in (found.value, found.base, found.split, *found.edges):
        for column in parse(expression, where).find_all(sql.Column):
            if column.name not in relation.columns:
                raise DeclarationError(f"{where}用到集合{relation.code}没有的列“{column.name}”")
    return found


def read_spreads(path: Path, relation: Relation) -> dict[str, Spread]:
    """Code → distribution, in declared order.

    Raises:
        DeclarationError: names the file, the distribution and what is wrong with it.
    """
    found: dict[str, Spread] = {}
    for row in read_toml(path).get("spread", []):
        where = f"{path.name}的分布{row.get('code', '（未编码）')}"
        if row.get("code") in found:
            raise DeclarationError(f"{where}重复")
        declared = _spread(row, relation, where)
        found[declared.code] = declared
    return found


@cache
def spreads() -> dict[str, Spread]:
    """The distributions of `data/spreads.toml`."""
    return read_spreads(DECLARATIONS / "spreads.toml", relations()[SET])


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds `spread`: a row a period, scope, entity, distribution, split and bin with amount (万元) and loans; and
    `spread_quartile`: a row a split with its quartiles, each one loan's. Both say how many banks and borrowers stand
    behind a row: of borrowers at least so many, exact below 3, from where on the number decides nothing."""
    for table in TABLES:
        connection.execute(table)
    relation = relations()[SET]
    periods = take_over(connection, "spread", "spread", relation.reach)
    take_over(connection, "spread_quartile", "spread_quartile", relation.reach)
    if not periods:
        return
    _lay_out(connection, relation, spreads().values(), periods)
    for declared in spreads().values():
        _add(connection, declared, relation)
    connection.execute("DROP TABLE spread_loan")
    for key in KEYS:
        connection.execute(f"DROP TYPE spread_{key}")


def _wide(relation: Relation, expression: str) -> str:
    """SQL of a loan's value, with room for the largest amounts that could be reported."""
    return aggregate(relation, expression, f"集合{relation.code}的分布")[0]


def _lay_out(
    connection: duckdb.DuckDBPyConnection, relation: Relation, declared: Iterable[Spread], periods: list[str]
) -> None:
    """Table `spread_loan`: a row a loan of the year and period, its keys as numbers of a list (grouping millions of
    them takes half the time), with its bin, split and value in each distribution."""
    for key, known in KEYS.items():
        connection.execute(f"CREATE TYPE spread_{key} AS ENUM (SELECT DISTINCT name FROM ({known}) ORDER BY name)")
    keys = ", ".join(f"CAST({key} AS spread_{key}) AS {key}" for key in KEYS)
    columns = "".join(
        f", CAST({_wide(relation, spread.bin)} AS TINYINT) AS bin_{spread.code}, "
        f"CAST({spread.split} AS TEXT) AS split_{spread.code}, "
        f"{_wide(relation, spread.measured)} AS value_{spread.code}"
        for spread in declared
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE spread_loan AS SELECT {keys}, on_list, firm_key, amount{columns} "
        f"FROM {within(relation)}",
        {"periods": periods},
    )


def _add(connection: duckdb.DuckDBPyConnection, declared: Spread, relation: Relation) -> None:
    """Adds one distribution. Loans are read once at their finest grain, for sums of all scopes, and once a scope for
    quartiles, which cannot be added up.

    Different borrowers cannot either, but the remainders of their numbers can: so many as there are different
    remainders, so many borrowers there are at least. Only where that does not decide are they counted one by one.
    """
    code = declared.code
    loan = f"SELECT *, split_{code} AS split, bin_{code} AS bin, value_{code} AS value FROM spread_loan"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE spread_fine AS
        SELECT {", ".join(KEYS)}, on_list, split, bin, sum(amount) AS amount, count(*) AS loans,
            bit_or(CAST(1 AS BIGINT) << (firm_key % {REMAINDERS})) AS firms
        FROM ({loan}) GROUP BY ALL"""
    )
    for scope in SCOPES:
        entity = f"'{CITY}'" if scope == "city" else scope
        counted = "true" if scope in relation.own else "on_list"
        behind = "bit_count(bit_or(firms)), count(DISTINCT bank)"
        fine = f"(SELECT *, {entity} AS entity FROM spread_fine WHERE {counted})"
        loans = f"(SELECT *, {entity} AS entity FROM ({loan}) WHERE {counted})"
        connection.execute(
            f"INSERT INTO spread SELECT period, ?, entity, ?, split, bin, sum(amount), sum(loans), {behind} "
            f"FROM {fine} GROUP BY period, entity, split, bin",
            [scope, code],
        )
        connection.execute(
            f"""INSERT INTO spread_quartile
            SELECT period, ?, entity, ?, split, quarter[1], quarter[2], quarter[3], loans, borrowers, banks
            FROM (SELECT period, entity, split, quantile_disc(value, [0.25, 0.5, 0.75]) AS quarter
                FROM {loans} GROUP BY ALL)
            JOIN (SELECT period, entity, split, sum(loans) AS loans, bit_count(bit_or(firms)) AS borrowers,
                count(DISTINCT bank) AS banks FROM {fine} GROUP BY period, entity, split)
            USING (period, entity, split)""",
            [scope, code],
        )
        if scope not in relation.own:  # of a bank's own nothing is withheld, so that nobody asks
            _count_few(connection, "spread", "period, entity, split, bin", loans, scope, code)
            _count_few(connection, "spread_quartile", "period, entity, split", loans, scope, code)
    connection.execute("DROP TABLE spread_fine")


def _count_few(connection: duckdb.DuckDBPyConnection, table: str, key: str, loans: str, scope: str, code: str) -> None:
    """Sets how many borrowers stand behind a row, exactly, where they are not known to be 3 or more."""
    matches = " AND ".join(f"{table}.{column} = exact.{column}" for column in key.split(", "))
    connection.execute(
        f"""UPDATE {table} SET borrowers = exact.borrowers
        FROM (
            SELECT {key}, count(DISTINCT firm_key) AS borrowers FROM {loans}
            SEMI JOIN (
                SELECT {key} FROM {table} WHERE scope = $scope AND spread = $code AND borrowers < {FEWEST}
            ) USING ({key}) GROUP BY ALL
        ) AS exact
        WHERE {table}.scope = $scope AND {table}.spread = $code AND {matches}""",
        {"scope": scope, "code": code},
    )
