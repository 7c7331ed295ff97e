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


@pytest.fixture
def pilot(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    return Pilot(Home(own_home), monkeypatch)


@pytest.fixture(scope="session")
def rounding_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that the tests of rounds begin with, published once."""
    home = tmp_path_factory.mktemp("rounding") / "home"
    with pytest.MonkeyPatch.context() as monkeypatch:
        rounding_in(Home(home), monkeypatch)
    return home


@pytest.fixture
def rounding(rounding_base: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Rounding:
    return rounding_in(Home(own_home), monkeypatch, rounding_base)


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worklists.build(tmp_path_factory.mktemp("worked"))


@pytest.fixture
def version(pilot: Pilot, worked: Path) -> Snapshot:
    """The month of work beside the pilot's ledger."""
    return worklists.at_work(pilot, worked)


@pytest.fixture(scope="session")
def desk_versions(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The two data versions of the desk's month, and one without an accepted report, each built once."""
    folder = tmp_path_factory.mktemp("desk")
    return {1: built(folder, 1, 5000), 2: built(folder, 2, 6000), 3: built(folder, 3, 6000, filed=False)}


@pytest.fixture
def desk(pilot: Pilot, desk_versions: dict[int, Path]) -> Desk:
    return Desk(pilot, desk_versions)
