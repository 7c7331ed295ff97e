"""Which cells of `value` are drawn from too few members or borrowers to be shown outside the Bureau.

A figure is as thin as the thinnest set it reads. Where what is withheld in a scope could be had by subtraction from
the sum, the next thinnest cell is withheld too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import duckdb

from contract.calendar import previous
from etl.warehouse.tables import insert
from metrics.indicators.catalogue import NOW, Indicator, Term, catalogue

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

FEWEST = 3
Counts = dict[str, dict[tuple[str, str], dict[str, int]]]  # set → (period, scope) → entity → fewest behind it


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds `withheld`: a row a period, scope, entity and indicator that only the Bureau may see."""
    connection.execute(
        "CREATE OR REPLACE TABLE withheld (period TEXT, scope TEXT, entity TEXT, indicator TEXT, "
        "PRIMARY KEY (period, scope, entity, indicator))"
    )
    insert(connection, "withheld", withheld_cells(catalogue().values(), _counts(connection)))


def _counts(connection: duckdb.DuckDBPyConnection) -> Counts:
    """How few stand behind each sum of each set, as `metrics.indicators.compute` has counted them."""
    counts: Counts = {}
    for code, period, scope, entity, number in connection.execute("SELECT * FROM behind").fetchall():
        counts.setdefault(code, {}).setdefault((period, scope), {})[entity] = number
    return counts


def withheld_cells(indicators: Iterable[Indicator], counts: Counts) -> list[tuple[str, str, str, str]]:
    """Period, scope, entity and indicator of every cell to withhold."""
    keys = sorted({key for cells in counts.values() for key in cells})
    return [
        (period, scope, entity, indicator.code)
        for indicator in indicators
        for period, scope in keys
        if scope in indicator.scopes
        for entity in thin_entities([counted(term, period, scope, counts) for term in indicator.terms])
    ]


def counted(term: Term, period: str, scope: str, counts: Counts) -> dict[str, int]:
    """Entity → fewest behind a term, at the period the term is read for."""
    at = period
    if term.base != NOW:
        at = previous(period, 12) if term.base == "year_before" else f"{int(period[:4]) - 1}-12"
    return counts.get(term.relation, {}).get((at, scope), {})


def thin_entities(counts: Iterable[Mapping[str, int]]) -> list[str]:
    """Entities with one or two behind them in any of the sets, and as many more as keep those from being worked out."""
    fewest: dict[str, int] = {}
    for behind in counts:
        for entity, number in behind.items():
            fewest[entity] = min(number, fewest.get(entity, number))
    ordered = sorted((number, entity) for entity, number in fewest.items() if number > 0)
    thin = [entity for number, entity in ordered if number < FEWEST]
    if thin and (len(thin) == 1 or sum(fewest[entity] for entity in thin) < FEWEST):
        thin = [entity for _, entity in ordered[: len(thin) + 1]]
    return thin
