"""One small data version for all tests of the reading door; none of them changes it."""

from __future__ import annotations

import pytest

from metrics.snapshot import Snapshot
from tests.pages.published import small_version


@pytest.fixture(scope="session")
def version(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return small_version(tmp_path_factory.mktemp("small"))
