"""Figures at which the database stops: found one by one and set down, so that all the others are worked out.

A declaration that can overflow is refused when it is read (`contract.wide_sql`). What is left is data that no
declaration foresaw; it must cost the figures it spoils and no more. Only errors of data are meant (a number out of
range, a value that cannot be converted); any other stops the build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import duckdb

from etl.checks.faults import reason_of
from etl.warehouse.tables import insert
from metrics.indicators.relations import CITY

DATA_ERRORS = duckdb.DataError

Thing = TypeVar("Thing")


def spared(work: Callable[[list[Thing]], object], things: Sequence[Thing]) -> list[tuple[Thing, duckdb.DataError]]:
    """Does some work for all things at once; where the database stops at a value, for each half of them by itself.

    Returns the things at which it stops by themselves, and why. Work that stops must leave nothing behind.
    """
    things = list(things)
    try:
        if things:
            work(things)
        return []
    except DATA_ERRORS as error:
        if len(things) == 1:
            return [(things[0], error)]
    half = len(things) // 2
    return [*spared(work, things[:half]), *spared(work, things[half:])]


@contextmanager
def _all_or_nothing(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What is done in it stays only where all of it is done."""
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def add_periods(
    connection: duckdb.DuckDBPyConnection, part: str, add: Callable[[list[str]], object], periods: Sequence[str]
) -> None:
    """Adds a part of a snapshot that is worked out by period; one at which the database stops is set down for the
    city, under the part's name in the place of an indicator's code."""
    for period, error in spared(partial(_added, connection, add), periods):
        insert(connection, "not_computable", [(period, "city", CITY, part, reason_of(error), [])])


def _added(connection: duckdb.DuckDBPyConnection, add: Callable[[list[str]], object], periods: list[str]) -> None:
    with _all_or_nothing(connection):
        add(periods)
