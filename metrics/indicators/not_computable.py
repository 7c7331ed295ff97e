"""Figures at which the database stops: found one by one and set down, so that all the others are worked out.

A declaration that can overflow is refused when it is read (`contract.wide_sql`). What is left is data that no
declaration foresaw; it must cost the figures it spoils and no more. Only errors of data are meant (a number out of
range, a value that cannot be converted); any other stops the build.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import duckdb

DATA_ERRORS = duckdb.DataError
TABLE = (
    "CREATE OR REPLACE TABLE not_computable (period TEXT, scope TEXT, entity TEXT, indicator TEXT, reason TEXT, "
    "submissions INTEGER[], PRIMARY KEY (period, scope, entity, indicator))"
)

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
