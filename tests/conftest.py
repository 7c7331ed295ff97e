"""What all tests share: a home of their own each, and one demonstration home that is only read."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tests.postgres import Cluster, lacks
from tests.processes import OWN_SETTINGS, load_demonstration

BROWSER = "tests/browser/"
LONG_RUN = 60  # seconds from which on it is told where they went
MadeOnce = Callable[[str, Callable[[Path], object]], Path]

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
    """What takes longest in one piece, the browser's, comes first, and of it what needs no demonstration.

    Another worker makes the demonstration meanwhile, for one file that rests on it; all others that do come last,
    since a worker that waits for it does nothing else.
    """
    resting = {item.path for item in items if "demo_home" in item.fixturenames}
    first = next((item.path for item in items if item.path in resting and not item.nodeid.startswith(BROWSER)), None)

    def turn(item: pytest.Item) -> int:
        if item.nodeid.startswith(BROWSER):
            return 1 if item.path in resting else 0
        return 2 if item.path == first else 4 if item.path in resting else 3

    items.sort(key=turn)


def pytest_terminal_summary(terminalreporter) -> None:
    """Where a run's time went: seconds in fixtures and tests by room, the most first."""
    spent: Counter[str] = Counter()
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if isinstance(report, pytest.TestReport) and not isinstance(report, pytest.SubtestReport):
            spent["/".join(Path(report.nodeid.partition("::")[0]).parts[1:-1][:2]) or "tests"] += report.duration
    if spent.total() > LONG_RUN:
        terminalreporter.write_sep("=", f"{spent.total():.0f} seconds of work by room")
        terminalreporter.write_line(", ".join(f"{room} {seconds:.0f}" for room, seconds in spent.most_common()))


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No test writes into the project's own data: each has an empty home, and the real clock unless it sets one."""
    for name in OWN_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    monkeypatch.setenv("PILOT_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """`made_once(name, make)`: the folder that `make` fills, once a run and for all workers.

    It is for reading. A test that changes something copies it first.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder(name: str, make: Callable[[Path], object]) -> Path:
        place, made = shared / name, shared / f"{name}.made"
        with FileLock(shared / f"{name}.lock"):
            if not made.exists():
                shutil.rmtree(place, ignore_errors=True)  # what was made by half
                make(place)
                made.touch()
        return place

    return folder


@pytest.fixture(scope="session")
def demo_home(made_once: MadeOnce) -> Path:
    """The home with the demonstration loaded and published; for reading."""
    return made_once("demo-home", load_demonstration)


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
