"""One small data version for all tests of the reading door; none of them changes it."""

from __future__ import annotations

import pytest

from contract.settings import Home
from etl.snapshot.opened import Snapshot, current
from tests.conftest import MadeOnce
from tests.published import small_version


@pytest.fixture(scope="session")
def version(made_once: MadeOnce) -> Snapshot:
    return current(Home(made_once("small", small_version)))
