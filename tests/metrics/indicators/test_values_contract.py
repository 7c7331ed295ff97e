"""The demonstration's snapshot has the tables that metrics reads, and values in every scope."""

import pytest

from contract.settings import Home
from etl.snapshot.opened import connect, current
from metrics.indicators import inputs
from metrics.indicators.catalogue import catalogue
from metrics.indicators.relations import SCOPES


@pytest.fixture(scope="module")
def snapshot(demo_home):
    with connect(current(Home(demo_home)).path) as connection:
        yield connection


@pytest.mark.parametrize("table", list(inputs.tables()))
def test_etl_leaves_the_columns_that_metrics_reads(snapshot, table):
    needed = [column.split()[0] for column in inputs.tables()[table].replace("(18,6)", "").split(", ")]
    columns = [row[0] for row in snapshot.execute(f"DESCRIBE {table}").fetchall()]
    assert set(needed) <= set(columns)


def test_every_indicator_has_values_in_each_of_its_scopes(snapshot):
    rows = snapshot.execute("SELECT DISTINCT indicator, scope FROM value WHERE value IS NOT NULL").fetchall()
    valued = set(rows)
    declared = {(code, scope) for code, each in catalogue().items() for scope in each.scopes}
    assert declared - valued == set() and valued <= declared
    assert {scope for _, scope in valued} == set(SCOPES)


def test_districts_add_up_to_all_in_the_demonstration(snapshot):
    rows = snapshot.execute("""
        SELECT period, sum(part) FILTER (WHERE scope = 'city'), sum(part) FILTER (WHERE scope = 'district')
        FROM value WHERE indicator = 'G01' GROUP BY period
    """).fetchall()
    assert rows and all(city == districts for _, city, districts in rows)
