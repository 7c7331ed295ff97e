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
from metrics.indicators.carry import take_over
from metrics.indicators.catalogue import parse
from metrics.indicators.compute import within
from metrics.indicators.relations import CITY, Relation, check_fields, read_toml, relations

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

SET = "Y"
SCOPES = ("city", "bank", "bank_type", "district")
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
    check_fields(row, NEEDED, (*NEEDED, "base"), where)
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
    )
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
    """Adds `spread`: a row a period, scope, entity, distribution, split and bin with amount (万元), loans, and how many
    borrowers and banks stand behind it; and `spread_quartile`: a row a split with its quartiles, each one loan's."""
    for table in TABLES:
        connection.execute(table)
    relation = relations()[SET]
    periods = take_over(connection, "spread", "spread", relation.reach)
    take_over(connection, "spread_quartile", "spread_quartile", relation.reach)
    if not periods:
        return
    _lay_out(connection, relation, spreads().values(), periods)
    for code in spreads():
        for scope in SCOPES:
            key = f"'{CITY}'" if scope == "city" else scope
            counted = "true" if scope in relation.own else "on_list"
            rows = (
                f"SELECT *, {key} AS entity, split_{code} AS split, bin_{code} AS bin FROM spread_loan WHERE {counted}"
            )
            behind = "count(*), count(DISTINCT firm_key), count(DISTINCT bank)"
            connection.execute(
                f"INSERT INTO spread SELECT period, ?, entity, ?, split, bin, sum(amount), {behind} "
                f"FROM ({rows}) GROUP BY ALL",
                [scope, code],
            )
            quartiles = ", ".join(f"quantile_disc(value_{code}, {share})" for share in (0.25, 0.5, 0.75))
            connection.execute(
                f"INSERT INTO spread_quartile SELECT period, ?, entity, ?, split, {quartiles}, {behind} "
                f"FROM ({rows}) GROUP BY period, entity, split",
                [scope, code],
            )
    connection.execute("DROP TABLE spread_loan")


def _lay_out(
    connection: duckdb.DuckDBPyConnection, relation: Relation, declared: Iterable[Spread], periods: list[str]
) -> None:
    """Table `spread_loan`: a row a loan of the year and period, with its bin, split and value in each distribution."""
    columns = "".join(
        f", CAST({one.bin} AS INTEGER) AS bin_{one.code}, CAST({one.split} AS TEXT) AS split_{one.code}, "
        f"{one.measured} AS value_{one.code}"
        for one in declared
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE spread_loan AS "
        f"SELECT period, on_list, bank, bank_type, district, firm_key, amount{columns} FROM {within(relation)}",
        {"periods": periods},
    )
