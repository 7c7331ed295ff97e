"""The step of a country's data version (`data/snapshot/country.csv`): figures of regions and country, and members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from contract.declarations import regions
from contract.settings import home_of
from etl.warehouse.tables import insert
from metrics.engines.exchanged import Exchange
from metrics.indicators import inputs
from metrics.indicators.catalogue import catalogue
from metrics.indicators.compute import compute
from metrics.indicators.disclosure import count_behind, withhold
from metrics.indicators.relations import REGION, relations
from metrics.nation.others import leave_others
from metrics.nation.sets import exchanges, indicators_of_country, lay_regions, of_country

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

NATION, COUNTRY = "nation", "CN"  # the scope over all regions, and its one entity
# What a region's data version calls its whole is a country's whole here.
PLACED = "CASE scope WHEN 'city' THEN $nation ELSE scope END AS scope, if(scope = 'city', $country, entity) AS entity"
# Table → its columns as SQL, in order; the others have the columns that they have in a region's data version.
REGION_TABLES = {
    "region": "code TEXT, name TEXT, short_name TEXT, exchange TEXT, data_version INTEGER, made_at TIMESTAMP, "
    "last_period TEXT, demonstration BOOLEAN",
    "region_member": "region TEXT, code TEXT, name TEXT, short_name TEXT, kind TEXT, member_group TEXT, state TEXT, "
    "since DATE",
}  # fmt: skip


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds `region` (a row a declared region, with the exchange that its figures rest on, if any), `region_member`,
    `period`, and `value`, `not_computable` and `withheld` of the scopes `nation` and `region`.

    Worked out beside the data version, whose connection may read no other file. Raises as `sets.exchanges`.
    """
    found = exchanges(home_of(context.ledger.place).exchange)
    with lay_regions(found, relations()) as beside:
        declared = of_country(relations())
        indicators = indicators_of_country(catalogue().values(), declared)
        compute(beside, indicators, declared)
        count_behind(beside, indicators, declared)
        leave_others(beside)
        withhold(beside, indicators, declared)
        for table in ("value", "not_computable", "withheld"):
            placed = f"SELECT * REPLACE ({PLACED}) FROM {table} ORDER BY ALL"
            rows = beside.sql(placed, params={"nation": NATION, "country": COUNTRY}).to_arrow_table()
            _keep(connection, table, "CREATE OR REPLACE TABLE", rows)
        inputs.create(connection, "period")
        _keep(connection, "period", "INSERT INTO", beside.sql("FROM period ORDER BY period").to_arrow_table())
    _add_regions(connection, found)
    _add_members(connection, found)


def _keep(connection: duckdb.DuckDBPyConnection, table: str, how: str, rows: pa.Table) -> None:
    connection.register("given", rows)
    connection.execute(f"{how} {table}{' AS' if how.startswith('CREATE') else ''} FROM given")
    connection.unregister("given")


def _add_regions(connection: duckdb.DuckDBPyConnection, found: Mapping[str, Exchange]) -> None:
    connection.execute(f"CREATE OR REPLACE TABLE region ({REGION_TABLES[REGION]})")
    rows = []
    for region in regions().values():
        exchange = found.get(region.code)
        made = exchange and exchange.manifest
        stated = (made.data_version, made.made_at, made.last_period, made.demonstration) if made else (None,) * 4
        rows.append((region.code, region.name, region.short_name, exchange and exchange.place.name, *stated))
    insert(connection, REGION, rows)


def _add_members(connection: duckdb.DuckDBPyConnection, found: Mapping[str, Exchange]) -> None:
    connection.execute(f"CREATE OR REPLACE TABLE region_member ({REGION_TABLES['region_member']})")
    for code, exchange in found.items():
        connection.register("given", exchange.whole("member"))
        connection.execute(
            "INSERT INTO region_member SELECT ?, code, name, short_name, kind, member_group, state, since FROM given",
            [code],
        )
        connection.unregister("given")
