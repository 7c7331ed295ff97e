"""A pilot list of its own for tests of decisions, a home for rounds, and a month of work for the work cycle."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.settings import Home
from etl.snapshot.opened import Snapshot
from tests.casework import worklists
from tests.casework.issues.desk_world import Desk, built
from tests.casework.pilots import Pilot
from tests.casework.rounding import Rounding, rounding_in
from tests.conftest import MadeOnce


@pytest.fixture
def pilot(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    return Pilot(Home(own_home), monkeypatch)


@pytest.fixture(scope="session")
def rounding_base(made_once: MadeOnce) -> Path:
    """The home that the tests of rounds begin with, published once."""

    def make(home: Path) -> None:
        with pytest.MonkeyPatch.context() as monkeypatch:
            rounding_in(Home(home), monkeypatch)

    return made_once("rounding", make)


@pytest.fixture
def rounding(rounding_base: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Rounding:
    return rounding_in(Home(own_home), monkeypatch, rounding_base)


@pytest.fixture(scope="session")
def worked(made_once: MadeOnce) -> Path:
    return Home(made_once("worked", worklists.build)).current_snapshot()


@pytest.fixture
def version(pilot: Pilot, worked: Path) -> Snapshot:
    """The month of work beside the pilot's ledger."""
    return worklists.at_work(pilot, worked)


@pytest.fixture(scope="session")
def desk_versions(made_once: MadeOnce) -> dict[int, Path]:
    """The two data versions of the desk's month, and one without an accepted report, each built once."""

    def make(folder: Path) -> None:
        built(folder, 1, 5000)
        built(folder, 2, 6000)
        built(folder, 3, 6000, filed=False)

    folder = made_once("desk", make)
    return {number: Home(folder / str(number)).current_snapshot() for number in (1, 2, 3)}


@pytest.fixture
def desk(pilot: Pilot, desk_versions: dict[int, Path]) -> Desk:
    return Desk(pilot, desk_versions)
