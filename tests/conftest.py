"""What all tests share: a home of their own each, and one demonstration home that is only read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tests.postgres import Cluster, lacks
from tests.processes import OWN_SETTINGS, load_demonstration

BROWSER = "tests/browser/"

# Two busy cores make any one example slow at times, which says nothing about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


class WholeFiles(LoadFileScheduling):
    """A file's tests go to one worker, which makes their shared homes once; so do all that need a browser: two servers
    and two browsers at once are more than two cores carry.

    Not `--dist loadgroup`: with this pytest the plug-in's marks come to nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> WholeFiles:
    config.option.loadscopereorder = False
    return WholeFiles(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest in one piece comes first, and makes the demonstration on the way; other files that rest on it
    come last, since a worker that waits for it does nothing else.
    """
    resting = {item.path for item in items if "demo_home" in item.fixturenames}
    items.sort(key=lambda item: 0 if item.nodeid.startswith(BROWSER) else 2 if item.path in resting else 1)


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


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, one a worker; each test begins with records without an event."""
    if lacks():
        pytest.skip(lacks())
    cluster = Cluster()
    yield cluster
    cluster.remove()


@pytest.fixture
def on_server(request: pytest.FixtureRequest, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The records of the test's own home lie on a server."""
    cluster = request.getfixturevalue("cluster")
    monkeypatch.setenv("PILOT_LEDGER", cluster.url(cluster.emptied()))
    return cluster


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def each_database(request: pytest.FixtureRequest) -> str:
    """The records of the test's own home lie in files, then on a server."""
    if request.param == "PostgreSQL":
        request.getfixturevalue("on_server")
    return request.param
