"""Figures from an exchange are a snapshot's to the last digit: by DuckDB on its files, and by Apache Spark."""

from __future__ import annotations

import os
import shutil
from contextlib import closing

import pytest
import sqlglot

from contract.settings import Home
from etl.exchange.export import export
from etl.snapshot import facts
from etl.snapshot.filing import FILING
from etl.snapshot.opened import connect
from metrics.engines.at_hand import DUCKDB, SPARK, spark_lacks
from metrics.engines.engine import engine_of, figures
from metrics.engines.exchanged import Exchange, exchange_of
from metrics.engines.inputs import INPUTS, inputs, policies
from metrics.engines.spark_sql import spark_sql
from metrics.indicators import build
from metrics.indicators.catalogue import catalogue
from metrics.indicators.compute import measure_statement, measures
from metrics.indicators.relations import relations
from metrics.indicators.wide_sets import statement
from metrics.warnings.frame import POLICY
from tests.metrics.worlds import deadlines, snapshot_of
from tests.oracle.packs import PROFILES, pack
from tests.processes import run_here

# Two executors in processes of their own, so that rows really cross from one to the other. Small data need few pieces,
# and no code made for them: its compilation would take most of the time.
CLUSTER = "local-cluster[2,1,1024]"
SHORT_LIVED = "'-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'"
SMALL = {
    "spark.driver.extraJavaOptions": SHORT_LIVED,
    "spark.executor.extraJavaOptions": SHORT_LIVED,
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": 2,
    "spark.sql.adaptive.enabled": "false",
    "spark.executor.memory": "1g",
    "spark.driver.memory": "1g",
}
EVERYTHING = "SELECT * FROM value ORDER BY period, scope, entity, indicator"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A generated pack with late, returned and corrected reports, successions and history, as a published version."""
    root = tmp_path_factory.mktemp("world")
    connection = snapshot_of(pack(7, deadlines(), PROFILES[:6]), root, (facts.build, build.build))
    connection.close()
    home = Home(root)
    shutil.copyfile(home.warehouse / "staging.duckdb", home.snapshot(1))
    (home.warehouse / "CURRENT").write_text(home.snapshot(1).name, encoding="ascii")
    export(home, root / "exchange", "甲")
    return home


@pytest.fixture(scope="module")
def exchange(world: Home) -> Exchange:
    return exchange_of(world.root / "exchange")


def published(world: Home) -> list[tuple]:
    with connect(world.current_snapshot()) as connection:
        return connection.execute(EVERYTHING).fetchall()


def rows_read(world: Home, exchange: Exchange) -> dict[str, list[tuple]]:
    """What evaluation and warnings read beside the figures, by the snapshot's own sets and tables."""
    with connect(world.current_snapshot()) as connection:
        connection.register(POLICY, policies(exchange))
        return {name: sorted(connection.sql(query).fetchall(), key=repr) for name, query in INPUTS.items()}


def worked_out(name: str, exchange: Exchange, master: str | None = None) -> tuple[list[tuple], dict[str, list[tuple]]]:
    """Every figure of every period, and what evaluation and warnings read beside, as an engine works them out."""
    declared = relations()
    with closing(engine_of(name, exchange, declared, master)) as engine:
        connection = figures(engine, exchange, declared, catalogue().values(), exchange.periods)
        beside = {name: inputs(engine, exchange, name).to_pylist() for name in INPUTS}
    rows = {name: sorted((tuple(row.values()) for row in read), key=repr) for name, read in beside.items()}
    return connection.execute(EVERYTHING).fetchall(), rows


def test_duckdb_on_the_files_gives_all_of_the_snapshot(world: Home, exchange: Exchange):
    found, beside = worked_out(DUCKDB, exchange)
    assert len(found) > 5000 and all(beside.values())
    assert found == published(world)
    assert beside == rows_read(world, exchange)


def test_the_command_gives_what_the_snapshot_gives(world: Home, exchange: Exchange):
    call = ("metrics", "values", "--period", exchange.periods[-1], "--indicator", "G01,G12,S18", "--all")
    own = run_here(*call, home=world.root)
    elsewhere = run_here(*call, "--from", world.root / "exchange", home=world.root / "nothing here")
    assert (own.returncode, elsewhere.returncode) == (0, 0), elsewhere.stderr
    assert own.stdout == elsewhere.stdout and own.stdout.count("\n") > 20


def test_what_evaluation_and_warnings_read_is_printed(world: Home, exchange: Exchange):
    call = ("metrics", "inputs", "above_ceiling", "--from", world.root / "exchange")
    done = run_here(*call, home=world.root / "nothing here")
    assert done.stdout.splitlines()[0] == "subject,period,loan_no,amount,approved_on,permitted"
    assert done.stdout.count("\n") == 1 + len(rows_read(world, exchange)["above_ceiling"]) > 1
    assert (done.returncode, done.stderr) == (0, "")
    refused = run_here("metrics", "inputs", "nothing", "--from", world.root / "exchange", home=world.root)
    assert (refused.returncode, "没有“nothing”" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--engine", "duckdb"), "须与--from一并使用"),
        (("--from", "EXCHANGE", "--master", "local"), "只用于--engine spark"),
        (("--from", "EXCHANGE", "--period", "2031-01"), "没有报送期“2031-01”"),
        (("--from", "."), "没有数据交换"),
    ],
)
def test_a_call_that_cannot_work_is_told(world: Home, more: tuple[str, ...], words: str):
    folder = str(world.root / "exchange")
    options = [folder if word == "EXCHANGE" else word for word in more]
    done = run_here("metrics", "values", "--period", "2025-03", *options, home=world.root)
    assert done.returncode == 2
    assert words in done.stderr


def test_every_statement_has_a_counterpart_in_spark():
    """SQLGlot says of none that it knows no counterpart, and what it writes is Spark's SQL."""
    declared, needed = relations(), measures(catalogue().values(), relations())
    written = [FILING, *map(statement, declared.values()), *INPUTS.values()]
    for code, expressions in needed.items():
        domain = declared[code].domain
        written.append(measure_statement(declared[code], expressions, declared[domain] if domain else None))
    for text in written:
        assert sqlglot.parse_one(spark_sql(text), dialect="spark")


@pytest.mark.skipif(bool(spark_lacks()), reason=spark_lacks())
def test_spark_gives_all_of_the_snapshot(world: Home, exchange: Exchange, monkeypatch: pytest.MonkeyPatch):
    options = " ".join(f"--conf {name}={value}" for name, value in SMALL.items())
    monkeypatch.setitem(os.environ, "PYSPARK_SUBMIT_ARGS", f"{options} pyspark-shell")
    assert worked_out(SPARK, exchange, CLUSTER) == (published(world), rows_read(world, exchange))


def test_without_spark_it_says_what_to_install(world: Home, exchange: Exchange, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JAVA_HOME", str(world.root))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    done = run_here(
        *("metrics", "values", "--period", exchange.periods[-1], "--engine", "spark"),
        *("--from", world.root / "exchange"),
        home=world.root,
    )
    assert (done.returncode, "openjdk-17-jre-headless" in done.stderr) == (2, True)
