"""The sets on an exchange by DuckDB: its files read as they lie, without a warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from contract.errors import PilotError
from etl.exchange.files import reader
from etl.exchange.room import Room
from etl.exchange.tables import PERIOD, Table
from etl.snapshot.filing import lay_filing
from metrics.engines.exchanged import Exchange
from metrics.indicators.compute import measure_statement
from metrics.indicators.relations import Relation
from metrics.indicators.wide_sets import create_sets


class OnDuckDB:
    """See `metrics.engines.engine.Engine`. On a database that has the exchange's tables, which it closes."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, declared: Mapping[str, Relation]) -> None:
        self._declared = declared
        self._connection = connection
        lay_filing(connection)
        try:
            create_sets(connection, declared)
        except duckdb.OutOfMemoryException as error:
            raise _too_little(error) from error

    def measured(self, relation: Relation, expressions: Sequence[str], periods: list[str]) -> pa.Table:
        """Raises PilotError where neither the memory nor the folder for what exceeds it is enough."""
        domain = self._declared[relation.domain] if relation.domain else None
        asked = measure_statement(relation, expressions, domain)
        try:
            return self._connection.sql(asked, params={"periods": periods}).to_arrow_table()
        except duckdb.OutOfMemoryException as error:
            raise _too_little(error, relation) from error

    def rows(self, query: str, given: Mapping[str, pa.Table]) -> pa.Table:
        for name, table in given.items():
            self._connection.register(name, table)
        return self._connection.sql(query).to_arrow_table()

    def close(self) -> None:
        self._connection.close()


def laid_on(exchange: Exchange, room: Room) -> duckdb.DuckDBPyConnection:
    """A database that has the tables of an exchange."""
    connection = reader(exchange.place, room)
    lay(connection, exchange)
    return connection


def lay(connection: duckdb.DuckDBPyConnection, exchange: Exchange) -> None:
    """The tables of an exchange in the current schema, as views on its files, so far as there are any."""
    for code, table in exchange.tables.items():
        files = exchange.files(code)
        if files:
            # By name: folders above the exchange may be named after what they hold, too.
            columns = ", ".join([column.code for column in table.columns] + [PERIOD] * table.by_period)
            connection.read_parquet(files, hive_partitioning=table.by_period).project(columns).create_view(code)
        else:
            connection.execute(empty(table))


def empty(table: Table) -> str:
    """SQL: makes a table of the exchange, without rows."""
    columns = ", ".join(f"{column.code} {column.type}" for column in table.columns)
    return f"CREATE TABLE {table.code} ({columns}{f', {PERIOD} VARCHAR' if table.by_period else ''})"


def _too_little(error: duckdb.Error, relation: Relation | None = None) -> PilotError:
    where = f"在集合{relation.code}处" if relation else ""
    reason = str(error).splitlines()[0]
    return PilotError(f"DuckDB{where}内存不够，请以--memory多给一些，或以--spill换一个有余地的目录：{reason}")
