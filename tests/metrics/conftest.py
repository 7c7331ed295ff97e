"""A pilot list of its own for tests of decisions, and a month of work for those of the work cycle."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.settings import Home
from metrics.snapshot import Snapshot
from tests.metrics import worklists
from tests.metrics.pilots import Pilot


@pytest.fixture
def pilot(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    return Pilot(Home(own_home), monkeypatch)


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worklists.build(tmp_path_factory.mktemp("worked"))


@pytest.fixture
def version(pilot: Pilot, worked: Path) -> Snapshot:
    """The month of work beside the pilot's ledger."""
    return worklists.at_work(pilot, worked)
