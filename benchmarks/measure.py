"""Whole processes, measured from outside: seconds on the wall and the peak of memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.settings import PROJECT


@dataclass(frozen=True)
class Measurement:
    """One run of one process: seconds, and MB of the largest single process in its tree."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Result:
    """The runs of one case, with the number of rows that each went through."""

    case: str
    rows: int
    runs: tuple[Measurement, ...]

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def peak_mb(self) -> float:
        return statistics.median(run.peak_mb for run in self.runs)

    @property
    def rows_a_second(self) -> float:
        return self.rows / self.seconds


def measure(arguments: Sequence[str | Path], home: Path, now: str) -> Measurement:
    """Run `python` with these arguments in a home of its own; anything but success is an error with its output.

    Memory is the kernel's own count of the process and of the children it waited for, whichever was largest.
    """
    output = home.parent / f"{home.name}.log"
    with output.open("w+b") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=PROJECT,
            env=os.environ | {"PILOT_HOME": str(home), "PILOT_NOW": now},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = output.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"python {' '.join(map(str, arguments))} ended with {process.returncode}:\n{said}")
    return Measurement(seconds, usage.ru_maxrss / 1024)
