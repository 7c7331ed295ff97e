"""`python -m benchmarks.rows`: 明细查询 in a real browser beside an empty page: filters, order, leaves, sets."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import click
from playwright.sync_api import sync_playwright

from benchmarks.__main__ import keep
from benchmarks.browsing import led_on, opened, window
from benchmarks.pages import BARE, home_to_look_at, line
from tests.browser.screen import launch
from tests.browser.server import serving

# What a reader does, in order → the address that it leads to; each asks what nobody has asked before.
STEPS: Mapping[str, Mapping[str, str]] = {
    "filter: size": {"filters": "size=small"},
    "filter: balance": {"filters": "balance=100..500"},
    "filter: name": {"filters": "borrower_name=演示"},
    "two filters": {"filters": "size=micro&risk_class=3,4,5"},
    "next leaf": {"leaf": "2"},
    "leaf 2,000": {"leaf": "2000"},
    "order: balance": {"sort": "-balance"},
    "order, next leaf": {"sort": "-balance", "leaf": "2"},
    "month before": {"period": "2026-09"},
    "set: outstanding": {"of": "A"},
    "set: disbursed this year": {"of": "Y"},
    "set: written off this year": {"of": "W"},
    "kind: rights": {"kind": "rights"},
    "kind: cases": {"kind": "cases"},
}


@dataclass(frozen=True)
class Step:
    """One thing done: seconds until the page stands, medians of the runs; processor seconds of the server."""

    name: str
    seconds: float
    cpu: float


@click.command()
@click.option("--runs", default=3, show_default=True, help="Servers started anew, each asked for everything once.")
@click.option("--home", type=click.Path(path_type=Path, exists=True), help="A home that holds the demonstration.")
@click.option("--loans", default=0, help="Grow its loans to so many loan-months first (8 processor minutes for 10⁷).")
def main(runs: int, home: Path | None, loans: int) -> None:
    """A row a step, medians of RUNS: each an address followed within the open page, its answer kept by nobody yet.

    Beside them the empty page, opened anew in the same window.
    """
    with tempfile.TemporaryDirectory(prefix="bench-rows-") as name, sync_playwright() as playwright:
        folder, browser = Path(name), launch(playwright)
        seen: dict[str, list[tuple[float, float]]] = {}
        with home_to_look_at(home, loans, folder) as looked_at:
            for _ in range(runs):
                with serving(looked_at, folder / "empty.log", script=BARE) as server, window(browser) as screen:
                    opened(screen, server, "")
                    seen.setdefault("empty page", []).append((opened(screen, server, "")[0], 0.0))
                with serving(looked_at, folder / "rows.log") as server, window(browser) as screen:
                    opened(screen, server, "roster")  # the frame is there, and no row has been asked for
                    seen.setdefault("first page", []).append(led_on(screen, server, "/rows"))
                    for step, asked in STEPS.items():
                        address = f"/rows?{urlencode({'period': '2026-10'} | asked)}"
                        seen.setdefault(step, []).append(led_on(screen, server, address))
        browser.close()
    steps = [Step(name, *(median(values) for values in zip(*taken, strict=True))) for name, taken in seen.items()]
    empty = steps[0].seconds
    click.echo(f"{line(('step', 'seconds', '× empty', 'CPU server'))}\n{line(['---'] * 4)}")
    for step in steps:
        click.echo(line((step.name, f"{step.seconds:.2f}", f"{step.seconds / empty:.2f}", f"{step.cpu:.2f}")))
    click.echo(f"\n→ {keep('rows', steps)}")


if __name__ == "__main__":
    main()
