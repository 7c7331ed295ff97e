"""Takes aggregate expressions apart: sums and counts that may be added up again, and distinct counts that may not.

A set is then read once at its finest grain, however many scopes its sums are wanted for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import sqlglot
from sqlglot import expressions as sql

DIALECT = "duckdb"


@dataclass(frozen=True)
class DistinctCount:
    """How many different values a column has in the rows that meet a condition."""

    column: str
    condition: str | None


@dataclass(frozen=True)
class Parts:
    """What some expressions are made of; the expressions again, over a0, a1, … and d0, d1, …"""

    additive: tuple[str, ...]
    distinct: tuple[DistinctCount, ...]
    rebuilt: tuple[str, ...]


def _distinct(node: sql.Expression) -> DistinctCount | None:
    """The node as a distinct count, where it is one."""
    count, condition = (node.this, node.expression.this) if isinstance(node, sql.Filter) else (node, None)
    if not isinstance(count, sql.Count) or not isinstance(count.this, sql.Distinct):
        return None
    (column,) = count.this.expressions
    return DistinctCount(column.sql(DIALECT), condition.sql(DIALECT) if condition else None)


@cache
def take_apart(expressions: tuple[str, ...]) -> Parts:
    """The distinct parts of expressions, in order of first use."""
    additive: list[str] = []
    distinct: list[DistinctCount] = []

    def position(known: list, item: object) -> int:
        if item not in known:
            known.append(item)
        return known.index(item)

    def replaced(node: sql.Expression) -> sql.Expression:
        if not isinstance(node, sql.AggFunc | sql.Filter):
            return node
        count = _distinct(node)
        name = f"a{position(additive, node.sql(DIALECT))}" if count is None else f"d{position(distinct, count)}"
        return sql.column(name)

    trees = [sqlglot.parse_one(expression, dialect=DIALECT) for expression in expressions]
    rebuilt = tuple(tree.transform(replaced).sql(DIALECT) for tree in trees)
    return Parts(tuple(additive), tuple(distinct), rebuilt)


@cache
def cells_read(expression: str) -> tuple[str, ...]:
    """The columns that an expression reads, in order of first use."""
    columns = sqlglot.parse_one(expression, dialect=DIALECT).find_all(sql.Column)
    return tuple(dict.fromkeys(column.name for column in columns))
