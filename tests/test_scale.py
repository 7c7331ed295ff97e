"""The engines' benchmark measures what it says: a made country is an exchange, and both ways of DuckDB agree on it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from benchmarks.measure import measure
from benchmarks.scale.__main__ import Row, table
from benchmarks.scale.grown_exchange import (
    ALL,
    LOANS_OF_A_SET,
    NEWEST,
    WAREHOUSE,
    compute,
    copies_of,
    load,
    make_country,
)
from benchmarks.scale.stages import CORES, MB, NETWORK_MB, makespan, read_stages
from contract.errors import CallError, PilotError
from contract.settings import Home
from etl.exchange.manifest import Manifest
from etl.exchange.proof import prove
from etl.exchange.room import Room
from etl.snapshot import facts
from metrics.engines.at_hand import DUCKDB
from metrics.engines.exchanged import exchange_of
from metrics.indicators import build
from tests.metrics.worlds import deadlines, snapshot_of
from tests.oracle.packs import PROFILES, pack

COPIES = 2 * LOANS_OF_A_SET + 1  # three sets of banks
ROOM = Room("500MB")


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A published version of a few members."""
    root = tmp_path_factory.mktemp("pilot")
    snapshot_of(pack(7, deadlines(), PROFILES[:4]), root, (facts.build, build.build)).close()
    home = Home(root)
    shutil.copyfile(home.warehouse / "staging.duckdb", home.snapshot(1))
    (home.warehouse / "CURRENT").write_text(home.snapshot(1).name, encoding="ascii")
    return home


def asked(home: Home, query: str) -> list[tuple]:
    with duckdb.connect(str(home.current_snapshot()), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def country(pilot: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """39 times the pilot's loans."""
    folder = tmp_path_factory.mktemp("country")
    ((loans,),) = asked(pilot, "SELECT count(*) FROM B1")
    return folder, make_country(pilot, folder, COPIES * loans, ROOM)


def rows(folder: Path, code: str, query: str) -> list[tuple]:
    return duckdb.sql(query, params={"files": exchange_of(folder).files(code)}).fetchall()


def test_banks_are_unequal_and_each_has_loans():
    copies = copies_of(2_600)
    number = Counter(copy.banks for copy in copies)
    assert len(copies) == 2_600 and [copy.number for copy in copies] == list(range(2_600))
    assert len(number) == 137  # of thirty banks each: 4,110
    assert min(number.values()) >= 2 and number[0] == max(number.values()) > 400
    assert {(copy.banks, copy.place) for copy in copies} == {
        (banks, place) for banks, count in number.items() for place in range(count)
    }


def test_the_country_is_a_sound_exchange(pilot: Home, country: tuple[Path, Manifest], tmp_path: Path):
    folder, stated = country
    ((loans, firms),) = asked(pilot, "SELECT count(*), count(DISTINCT firm_key) FROM B1")
    assert prove(Home(tmp_path), folder).faults == []
    assert sum(part.rows for part in stated.of("B1")) == COPIES * loans
    counted = "SELECT count(DISTINCT firm_key), count(DISTINCT uscc), count(DISTINCT (submission_id, row_no)) "
    assert rows(folder, "B1", f"{counted} FROM read_parquet($files)") == [
        (COPIES * firms, COPIES * firms, COPIES * loans)
    ]


def test_a_summary_is_still_the_sum_of_the_loans(pilot: Home, country: tuple[Path, Manifest]):
    """What both of them come to is the pilot's times the sum of all factors, each cell rounded to six places."""
    factors = sum(copy.percent for copy in copies_of(COPIES))
    for code, column in (("B1", "amount"), ("B2", "total_loans")):
        ((before,),) = asked(pilot, f"SELECT sum({column}) FROM {code}")
        ((after, cells),) = rows(country[0], code, f"SELECT sum({column}), count(*) FROM read_parquet($files)")
        assert before > 0 and abs(after - before * factors / 100) <= cells * Decimal("0.000001")


def test_the_same_size_gives_the_same_rows(pilot: Home, country: tuple[Path, Manifest], tmp_path: Path):
    ((loans,),) = asked(pilot, "SELECT count(*) FROM B1")
    again = make_country(pilot, tmp_path, COPIES * loans, Room("200MB"))
    assert [(part.path, part.content) for part in again.parts] == [
        (part.path, part.content) for part in country[1].parts
    ]


def test_duckdb_gives_the_same_figures_on_tables_as_on_files(country: tuple[Path, Manifest], tmp_path: Path):
    folder, file = country[0], tmp_path / "warehouse.duckdb"
    load(str(folder), str(file), "500MB", str(tmp_path))
    found = {}
    for name, memory in ((WAREHOUSE, "500MB"), (DUCKDB, "250MB")):
        out = tmp_path / f"{name}.parquet"
        compute(name, str(folder), ALL, str(out), memory, str(tmp_path), str(file))
        found[name] = duckdb.sql(f"FROM '{out}' ORDER BY ALL").fetchall()
    assert found[WAREHOUSE] == found[DUCKDB] and len(found[DUCKDB]) > 10_000
    assert [path.name for path in tmp_path.glob("pilot-spill-*")] == []


def test_too_little_memory_is_told_in_one_line(country: tuple[Path, Manifest], tmp_path: Path):
    with pytest.raises(PilotError, match="请以--memory多给一些") as told:
        compute(DUCKDB, str(country[0]), NEWEST, str(tmp_path / "out"), "8MB", str(tmp_path), "")
    assert "\n" not in str(told.value)


def test_what_is_put_aside_and_all_processors_are_measured(tmp_path: Path):
    """By the process itself and by one that nobody waits for."""
    (tmp_path / "spill").mkdir()
    worker = "import time; end = time.process_time() + 0.6\nwhile time.process_time() < end: pass"
    parent = (
        f"import pathlib, subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {worker!r}]); "
        f"pathlib.Path({str(tmp_path / 'spill' / 'aside')!r}).write_bytes(bytes(3 << 20)); time.sleep(0.8)"
    )
    measured = measure(["-c", parent], tmp_path / "home", "2026-11-16T10:00:00", spill=tmp_path / "spill")
    assert measured.spilled_mb >= 3 and measured.cpu_seconds >= 0.5
    assert table([Row("duckdb", measured, 7, 0)]).splitlines()[1].split()[-2:] == ["7", "0"]


def test_tasks_go_to_whoever_is_free_first():
    assert makespan([4, 3, 2, 1], 1) == 10
    assert makespan([4, 3, 2, 1], 2) == 5  # 4 + 1 beside 3 + 2
    assert makespan([4, 3, 2, 1], 8) == 4


def event(stage: int, start: float, end: float, shuffled: int) -> dict:
    metrics = {
        "Executor CPU Time": 1_500_000_000,
        "Input Metrics": {"Bytes Read": 10},
        "Shuffle Write Metrics": {"Shuffle Bytes Written": 0},
        "Shuffle Read Metrics": {"Remote Bytes Read": shuffled, "Local Bytes Read": 0},
        "Disk Bytes Spilled": 5 * MB,
    }
    info = {"Launch Time": int(start * 1000), "Finish Time": int(end * 1000)}
    names = {"Event": "SparkListenerTaskEnd", "Stage ID": stage, "Stage Attempt ID": 0}
    return names | {"Task Info": info, "Task Metrics": metrics}


def test_stages_tell_how_long_more_processors_would_take(tmp_path: Path):
    """17 seconds, of which 2 + 2 + 3 without a task; two stages, whose tasks take 3 + 3 + 6 and 4 seconds."""
    events = [
        {"Event": "SparkListenerApplicationStart", "Timestamp": 1_000_000},
        event(0, 1002, 1005, 0),
        event(0, 1005, 1008, 0),
        event(0, 1002, 1008, 0),
        event(1, 1010, 1014, NETWORK_MB * MB),
        {"Event": "SparkListenerApplicationEnd", "Timestamp": 1_017_000},
    ]
    (tmp_path / "log").write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    stages = read_stages(tmp_path)
    assert (stages.tasks, stages.busy, stages.cpu, stages.driver) == (4, 16, 6, 7)
    assert (stages.shuffled_mb, stages.spilled_mb) == (NETWORK_MB, 20)
    assert stages.skew == 2
    assert stages.seconds_on(2) == 7 + (3 + 6) + 4  # the long task comes last, to who is free after the first
    assert stages.seconds_on(2 * CORES) == 7 + 6 + 4 + 0.5
    assert (stages.at_best_on(2), stages.at_best_on(2 * CORES)) == (7 + 16 / 2, 7 + 16 / 8 + 0.5)


@pytest.mark.parametrize("room", [{"memory": "4 gigs"}, {"memory": "much"}, {"spill": Path("nowhere")}])
def test_what_is_no_room_is_told(room: dict):
    with pytest.raises(CallError):
        Room(**room)
