"""The sets on an exchange by Apache Spark: the same statements in its dialect, on one machine or on a cluster.

The one module that knows PySpark, which is installed where it is wanted alone: `engine.engine_of` loads it then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from contract.errors import PilotError
from etl.exchange.tables import PERIOD, Column, Table
from etl.snapshot.filing import FILING
from metrics.engines.exchanged import Exchange
from metrics.engines.spark_sql import spark_sql
from metrics.indicators.compute import measure_statement
from metrics.indicators.relations import Relation
from metrics.indicators.wide_sets import statement

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # A sum or product that 38 digits cannot hold stops; none is rounded to make room, none becomes nothing.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",  # a period is a text
}
# Spark gives a sum of BIGINT 64 bits, where DuckDB gives it 128: a decimal of as many digits grows with its sum.
WIDE = {"BIGINT": "DECIMAL(19, 0)"}


class OnSpark:
    """See `metrics.engines.engine.Engine`. One session: whoever opens it closes it."""

    def __init__(self, exchange: Exchange, declared: Mapping[str, Relation], master: str) -> None:
        self._declared = declared
        builder = SparkSession.builder.master(master).appName("pilot")
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        self._session = builder.getOrCreate()
        for code, table in exchange.tables.items():
            self._lay_table(exchange, code, table)
        self._lay_view("filing", FILING)
        for relation in declared.values():
            self._lay_view(relation.view, statement(relation))

    def _lay_view(self, name: str, query: str) -> None:
        """A view as Spark has understood it once: one kept as text is read again by every set above it."""
        self._session.sql(spark_sql(query)).createOrReplaceTempView(name)

    def _lay_table(self, exchange: Exchange, code: str, table: Table) -> None:
        """A view on a table's files; an empty one where there are none."""
        columns = [f"CAST({column.code} AS {_type(column)}) AS {column.code}" for column in table.columns]
        if exchange.files(code):
            frame = self._session.read.parquet(f"{exchange.place}/{code}")
            columns += [PERIOD] if table.by_period else []
        else:
            own = [f"{column.code} {_type(column)}" for column in table.columns]
            split = [f"{PERIOD} STRING"] if table.by_period else []
            frame, columns = self._session.createDataFrame([], ", ".join([*own, *split])), ["*"]
        frame.selectExpr(*columns).createOrReplaceTempView(code)

    def measured(self, relation: Relation, expressions: Sequence[str], periods: list[str]) -> pa.Table:
        """Raises PilotError where Spark stops at what it reads."""
        domain = self._declared[relation.domain] if relation.domain else None
        asked = measure_statement(relation, expressions, domain)
        return self._answered(asked, f"集合{relation.code}", {"periods": periods})

    def rows(self, query: str, given: Mapping[str, pa.Table]) -> pa.Table:
        """Raises PilotError where Spark stops at what it reads."""
        for name, table in given.items():
            self._session.createDataFrame(table).createOrReplaceTempView(name)
        return self._answered(query, "评价和预警所依据的行")

    def _answered(self, query: str, of: str, args: Mapping[str, Any] | None = None) -> pa.Table:
        try:
            return self._session.sql(spark_sql(query), args=args).toArrow()
        except PySparkException as error:
            raise PilotError(f"Spark在{of}处停止：{str(error).splitlines()[0]}") from error

    def close(self) -> None:
        self._session.stop()


def _type(column: Column) -> str:
    return WIDE.get(column.type, column.type.replace("VARCHAR", "STRING").replace("TIMESTAMP", "TIMESTAMP_NTZ"))
