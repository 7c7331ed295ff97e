"""The benchmark measures what it says: a submission that is accepted, whole processes, memory of all of them."""

from __future__ import annotations

import json
import os

import pytest
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from benchmarks.bare import DRAWN
from benchmarks.briefings import briefings
from benchmarks.browsing import Drawing, browser_seconds
from benchmarks.figures import figures
from benchmarks.intake import intake, month
from benchmarks.measure import measure
from benchmarks.pages import BARE
from benchmarks.submission import write_submission
from contract.settings import PROJECT
from tests.processes import run_module


def test_the_measured_submission_is_accepted(tmp_path, own_home):
    folder = write_submission(tmp_path, 300)
    done = run_module("etl", "check", folder, "--format", "json", home=own_home)
    assert done.returncode == 0, done.stdout + done.stderr
    judged = json.loads(done.stdout)
    assert judged["verdict"] in ("accepted", "questions")
    assert [finding for finding in judged["findings"] if finding["level"] in "SV"] == []


def test_the_same_size_gives_the_same_bytes(tmp_path):
    one, two = (write_submission(tmp_path / name, 50) for name in ("one", "two"))
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in two.iterdir()
    }


def test_every_defect_is_found(tmp_path, own_home):
    folder = write_submission(tmp_path, 20, failing=True)
    done = run_module("etl", "check", folder, "--format", "json", home=own_home)
    rows = [finding["row"] for finding in json.loads(done.stdout)["findings"] if finding["level"] in "SV"]
    assert done.returncode == 1 and set(rows) == set(range(2, 22))


@pytest.mark.parametrize("run", [intake, month])
def test_every_case_runs_to_its_end(run):
    results = run(rows=60, runs=1)
    assert {"raw DuckDB", "load and publish"} & {result.case for result in results}
    assert all(result.seconds > 0 and result.cpu_seconds > 0 and result.peak_mb > 0 for result in results)


@pytest.mark.skipif(not os.environ.get("PILOT_THOROUGH"), reason="a minute: PILOT_THOROUGH=1")
def test_figures_are_measured_over_as_many_loan_months_as_asked_for(demo_home):
    results = figures(50_000, 1, demo_home, times=(1,))
    present, grown = sorted({result.rows for result in results if result.case.startswith("figures")})
    assert present < 50_000 <= grown == 2 * present
    assert {"publish all anew", "load a correction"} < {result.case for result in results}


@pytest.mark.skipif(not os.environ.get("PILOT_THOROUGH"), reason="half a minute: PILOT_THOROUGH=1")
def test_the_files_of_a_month_are_measured(demo_home):
    results = {result.case: result.rows for result in briefings(0, 1, demo_home)}
    assert results["city"] == 3 and results["all parts"] > 50


def test_the_bare_page_draws_as_many_of_each_kind_as_it_is_told(monkeypatch):
    monkeypatch.setenv("BARE", json.dumps(dict.fromkeys(DRAWN, 2)))
    drawing = Drawing()
    monkeypatch.setattr(ScriptRunContext, "enqueue", lambda context, message: drawing.take(message.SerializeToString()))
    page = AppTest.from_file(str(PROJECT / BARE), default_timeout=60).run()
    assert not page.exception
    assert {kind: drawing.elements[kind] for kind in DRAWN} == dict.fromkeys(DRAWN, 2)
    assert drawing.size > drawing.messages >= 2 * len(DRAWN)
    before, drawing.whole = dict(drawing.elements), True
    page.run()
    assert drawing.elements == before


def test_only_browsers_of_this_process_count():
    assert browser_seconds() == 0


def test_memory_of_a_grandchild_counts(tmp_path):
    child = "x = bytearray(150 << 20); import time; time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]).wait()"
    assert measure(["-c", parent], tmp_path / "home", "2025-08-06T10:00:00").peak_mb > 150
