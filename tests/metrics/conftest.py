"""A pilot list of its own for tests of decisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.settings import Home
from tests.metrics.pilots import Pilot


@pytest.fixture
def pilot(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    return Pilot(Home(own_home), monkeypatch)
