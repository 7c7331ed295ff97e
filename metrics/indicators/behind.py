"""Who stands behind each sum over members: how many banks and borrowers have a row in it, and the first three of each.

A sum takes in the rows that meet its conditions: so many stand behind it as have such rows, however many the set has.
The first three of two sums together tell whether three stand behind both, exactly: if either has three, they do; if
not, all are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

import duckdb
import sqlglot
from sqlglot import expressions as sql

from metrics.indicators.aggregates import DIALECT
from metrics.indicators.carry import take_over
from metrics.indicators.catalogue import NOW, Indicator
from metrics.indicators.compute import grouped, within
from metrics.indicators.not_computable import spared
from metrics.indicators.relations import Relation

FEWEST = 3  # members or borrowers behind what others may see
EVERY_ROW = "true"

Place = tuple[str, str]  # scope and entity


@dataclass(frozen=True)
class Behind:
    """How many stand behind a sum by kind (bank, borrower), and the first three of each, with blanks between."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    first: Mapping[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The fewer of banks and borrowers."""
        return min(self.numbers.values(), default=0)

    @property
    def thin(self) -> bool:
        return 0 < self.number < FEWEST

    def same_as(self, other: Behind) -> bool:
        """Whether as many stand behind both, of the kinds that both know: they may be the same rows."""
        return all(number == other.numbers.get(kind, number) for kind, number in self.numbers.items())


NOBODY = Behind()


def are_enough(parts: Iterable[Behind]) -> bool:
    """Whether so many stand behind all parts together that they may be seen: of each kind three different ones."""
    together: dict[str, set[str]] = {}
    for part in parts:
        for kind, names in part.first.items():
            together.setdefault(kind, set()).update(names.split())
    return all(len(names) >= FEWEST for names in together.values())


@cache
def conditions(expression: str) -> tuple[str, ...]:
    """Which rows an aggregate expression takes in, as SQL: one condition for a sum of aggregates, one for each
    aggregate where they are multiplied, since each of them can then be told from the product."""
    tree = sqlglot.parse_one(expression, dialect=DIALECT)
    found = list(dict.fromkeys(_condition(node) for node in tree.find_all(sql.AggFunc)))
    if any(node.find(sql.AggFunc) for node in tree.find_all(sql.Mul, sql.Div)):
        return tuple(found)
    if EVERY_ROW in found or len(found) == 1:
        return (EVERY_ROW,) if EVERY_ROW in found else (found[0],)
    return (" OR ".join(f"({one})" for one in sorted(found)),)


def _condition(aggregate: sql.AggFunc) -> str:
    if isinstance(aggregate.parent, sql.Filter):
        return aggregate.parent.expression.this.sql(DIALECT)
    counted = aggregate.this
    if isinstance(aggregate, sql.Count) and isinstance(counted, sql.Column):
        return f"NOT {counted.sql(DIALECT)} IS NULL"
    return EVERY_ROW


@cache
def _is_single(expression: str) -> bool:
    return len(list(sqlglot.parse_one(expression, dialect=DIALECT).find_all(sql.AggFunc))) == 1


@cache
def without_filter(expression: str) -> str:
    """The same aggregates over every row of the set."""
    tree = sqlglot.parse_one(expression, dialect=DIALECT)
    return tree.transform(lambda node: node.this if isinstance(node, sql.Filter) else node).sql(DIALECT)


def rests(indicator: Indicator, declared: Mapping[str, Relation]) -> dict[tuple[str, str], list[str]]:
    """Set and expression of each part of a ratio → which reported rows of the whole it leaves out: whole less part
    tells of them."""
    left: dict[tuple[str, str], list[str]] = {}
    if indicator.kind != "ratio":
        return left
    for part in indicator.of_role("part"):
        for whole in indicator.of_role("whole"):
            taken, of = conditions(part.expression), conditions(whole.expression)
            alike = (part.relation, part.base) == (whole.relation, NOW) and declared[part.relation].form is not None
            if alike and _is_single(part.expression) and _is_single(whole.expression) and taken != of:
                left.setdefault((part.relation, part.expression), []).append(
                    f"({of[0]}) AND NOT coalesce({taken[0]}, false)"
                )
    return left


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds `behind`, empty: a row a set, condition, period, scope, entity and kind (bank, borrower) of those behind."""
    connection.execute(
        "CREATE OR REPLACE TABLE behind (relation TEXT, condition TEXT, period TEXT, scope TEXT, entity TEXT, "
        "kind TEXT, number BIGINT, first TEXT)"
    )


def count(connection: duckdb.DuckDBPyConnection, relation: Relation, asked: Sequence[str]) -> None:
    """Adds to `behind` who stands behind the sums of a set that take in the rows of each condition.

    Where the database stops at a period, one stands behind each of its sums: what cannot be counted is withheld.
    """
    if not relation.counted or not asked:
        return
    needed, code = list(dict.fromkeys((EVERY_ROW, *asked))), relation.code
    periods = take_over(connection, "behind", f"behind {code}", relation.reach, f"relation = '{code}'")
    for period, _ in spared(partial(_count, connection, relation, needed), periods):
        connection.execute(
            """INSERT INTO behind SELECT DISTINCT relation, ?, period, scope, entity, ?, 1, '' FROM measure
            WHERE relation = ? AND period = ? AND list_contains(?, scope)""",
            [EVERY_ROW, next(iter(relation.counted)), code, period, list(relation.summed)],
        )


def _count(connection: duckdb.DuckDBPyConnection, relation: Relation, needed: list[str], periods: list[str]) -> None:
    """Reads the set once, to a row a bank, borrower and place; then a row a place and bank, or borrower. Behind its own
    cell nobody is counted: a region's is its own."""
    marks = "".join(f", coalesce(bool_or({condition}), false) AS y{n}" for n, condition in enumerate(needed))
    places = [scope for scope in relation.summed if scope != "city"]
    keys = ", ".join(dict.fromkeys(["period", "on_list", *places, *relation.counted.values()]))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE marked AS SELECT {keys}{marks} FROM {within(relation, relation.behind or '')} "
        "GROUP BY ALL",
        {"periods": periods},
    )
    among = {kind: [scope for scope in relation.summed if scope != kind] for kind in relation.counted}
    any_of = "".join(f", bool_or(y{n}) AS y{n}" for n in range(len(needed)))
    for kind, column in relation.counted.items():
        told = ", ".join(
            f"{{'at': {n}, 'number': count(*) FILTER (y{n}), 'first': min(who, {FEWEST}) FILTER (y{n})}}"
            for n in range(len(needed))
        )
        each = grouped("marked", among[kind], frozenset(), f", {column} AS who{any_of}", column)
        connection.execute(
            f"""INSERT INTO behind
            SELECT $relation, $conditions[told.at + 1], period, scope, entity, $kind, told.number,
                array_to_string(told.first, ' ')
            FROM (SELECT period, scope, entity, unnest(told) AS told FROM (
                SELECT period, scope, entity, [{told}] AS told FROM ({each}) WHERE who IS NOT NULL
                GROUP BY period, scope, entity))
            WHERE told.number > 0""",
            {"relation": relation.code, "conditions": needed, "kind": kind},
        )
    connection.execute("DROP TABLE marked")
