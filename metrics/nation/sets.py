"""The sets of several regions in one database: each as its region has it, and all of them one below the other.

A region's sets are laid on its own exchange, in a schema of its own: by its own register, policy and calendar, with
numbers that mean something there alone. Over them a set of the country is the rows of all regions with a column
`region` more. What tells one bank or borrower from another is made the same in all: a bank is its region's, a borrower
has one number wherever it borrows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from contract.declarations import regions, units_of
from contract.errors import RefusedFile, SnapshotError
from contract.places import region_folder
from etl.exchange.manifest import current
from etl.exchange.room import Room
from etl.snapshot.filing import lay_filing
from metrics.engines.exchanged import Exchange, exchange_of
from metrics.engines.on_duckdb import lay
from metrics.indicators import inputs
from metrics.indicators.catalogue import Indicator
from metrics.indicators.relations import REGION, Relation
from metrics.indicators.wide_sets import create_sets

SCOPES = ("city", REGION)
FIRM = "firm_key"
FIRMS = "firm_number"


def exchanges(folder: Path) -> dict[str, Exchange]:
    """Region → its current exchange, of the regions that have one in a folder.

    Raises as `exchange_of`; SnapshotError where no region has one; RefusedFile where an exchange in a region's folder
    is another region's.
    """
    found = {}
    for code in regions():
        own = folder / region_folder(code)
        if current(own):
            found[code] = exchange_of(own)
            units = set(found[code].whole("district_unit").column("code").to_pylist())
            if units != set(units_of(code)):
                raise RefusedFile(f"{own.name}中的数据交换所列地区与区域{code}声明的不同：不是它的，或已改变声明")
    if not found:
        raise SnapshotError(f"还没有区域导出数据：请在各区域执行python -m etl export --parquet {folder}")
    return found


def of_country(declared: Mapping[str, Relation]) -> dict[str, Relation]:
    """The sets as they hold all regions: of the scopes that add up over them, the whole and the region."""
    return {
        code: replace(
            relation,
            scopes=SCOPES if "city" in relation.scopes else (),
            own=frozenset(),
            city_of=None,
            columns=(REGION, *relation.columns),
        )
        for code, relation in declared.items()
    }


def indicators_of_country(declared: Iterable[Indicator], sets: Mapping[str, Relation]) -> list[Indicator]:
    """The indicators that have a figure of a whole region, over regions: of their terms those that a whole region's
    figure reads."""
    return [
        replace(one, scopes=SCOPES, terms=tuple(term for term in one.terms if sets[term.relation].scopes))
        for one in declared
        if "city" in one.scopes
    ]


def lay_regions(found: Mapping[str, Exchange], declared: Mapping[str, Relation]) -> duckdb.DuckDBPyConnection:
    """A database in memory with the sets of all regions: views `set_<code>`, and what they share, `period` and
    `presence`."""
    connection = Room().database()
    for code, exchange in found.items():
        connection.execute(f"CREATE SCHEMA {_schema(code)}")
        connection.execute(f"USE memory.{_schema(code)}")
        lay(connection, exchange)
        lay_filing(connection)
        create_sets(connection, declared)
    connection.execute("USE memory.main")
    _number_firms(connection, found)
    _lay_shared(connection, found)
    for relation in declared.values():
        rows = " UNION ALL BY NAME ".join(_rows(code, relation) for code in found)
        connection.execute(f"CREATE VIEW {relation.view} AS {rows}")
    return connection


def _schema(region: str) -> str:
    return f"region_{region}"


def _code(region: str) -> str:
    """SQL of a region's code, which is a number of six digits (`contract.declarations`)."""
    return f"CAST({int(region)} AS VARCHAR)"


def _all(found: Iterable[str], table: str) -> str:
    """SQL: the rows of a table of all regions."""
    rows = (f"SELECT {_code(code)} AS {REGION}, * FROM {_schema(code)}.{table}" for code in found)
    return " UNION ALL BY NAME ".join(rows)


def _number_firms(connection: duckdb.DuckDBPyConnection, found: Iterable[str]) -> None:
    """Gives a borrower one number in the whole country: the credit code is what a number stands for in each region."""
    own = " UNION ALL ".join(
        f"SELECT DISTINCT {_code(code)} AS {REGION}, {FIRM}, uscc FROM {_schema(code)}.B1" for code in found
    )
    connection.execute(
        f"""CREATE TABLE {FIRMS} AS
        SELECT {REGION}, {FIRM}, CAST(dense_rank() OVER (ORDER BY uscc) AS INTEGER) AS number FROM ({own})"""
    )


def _lay_shared(connection: duckdb.DuckDBPyConnection, found: Iterable[str]) -> None:
    """The months that any region has, who has reported, and nothing to be taken over from another data version."""
    found = list(found)
    inputs.create(connection, "period")
    columns = ", ".join(column.split(" ")[0] for column in inputs.tables()["period"].split(", "))
    connection.execute(f"INSERT INTO period SELECT DISTINCT {columns} FROM ({_all(found, 'period')}) ORDER BY period")
    connection.execute(f"CREATE VIEW presence AS {_all(found, 'presence')}")
    connection.execute("CREATE TABLE basis (part TEXT, period TEXT, hash TEXT, taken_over BOOLEAN)")
    connection.execute("CREATE TABLE resting (reach TEXT, period TEXT, hash TEXT)")


def _rows(region: str, relation: Relation) -> str:
    """SQL: a region's rows of a set, as those of all regions are told apart."""
    changed = [f"{_code(region)} || '/' || s.bank AS bank"] if "bank" in relation.columns else []
    joined = ""
    if FIRM in relation.columns:
        changed.append(f"n.number AS {FIRM}")
        joined = f" LEFT JOIN main.{FIRMS} AS n ON n.{REGION} = {_code(region)} AND n.{FIRM} = s.{FIRM}"
    replaced = f" REPLACE ({', '.join(changed)})" if changed else ""
    return f"SELECT {_code(region)} AS {REGION}, s.*{replaced} FROM {_schema(region)}.{relation.view} AS s{joined}"
