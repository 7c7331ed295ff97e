"""A small home with a registered list, a filing and a data version, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.submission import RECEIVED, write_roster, write_submission
from contract.settings import Home
from tests.conftest import MadeOnce
from tests.processes import run_here


@pytest.fixture(scope="session")
def small_home(made_once: MadeOnce) -> Path:
    """It is for reading: `filed` is a copy of it."""
    return made_once("upkeep", _filed) / "home"


def _filed(folder: Path) -> None:
    home = folder / "home"
    folder.mkdir()
    for arguments in (
        ("register", write_roster(folder)),
        ("load", write_submission(folder, 20), "--received", RECEIVED),
    ):
        done = run_here("etl", *arguments, home=home, PILOT_NOW=RECEIVED)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def filed(small_home, own_home) -> Home:
    """A home of the test's own, with something to lose in it."""
    shutil.copytree(small_home, own_home)
    return Home(own_home)
