"""Whole processes with all that they start, measured from outside: time on the wall and of processors, memory, and what
they put aside on the disk."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from contract.settings import PROJECT

MB = 1 << 20
TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 0.05
DISK_LOOK_SECONDS = 0.5  # thousands of files may lie there
LEAVE_SECONDS = 30  # for what a process has started to end after it
# Places in /proc/<pid>/stat after the command's name.
SESSION_FIELD, USER_FIELD, SYSTEM_FIELD, RESIDENT_FIELD = 3, 11, 12, 21


@dataclass(frozen=True)
class Measurement:
    """One run of one command: seconds on the wall, seconds of processor time and MB resident at the peak, all its
    processes together; and the most MB that lay in the folder for what does not fit into memory."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    spilled_mb: float = 0.0


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


@dataclass(frozen=True)
class Look:
    """What one process has at a moment: MB resident, and the processor seconds that it has taken so far."""

    mb: float
    seconds: float


def _looked_at(session: int) -> dict[int, Look]:
    """All processes of a session, by their ids."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The command's name, in brackets, may hold blanks: the fields that matter come after it.
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[SESSION_FIELD]) == session:
                mb = int(fields[RESIDENT_FIELD]) * os.sysconf("SC_PAGE_SIZE") / MB
                ticks = int(fields[USER_FIELD]) + int(fields[SYSTEM_FIELD])
                found[int(folder.name)] = Look(mb, ticks * TICK_SECONDS)
        except (OSError, IndexError):
            continue  # it ended while we looked
    return found


def _on_disk_mb(folder: Path) -> float:
    """MB that the files below a folder take."""
    blocks = 0
    for file in folder.rglob("*"):
        try:
            blocks += file.lstat().st_blocks
        except OSError:
            continue  # it was removed while we looked
    return blocks * 512 / MB


def measure(
    arguments: Sequence[str | Path],
    home: Path,
    now: str,
    codes: Sequence[int] = (0,),
    *,
    spill: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> Measurement:
    """Run `python` with these arguments in a home of its own; another exit code than these is an error with its output.

    Memory and processor time are looked at every few milliseconds, since the kernel's own count leaves out
    grandchildren and who is not waited for; where that count is higher, for what lies between two looks, it stands.
    Pages that processes share count in each; a process counts from the second look on, since one that has only been
    forked is as large as the one that it comes from, and gone with the program that it becomes.
    `spill` is a folder whose size is looked at as well.
    """
    output = home.parent / f"{home.name}.log"
    peak = spilled = 0.0
    looks: dict[int, Look] = {}
    looked = 0.0
    with output.open("w+b") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=PROJECT,
            env=os.environ | {"PILOT_HOME": str(home), "PILOT_NOW": now} | (settings or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            seen = _looked_at(process.pid)
            peak, looks = max(peak, sum(look.mb for pid, look in seen.items() if pid in looks)), looks | seen
            if spill and time.perf_counter() - looked > DISK_LOOK_SECONDS:
                spilled, looked = max(spilled, _on_disk_mb(spill)), time.perf_counter()
            time.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - start
        _, status, usage = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        while time.perf_counter() < start + seconds + LEAVE_SECONDS and (left := _looked_at(process.pid)):
            looks |= left
            time.sleep(LOOK_SECONDS)
    if process.returncode not in codes:
        said = output.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"python {' '.join(map(str, arguments))} ended with {process.returncode}:\n{said}")
    cpu = max(usage.ru_utime + usage.ru_stime, sum(look.seconds for look in looks.values()))
    return Measurement(seconds, cpu, max(peak, usage.ru_maxrss * 1024 / MB), spilled)
