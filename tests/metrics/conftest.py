"""A pilot list of its own for tests of figures that decisions bear on."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.settings import Home
from tests.casework.pilots import Pilot


@pytest.fixture
def pilot(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    return Pilot(Home(own_home), monkeypatch)
