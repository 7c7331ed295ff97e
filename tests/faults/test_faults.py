"""The fault harness, its shortest part; `python -m tests.faults` runs all (docs/engineering.md)."""

from __future__ import annotations

import os
import re

import pytest

from tests.postgres import lacks
from tests.processes import run_module


def test_nothing_is_lost_or_half_done_whenever_a_process_is_killed(own_home):
    done = run_module("tests.faults", "kills", "--rounds", "10", home=own_home)
    assert done.returncode == 0, done.stdout + done.stderr
    rounds, kills, failures = map(int, re.search(r": (\d+) rounds, (\d+) kills, (\d+) failures", done.stdout).groups())
    assert (rounds, failures) == (10, 0)
    assert kills > 0


@pytest.mark.skipif(bool(lacks()), reason=lacks())
def test_the_same_with_ledger_and_archive_shared_and_with_many_writers_on_a_server(own_home):
    arguments = ("kills", "jepsen", "--server", "--store", "--rounds", "4", "--appends", "200")
    done = run_module("tests.faults", *arguments, home=own_home)
    assert done.returncode == 0, done.stdout + done.stderr
    heads = re.findall(r": (\d+) rounds, (\d+) kills, (\d+) failures", done.stdout)
    assert [failures for _, _, failures in heads] == ["0", "0"] and int(heads[0][1]) > 0
    assert int(re.search(r"(\d+) events of the chain", done.stdout)[1]) >= 200


@pytest.mark.skipif(bool(lacks()), reason=lacks())
@pytest.mark.skipif("PILOT_THOROUGH" not in os.environ, reason="two servers that take over from each other: thorough")
def test_a_standby_that_takes_over_has_everything_that_was_acknowledged(own_home):
    done = run_module("tests.faults", "jepsen", "--standby", "synchronous", "--appends", "150", home=own_home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "took over" in done.stdout and int(re.search(r"(\d+) events of the chain", done.stdout)[1]) >= 150
