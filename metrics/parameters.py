"""The snapshot step that writes the policy parameters, before the indicators that read them."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from etl.ledger import Ledger
from etl.parameters import Parameters, declared_parameters, with_events
from etl.publish import BuildContext

# Grain: a value of a parameter; `effective_to` is exclusive, NULL = still in force.
TABLE = """
    CREATE OR REPLACE TABLE parameter (
        name TEXT, value DECIMAL(18, 6), unit TEXT, effective_from DATE, effective_to DATE, document_no TEXT, note TEXT
    )
"""


def parameters_of(ledger: Ledger) -> Parameters:
    """The declared parameters with the ledger's later values."""
    return with_events(declared_parameters(), ledger.events("parameter"))


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Fills table `parameter`: a row a value of a parameter, with the days it is in force."""
    write_parameters(connection, parameters_of(context.ledger))


def write_parameters(connection: duckdb.DuckDBPyConnection, parameters: Parameters) -> None:
    """Fills table `parameter` from parameters, which may be those of a trial."""
    connection.execute(TABLE)
    rows = [
        {
            "name": entry.name,
            "value": entry.value,
            "unit": entry.unit,
            "effective_from": entry.effective_from,
            "effective_to": following.effective_from if following else None,
            "document_no": entry.document_no,
            "note": entry.note,
        }
        for values in parameters.history.values()
        for entry, following in zip(values, (*values[1:], None), strict=True)
    ]
    connection.register("parameter_rows", pa.Table.from_pylist(rows))
    connection.execute("INSERT INTO parameter BY NAME SELECT * FROM parameter_rows")
    connection.unregister("parameter_rows")
