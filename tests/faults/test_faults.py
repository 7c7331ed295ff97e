"""The fault harness, its shortest part; `python -m tests.faults` runs all (docs/engineering.md)."""

from __future__ import annotations

import re

from tests.processes import run_module


def test_nothing_is_lost_or_half_done_whenever_a_process_is_killed(own_home):
    done = run_module("tests.faults", "kills", "--rounds", "10", home=own_home)
    assert done.returncode == 0, done.stdout + done.stderr
    rounds, kills, failures = map(int, re.search(r": (\d+) rounds, (\d+) kills, (\d+) failures", done.stdout).groups())
    assert (rounds, failures) == (10, 0)
    assert kills > 0
