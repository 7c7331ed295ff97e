"""The snapshot's step for figures: policy parameters, district codes, the sets as views, and the table `value`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from contract.parameters import Parameters
from etl.warehouse.tables import insert
from ledger.policy import parameters_of
from metrics.indicators import carry, inputs
from metrics.indicators.catalogue import catalogue
from metrics.indicators.compute import compute
from metrics.indicators.relations import relations
from metrics.indicators.wide_sets import create_sets

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext


def add_parameters(connection: duckdb.DuckDBPyConnection, parameters: Parameters) -> None:
    """Table `parameter`: a row a parameter and stretch of days in which a value is in force (end exclusive)."""
    inputs.create(connection, "parameter")
    rows = [
        (
            *(value.name, value.value, value.unit, value.effective_from, until, value.document_no, value.note),
            *(value.reason, value.proposer, value.approver),
        )
        for values in parameters.history.values()
        for value, until in zip(values, [*(later.effective_from for later in values[1:]), None], strict=True)
    ]
    insert(connection, "parameter", rows)


def add_values(connection: duckdb.DuckDBPyConnection, parameters: Parameters) -> None:
    """Adds `parameter`, `district_unit`, the views `set_…` and `value` to the tables that `etl` leaves."""
    add_parameters(connection, parameters)
    inputs.add_districts(connection)
    create_sets(connection)
    carry.prepare(connection)
    compute(connection, catalogue().values(), relations())


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """The declared step (`data/snapshot.csv`); see `etl.snapshot.context.BuildContext`."""
    add_values(connection, parameters_of(context.ledger))
