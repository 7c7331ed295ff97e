"""Fixtures of the browser tests: one Chromium, one dashboard on the demonstration, one folder for pictures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from contract.settings import PROJECT
from tests.browser.screen import launch
from tests.browser.server import Server, serving


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed with the last test here: while it is open an event loop runs, which other tests would trip over."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def dashboard(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard that is already warm; for tests to which the first request does not matter."""
    with serving(demo_home, tmp_path_factory.mktemp("dashboard") / "streamlit.log") as server:
        yield server


@pytest.fixture(scope="package")
def acted_on(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard on a copy of the demonstration, for tests that do something on it: each has its own member or page to
    do it to, and counts what is new."""
    folder = tmp_path_factory.mktemp("acted-on")
    with serving(Path(shutil.copytree(demo_home, folder / "home")), folder / "streamlit.log") as server:
        yield server


@pytest.fixture(scope="package")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard on a home that holds nothing, not even a list; for tests that leave it so."""
    folder = tmp_path_factory.mktemp("nothing")
    with serving(folder / "home", folder / "streamlit.log") as server:
        yield server


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where pictures go; not in the repository."""
    return PROJECT / "tests" / "artifacts"
