"""`python -m benchmarks.pages`: every page in a real browser, cold, warm and filtered, beside a bare page that draws as
many charts, tables and widgets from constants, and beside an empty one."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from playwright.sync_api import Browser, sync_playwright

from benchmarks.__main__ import keep
from benchmarks.bare import DRAWN
from benchmarks.browsing import Looks, looks
from benchmarks.grown import grown_home
from contract.wording import month_name
from pages.shell.navigation import SECTIONS, Entry
from tests.browser.screen import launch
from tests.browser.server import serving
from tests.processes import load_demonstration

BARE = "benchmarks/bare.py"
# Months that nobody has looked at yet, and of which the demonstration has data; of as many as there are runs.
MONTHS = ("2026-09", "2026-08", "2026-07", "2026-06", "2026-05", "2026-04", "2026-03", "2026-02", "2026-01")
HEADS = (
    "page", "charts, tables, widgets", "cold", "bare", "×", "warm", "bare", "×", "filter", "bare", "×", "shift",
    "CPU warm: server, browser", "bare", "CPU filter: server", "bare", "elements", "KB",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A page, and the bare one that draws as much."""

    page: str
    looks: Looks
    bare: Looks
    plan: dict[str, int]

    def cells(self) -> list[str]:
        own, bare, drawing = self.looks, self.bare, self.looks.drawing
        charts, tables = (self.plan.get(kind, 0) for kind in ("plotly_chart", "dataframe"))
        pairs = ((own.cold, bare.cold), (own.again, bare.again), (own.changed, bare.changed))
        return [
            self.page,
            f"{charts}, {tables}, {sum(self.plan.values()) - charts - tables}",
            *(cell for pair in pairs for cell in _beside(*pair)),
            f"{own.shift:.3f}",
            *(f"{it.cpu:.2f}, {it.browser_cpu:.2f}" for it in (own, bare)),
            *(f"{it.change_cpu:.2f}" for it in (own, bare)),
            f"{sum(drawing.elements.values())}",
            f"{drawing.size / 1000:,.0f}",
        ]


def _beside(own: float | None, bare: float | None) -> tuple[str, str, str]:
    """Seconds of the page and of the bare one, and how many times as long the page takes."""
    if own is None or bare is None:
        return "—", "—", "—"
    return f"{own:.2f}", f"{bare:.2f}", f"{own / bare:.2f}"


def line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def pair(browser: Browser, folder: Path, home: Path, entry: Entry, runs: int) -> Pair:
    """A page on a server of its own, then its bare page on one: each the first thing that its server is asked."""
    path = "" if entry.address == "overview" else entry.address
    months = [month_name(period) for period in MONTHS[:runs]]
    with serving(home, folder / "streamlit.log") as server:
        own = looks(browser, server, path, runs, months)
    plan = {kind: count for kind, count in own.drawing.elements.items() if kind in DRAWN}
    with serving(home, folder / "bare.log", script=BARE, BARE=json.dumps(plan)) as server:
        return Pair(entry.address, own, looks(browser, server, "", runs, months), plan)


def empty(browser: Browser, folder: Path, home: Path, runs: int) -> Looks:
    """The page with nothing on it."""
    with serving(home, folder / "empty.log", script=BARE) as server:
        return looks(browser, server, "", runs, ())


@contextmanager
def home_to_look_at(given: Path | None, loans: int, folder: Path):
    """The home to look at: the one given, or the demonstration's; grown to so many loan-months where that is asked."""
    home = given or folder / "home"
    if given is None:
        load_demonstration(home)
    yield grown_home(home, folder / "grown", loans) if loans else home


@click.command()
@click.option("--runs", default=5, show_default=True, help="Openings after the first, and changes of the filter.")
@click.option("--home", type=click.Path(path_type=Path, exists=True), help="A home that holds the demonstration.")
@click.option("--loans", default=0, help="Grow its loans to so many loan-months first (8 processor minutes for 10⁷).")
@click.option("--page", "wanted", multiple=True, help="Only this page, by its address; several times for several.")
def main(runs: int, home: Path | None, loans: int, wanted: tuple[str, ...]) -> None:
    """A row a page, seconds; medians of RUNS, except cold: the first opening after the server's start, in a window that
    has kept nothing. The filter is 报告期, each time a month not asked for before. CPU: mean processor seconds.
    """
    listed = [entry for section in SECTIONS.values() for entry in section]
    with tempfile.TemporaryDirectory(prefix="bench-pages-") as name, sync_playwright() as playwright:
        folder, browser = Path(name), launch(playwright)
        with home_to_look_at(home, loans, folder) as looked_at:
            nothing = empty(browser, folder, looked_at, runs)
            click.echo(f"empty page: cold {nothing.cold:.2f}, warm {nothing.again:.2f}, shift {nothing.shift:.3f}\n")
            click.echo(f"{line(HEADS)}\n{line(['---'] * len(HEADS))}")
            pairs = []
            for entry in listed:
                if not wanted or entry.address in wanted:
                    pairs.append(pair(browser, folder, looked_at, entry, runs))
                    click.echo(line(pairs[-1].cells()))
        browser.close()
    click.echo(f"\n→ {keep('pages', [nothing, *pairs])}")


if __name__ == "__main__":
    main()
