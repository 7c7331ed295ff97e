"""The SQL of the declarations in Spark's dialect, by SQLGlot: what has no counterpart there is declared otherwise.

How the two engines' types of sums and products are made alike: decision 0033.
"""

from __future__ import annotations

import sqlglot
from sqlglot import expressions as sql
from sqlglot.dialects.spark import Spark

from contract.wide_sql import DIALECT


class Spark4(Spark):
    """Spark 4, for statements of this project."""

    class Generator(Spark.Generator):
        # Spark's widest whole number has 64 bits; its widest decimal has 38 digits, what fits into 128 bits.
        TYPE_MAPPING = {**Spark.Generator.TYPE_MAPPING, sql.DataType.Type.INT128: "DECIMAL(38, 0)"}  # noqa: RUF012


def spark_sql(statement: str) -> str:
    """A statement of ours as Spark runs it. Raises sqlglot.errors.UnsupportedError where there is no counterpart."""
    tree = sqlglot.parse_one(statement, dialect=DIALECT)
    return tree.sql(Spark4, unsupported_level=sqlglot.ErrorLevel.RAISE)
