"""Whole processes with all that they start, measured from outside: time on the wall and of processors, and memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contract.settings import PROJECT

MB = 1 << 20
LOOK_SECONDS = 0.05
# Places in /proc/<pid>/stat after the command's name.
SESSION_FIELD, RESIDENT_FIELD = 3, 21


@dataclass(frozen=True)
class Measurement:
    """One run of one command: seconds on the wall, seconds of processor time and MB resident at the peak, all its
    processes together."""

    seconds: float
    cpu_seconds: float
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
    def cpu_seconds(self) -> float:
        return statistics.median(run.cpu_seconds for run in self.runs)

    @property
    def peak_mb(self) -> float:
        return statistics.median(run.peak_mb for run in self.runs)

    @property
    def rows_a_second(self) -> float:
        return self.rows / self.seconds


def _resident_mb(session: int) -> float:
    """MB resident in all processes of a session; pages that they share count in each."""
    pages = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The command's name, in brackets, may hold blanks: the fields that matter come after it.
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[SESSION_FIELD]) == session:
                pages += int(fields[RESIDENT_FIELD])
        except (OSError, IndexError):
            continue  # it ended while we looked
    return pages * os.sysconf("SC_PAGE_SIZE") / MB


def measure(arguments: Sequence[str | Path], home: Path, now: str, codes: Sequence[int] = (0,)) -> Measurement:
    """Run `python` with these arguments in a home of its own; another exit code than these is an error with its output.

    Memory is looked at every few milliseconds, since the kernel's own count leaves out grandchildren; where that
    count is higher, for a peak between two looks, it stands.
    """
    output = home.parent / f"{home.name}.log"
    peak = 0.0
    with output.open("w+b") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=PROJECT,
            env=os.environ | {"PILOT_HOME": str(home), "PILOT_NOW": now},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            peak = max(peak, _resident_mb(process.pid))
            time.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - start
        _, status, usage = ended
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        said = output.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"python {' '.join(map(str, arguments))} ended with {process.returncode}:\n{said}")
    return Measurement(seconds, usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss * 1024 / MB))
