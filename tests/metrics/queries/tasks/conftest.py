"""One small data version for all tests of task pages; none of them changes it."""

from __future__ import annotations

import pytest

from etl.snapshot.opened import Snapshot
from tests.metrics.queries.tasks import world


@pytest.fixture(scope="session")
def version(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return world.version(tmp_path_factory.mktemp("tasks"))
