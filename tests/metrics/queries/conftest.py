"""One small data version for all tests of the reading door; none of them changes it."""

from __future__ import annotations

import pytest

from etl.snapshot.opened import Snapshot
from tests.published import small_version


@pytest.fixture(scope="session")
def version(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return small_version(tmp_path_factory.mktemp("small"))
