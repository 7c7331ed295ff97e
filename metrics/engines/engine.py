"""What an engine does for the figures: the aggregates of a set; from these, part, whole and value as everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa

from contract.console.program import later
from contract.errors import CallError
from etl.exchange.room import Room
from metrics.engines.at_hand import LOCAL, SPARK, spark_lacks
from metrics.engines.exchanged import Exchange, exchange_of
from metrics.engines.on_duckdb import OnDuckDB, laid_on
from metrics.indicators import inputs
from metrics.indicators.catalogue import Indicator, catalogue, indicator
from metrics.indicators.compute import BASE_PERIODS, add_measured, create_measure, measures, put_together
from metrics.indicators.relations import Relation, relations

on_spark = later("metrics.engines.on_spark:OnSpark")  # which alone needs PySpark


class Engine(Protocol):
    """Has laid the sets on an exchange, and answers for their sums."""

    def measured(self, relation: Relation, expressions: Sequence[str], periods: list[str]) -> pa.Table:
        """A row a period, scope and entity of a set, with its aggregates m0, m1, … as DECIMAL(38, 12)."""

    def rows(self, query: str, given: Mapping[str, pa.Table]) -> pa.Table:
        """The rows of a statement on sets and tables, and on small tables that are given it by their names."""

    def close(self) -> None: ...


def engine_of(
    name: str, exchange: Exchange, declared: Mapping[str, Relation], master: str | None = None, room: Room | None = None
) -> Engine:
    """An engine (one of `at_hand.ENGINES`) with the sets laid on an exchange; `room` is DuckDB's, `master` Spark's.
    Raises CallError where Spark lacks what it needs."""
    if name != SPARK:
        return OnDuckDB(laid_on(exchange, room or Room()), declared)
    if missing := spark_lacks():
        raise CallError(missing)
    return on_spark(exchange, declared, master or LOCAL)


def figures_of(
    folder: Path,
    name: str,
    master: str | None,
    room: Room | None,
    period: str,
    codes: Sequence[str] | None = None,
) -> duckdb.DuckDBPyConnection:
    """The figures of a period worked out from the exchange in a folder: all, or those of some indicators.

    Raises CallError where there is no such exchange, period or engine; RefusedFile where the exchange is damaged.
    """
    exchange, declared = exchange_of(folder), relations()
    if period not in exchange.periods:
        raise CallError(f"{exchange.place.name}没有报送期“{period}”，应为{exchange.periods[0]}至{exchange.periods[-1]}")
    wanted = catalogue().values() if codes is None else [indicator(code) for code in codes]
    with closing(engine_of(name, exchange, declared, master, room)) as engine:
        return figures(engine, exchange, declared, wanted, [period], room)


def figures(
    engine: Engine,
    exchange: Exchange,
    declared: Mapping[str, Relation],
    indicators: Iterable[Indicator],
    periods: Sequence[str],
    room: Room | None = None,
) -> duckdb.DuckDBPyConnection:
    """A database in memory with the table `value` of some periods as a snapshot has it, from `measure` and `period`.

    What is summed over many rows is the engine's. The quotient of two sums is taken here, by the very statements of a
    snapshot, so that it is the same to the last digit.
    """
    indicators = list(indicators)
    connection = (room or Room()).database()
    inputs.create(connection, "period")
    _insert(connection, "INSERT INTO period BY NAME FROM given", exchange.whole("period"))
    statement = f"""SELECT DISTINCT read FROM ({BASE_PERIODS})
        WHERE list_contains(?, period) AND read IN (SELECT period FROM period) ORDER BY read"""
    read = [period for (period,) in connection.execute(statement, [list(periods)]).fetchall()]
    needed = measures(indicators, declared)
    create_measure(connection)
    for code, expressions in needed.items():
        connection.register("given", engine.measured(declared[code], expressions, read))
        add_measured(connection, code, range(len(expressions)), "SELECT * FROM given", {})
        connection.unregister("given")
    put_together(connection, indicators, needed)
    return connection


def _insert(connection: duckdb.DuckDBPyConnection, statement: str, rows: pa.Table) -> None:
    connection.register("given", rows)
    connection.execute(statement)
    connection.unregister("given")
