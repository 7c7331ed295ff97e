"""Pages in a real browser: each opened cold and warm, with how far it moves while it loads; beside an empty page."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from pages.shell.navigation import SECTIONS
from tests.browser.screen import SETTLED, launch, looking_at
from tests.browser.server import LOCAL, free_port, serving
from tests.processes import load_demonstration

EMPTY = 'import streamlit as st\n\nst.set_page_config(layout="wide")\nst.sidebar.write("")\nst.write("")\n'
START_SECONDS = 30
# Sums the shifts that no input caused, from the first on.
SHIFTS = """() => {
    window.shifted = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
}"""


@dataclass
class PageTimes:
    """One page: seconds until it stands, at the first opening after a start and at later ones; the shift of each."""

    page: str
    cold: float
    warm: list[float] = field(default_factory=list)
    shifts: list[float] = field(default_factory=list)

    def line(self) -> str:
        warm, shift = statistics.median(self.warm), statistics.median(self.shifts)
        return f"{self.page:<16}{self.cold:>8.2f}{warm:>8.2f}{shift:>8.3f}"


def opened(browser: Browser, address: str, runs: int, page: str) -> PageTimes:
    """Opens an address `runs` times after the first, each time as a page loaded anew in the same window."""
    times: list[float] = []
    shifts: list[float] = []
    with looking_at(browser, "about:blank", settled=False) as screen:
        screen.page.add_init_script(f"({SHIFTS})()")
        for _ in range(runs + 1):
            begun = time.perf_counter()
            screen.page.goto(address)
            screen.page.wait_for_function(SETTLED, polling=20)
            times.append(time.perf_counter() - begun)
            screen.settle()
            shifts.append(screen.page.evaluate("window.shifted"))
    return PageTimes(page, times[0], times[1:], shifts[1:])


@contextmanager
def empty_page(folder: Path) -> Iterator[str]:
    """The address of a server of the same framework with nothing on its page."""
    (folder / "empty.py").write_text(EMPTY, encoding="utf-8")
    port = free_port()
    options = ("--server.address", LOCAL, "--server.port", str(port), "--server.headless", "true")
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "empty.py", *options, "--browser.gatherUsageStats", "false"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(START_SECONDS / 6)
        yield f"http://{LOCAL}:{port}"
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def pages(runs: int) -> list[PageTimes]:
    """The empty page, then every page of the menu, each on a server of its own for the cold opening."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-pages-") as name,
        sync_playwright() as playwright,
    ):
        folder = Path(name)
        load_demonstration(folder / "home")
        browser = launch(playwright)
        with empty_page(folder) as address:
            measured = [opened(browser, address, runs, "empty")]
        for entry in (entry for listed in SECTIONS.values() for entry in listed):
            with serving(folder / "home", folder / "streamlit.log") as server:
                path = "" if entry.address == "overview" else entry.address
                measured.append(opened(browser, f"{server.address}/{path}", runs, entry.address))
        browser.close()
    return measured


def main() -> None:
    """`python -m benchmarks.pages [RUNS]`: a line a page, seconds cold and warm (median) and the shift (median)."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(f"{'page':<16}{'cold':>8}{'warm':>8}{'shift':>8}")
    for times in pages(runs):
        print(times.line())


if __name__ == "__main__":
    main()
