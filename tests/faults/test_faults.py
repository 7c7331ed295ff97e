"""The fault harness, a few rounds of each part; `python -m tests.faults` runs them all (docs/engineering.md)."""

from __future__ import annotations

import re

import pytest

from tests.processes import run_module


@pytest.mark.parametrize(
    ("part", "arguments"),
    [
        ("steps", ("--one-in", "17")),
        ("kills", ("--rounds", "10")),
        ("limits", ("--one-in", "9")),
        ("cuts", ("--one-in", "9")),
        ("together", ("--rounds", "1")),
    ],
)
def test_nothing_is_lost_or_half_done(part: str, arguments: tuple[str, ...], own_home):
    done = run_module("tests.faults", part, *arguments, home=own_home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r": (\d+) rounds", done.stdout)[1]) > 0
    assert done.stdout.endswith("0 failures\n")
