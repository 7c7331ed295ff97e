"""How fast, and in how much memory, a large submission is checked and loaded, beside raw DuckDB on the same file."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.measure import Measurement, Result, measure
from benchmarks.submission import RECEIVED, write_roster, write_submission


def intake(rows: int, runs: int) -> list[Result]:
    """Check, load and publish one submission with a B1 of so many rows; the cases of a run follow one another.

    Each run has a home of its own, so nothing is in it yet; the file stays in the system's cache for all alike.
    """
    measured: dict[str, list[Measurement]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        work = Path(name)
        folder, roster = write_submission(work, rows), write_roster(work)
        for run in range(runs):
            home = work / f"home-{run}"
            etl = ("-m", "etl")
            cases = {
                "raw DuckDB": ("-m", "benchmarks.raw_duckdb", folder / "B1.csv"),
                "register": (*etl, "register", roster),
                "check": (*etl, "check", folder),
                "load": (*etl, "load", folder, "--received", RECEIVED, "--no-publish"),
                "publish": (*etl, "publish"),
            }
            for case, arguments in cases.items():
                measured[case].append(measure(arguments, home, RECEIVED))
    return [Result(case, 0 if case == "register" else rows, tuple(runs)) for case, runs in measured.items()]
