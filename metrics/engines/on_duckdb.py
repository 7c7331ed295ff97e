"""The sets on an exchange by DuckDB: its files read as they lie, without a warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from etl.exchange.files import reader
from etl.exchange.tables import PERIOD
from etl.snapshot.filing import lay_filing
from metrics.engines.exchanged import Exchange
from metrics.indicators.compute import measure_statement
from metrics.indicators.relations import Relation
from metrics.indicators.wide_sets import create_sets


def lay(connection: duckdb.DuckDBPyConnection, exchange: Exchange) -> None:
    """The tables of an exchange in the current schema, as views on its files, and what the sets read on them."""
    for code, table in exchange.tables.items():
        files = exchange.files(code)
        if files:
            # By name: folders above the exchange may be named after what they hold, too.
            columns = ", ".join([column.code for column in table.columns] + [PERIOD] * table.by_period)
            connection.read_parquet(files, hive_partitioning=table.by_period).project(columns).create_view(code)
        else:
            columns = ", ".join(f"{column.code} {column.type}" for column in table.columns)
            period = f", {PERIOD} VARCHAR" if table.by_period else ""
            connection.execute(f"CREATE TABLE {code} ({columns}{period})")
    lay_filing(connection)


class OnDuckDB:
    """See `metrics.engines.engine.Engine`."""

    def __init__(self, exchange: Exchange, declared: Mapping[str, Relation]) -> None:
        self._declared = declared
        self._connection = reader(exchange.place)
        lay(self._connection, exchange)
        create_sets(self._connection, declared)

    def measured(self, relation: Relation, expressions: Sequence[str], periods: list[str]) -> pa.Table:
        domain = self._declared[relation.domain] if relation.domain else None
        asked = measure_statement(relation, expressions, domain)
        return self._connection.sql(asked, params={"periods": periods}).to_arrow_table()

    def rows(self, query: str, given: Mapping[str, pa.Table]) -> pa.Table:
        for name, table in given.items():
            self._connection.register(name, table)
        return self._connection.sql(query).to_arrow_table()

    def close(self) -> None:
        self._connection.close()
