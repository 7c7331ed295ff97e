"""How fast figures are worked out as loans grow, beside the bare scan of the same table, and after a correction."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.intake import ETL, Case, measured
from benchmarks.measure import Result
from contract.settings import PROJECT

MOMENT = "2026-11-16T10:00:00"  # the demonstration's own
GROWN = ("-m", "benchmarks.grown")
CORRECTED = "2026-03"


def _prepare(home: Path, *arguments: str | Path) -> str:
    """What a case needs before it is measured: the output of `python` with these arguments."""
    settings = os.environ | {"PILOT_HOME": str(home), "PILOT_NOW": MOMENT}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, env=settings, check=True, capture_output=True, text=True).stdout


def demonstrated(work: Path, given: Path | None = None) -> Path:
    """A home that holds the demonstration: the one given, else one that is made first."""
    if given is not None:
        return given
    home = work / "demonstration"
    _prepare(home, *ETL, "demo", "--load")
    _prepare(home, "-m", "casework", "demonstrate")
    return home


def _corrected(home: Path, work: Path) -> Path:
    """A bank's CSV folder of a past month as it would be sent again: the same figures, another telephone number."""
    sent = sorted((home / "inbox").rglob(f"{CORRECTED}_B*/cover.csv"))[0].parent
    folder = work / "corrected" / sent.name
    shutil.copytree(sent, folder)
    (folder / "cover.csv").write_bytes((folder / "cover.csv").read_bytes().replace(b"010-", b"010-9", 1))
    return folder


def figures(
    rows: int, runs: int, demonstration: Path | None = None, times: tuple[int, ...] = (1, 10, 100)
) -> list[Result]:
    """All steps of figures over the demonstration's 22 months × 30 banks, and over `rows` loan-months as
    many times as `times` says; then a publication that works all out anew, and one after a corrected file.

    `demonstration` is a home that holds it; without one it is made first.
    """

    def cases(work: Path) -> Iterator[Case]:
        home = demonstrated(work, demonstration)
        yield Case("copy", 0, (*GROWN, "copy", home))
        files = {}
        for size in (0, *(rows * factor for factor in times)):
            file = work / f"grown-{size}.duckdb"
            files[int(_prepare(home, *GROWN, "make", file, str(size)))] = file
        for count, file in files.items():
            yield Case(f"scan {count:,}", count, (*GROWN, "scan", file))
            yield Case(f"figures {count:,}", count, (*GROWN, "figures", file))
        yield Case("publish all anew", 0, (*GROWN, "anew"))
        yield Case("load a correction", 0, (*ETL, "load", _corrected(home, work)))

    return measured(runs, cases, MOMENT)
