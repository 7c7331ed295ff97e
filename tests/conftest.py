"""What all tests share: a home of their own each, and one demonstration home that is only read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.processes import OWN_SETTINGS, load_demonstration

# Two busy cores make any one example slow at times, which says nothing about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No test writes into the project's own data: each has an empty home, and the real clock unless it sets one."""
    for name in OWN_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    monkeypatch.setenv("PILOT_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home with the demonstration loaded and published, made once a run and shared by all workers.

    It is for reading. A test that changes something copies it first.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home = shared / "demo-home"
    with FileLock(shared / "demo-home.lock"):
        if not (home / "warehouse" / "CURRENT").exists():
            load_demonstration(home)
    return home
