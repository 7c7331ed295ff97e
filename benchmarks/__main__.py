"""`python -m benchmarks`: runs the benchmarks, prints medians, and keeps each run's figures as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmarks.briefings import briefings
from benchmarks.figures import figures
from benchmarks.intake import intake, large, month
from benchmarks.measure import Result
from etl.upkeep.machine import machine, packages

RESULTS = Path(__file__).resolve().parent / "results"
BENCHMARKS = {"intake": intake, "large": large, "month": month, "figures": figures, "briefings": briefings}


def table(results: list[Result]) -> str:
    """Medians, a line a case."""
    lines = [f"{'case':<20}{'rows':>10}{'seconds':>10}{'cpu':>8}{'rows/s':>12}{'peak MB':>10}"]
    lines += [
        f"{it.case:<20}{it.rows:>10,}{it.seconds:>10.2f}{it.cpu_seconds:>8.2f}"
        f"{it.rows_a_second:>12,.0f}{it.peak_mb:>10.0f}"
        for it in results
    ]
    return "\n".join(lines)


def keep(name: str, results: Sequence[Any]) -> Path:
    """Write all runs (dataclasses), with the machine they ran on, and give the file."""
    RESULTS.mkdir(exist_ok=True)
    moment = datetime.now(UTC)
    content = {
        "benchmark": name,
        "at": moment.isoformat(timespec="seconds"),
        "machine": {fact.subject: fact.state for fact in (*machine(), *packages())},
        "results": [asdict(result) for result in results],
    }
    path = RESULTS / f"{name}-{moment:%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(tuple(BENCHMARKS)))
@click.option("--rows", default=100_000, show_default=True, help="Rows of the form B1.")
@click.option("--runs", default=3, show_default=True, help="Runs of each case; the table shows medians.")
def main(names: tuple[str, ...], rows: int, runs: int) -> None:
    """Run the named benchmarks, or all."""
    for name in names or BENCHMARKS:
        results = BENCHMARKS[name](rows, runs)
        click.echo(f"{name}: medians of {runs} runs\n{table(results)}\n→ {keep(name, results)}\n")


if __name__ == "__main__":
    main()
