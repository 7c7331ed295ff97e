"""One small data version for all tests of task pages; none of them changes it."""

from __future__ import annotations

import pytest

from contract.settings import Home
from etl.snapshot.opened import Snapshot, current
from tests.conftest import MadeOnce
from tests.metrics.queries.tasks import world


@pytest.fixture(scope="session")
def version(made_once: MadeOnce) -> Snapshot:
    return current(Home(made_once("tasks", world.version)))
