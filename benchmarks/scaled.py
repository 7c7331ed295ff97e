"""One piece of the engines' benchmark as a process of its own: `python -m benchmarks.scaled make | load | figures`."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from benchmarks.country import make_country
from contract.settings import Home
from etl.exchange.files import rows_of
from etl.exchange.room import Room
from metrics.engines.engine import Engine, engine_of, figures
from metrics.engines.exchanged import Exchange, exchange_of
from metrics.engines.on_duckdb import OnDuckDB, empty
from metrics.indicators.catalogue import catalogue
from metrics.indicators.relations import relations

WAREHOUSE = "warehouse"  # DuckDB on tables of its own, loaded from the exchange
ALL, NEWEST = "all", "newest"  # of which months the figures are


def make(demonstration: str, folder: str, loan_months: str, memory: str, spill: str) -> None:
    """Writes an exchange of at least so many loan-months."""
    make_country(Home(Path(demonstration)), Path(folder), int(loan_months), Room(memory, Path(spill)))


def load(folder: str, file: str, memory: str, spill: str) -> None:
    """The tables of an exchange as those of a DuckDB file."""
    exchange = exchange_of(Path(folder))
    with Room(memory, Path(spill)).database(file) as connection:
        for code, table in exchange.tables.items():
            if files := exchange.files(code):
                connection.execute(f"CREATE TABLE {code} AS {rows_of(table)}", {"files": files})
            else:
                connection.execute(empty(table))


def compute(name: str, folder: str, months: str, out: str, memory: str, spill: str, place: str) -> None:
    """The figures of an exchange's newest month, or of all, as Parquet; `place` is the warehouse's file, or Spark's
    master."""
    exchange, room = exchange_of(Path(folder)), Room(memory, Path(spill))
    periods = exchange.periods if months == ALL else exchange.periods[-1:]
    with closing(_engine(name, exchange, room, place)) as engine:
        worked_out = figures(engine, exchange, relations(), catalogue().values(), periods, room)
    shown = ", ".join(f"'{period}'" for period in periods)
    worked_out.execute(f"COPY (SELECT * FROM value WHERE period IN ({shown})) TO '{out}' (FORMAT parquet)")


def _engine(name: str, exchange: Exchange, room: Room, place: str) -> Engine:
    if name == WAREHOUSE:
        return OnDuckDB(room.database(place), relations())
    return engine_of(name, exchange, relations(), place, room)


if __name__ == "__main__":
    {"make": make, "load": load, "figures": compute}[sys.argv[1]](*sys.argv[2:])
