"""What Spark's event log says of a run: its stages and their tasks, and how long they would take on more processors."""

from __future__ import annotations

import heapq
import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SLOTS = (2, 8, 32, 128)  # processors together: executors times the cores of each
NETWORK_MB = 110  # a second, of each executor with `CORES` processors: a gigabit line
CORES = 4
MB = 1 << 20


@dataclass
class Stage:
    """One stage: its tasks' seconds, what they took of processors, bytes read, written, got from others, put aside."""

    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0
    read: int = 0
    written: int = 0
    shuffled: int = 0
    spilled: int = 0


@dataclass(frozen=True)
class Stages:
    """The stages of a run. `driver`: seconds in which no task ran."""

    stages: tuple[Stage, ...]
    driver: float

    @property
    def shuffled_mb(self) -> float:
        return sum(stage.shuffled for stage in self.stages) / MB

    @property
    def spilled_mb(self) -> float:
        return sum(stage.spilled for stage in self.stages) / MB

    @property
    def tasks(self) -> int:
        return sum(len(stage.seconds) for stage in self.stages)

    @property
    def busy(self) -> float:
        """Seconds of all tasks together."""
        return sum(sum(stage.seconds) for stage in self.stages)

    @property
    def cpu(self) -> float:
        return sum(stage.cpu for stage in self.stages)

    @property
    def skew(self) -> float:
        """How many times as long as its median the longest task of a stage is, in the worst of those stages that make
        up nine tenths of all seconds."""
        ordered = sorted(self.stages, key=lambda stage: -sum(stage.seconds))
        found, so_far = 1.0, 0.0
        for stage in ordered:
            if so_far > 0.9 * self.busy:
                break
            so_far += sum(stage.seconds)
            found = max(found, max(stage.seconds) / max(statistics.median(stage.seconds), 0.001))
        return found

    def seconds_on(self, slots: int) -> float:
        """How long it would take on so many processors, with its tasks as they were, a stage after another: the driver,
        each stage's tasks given to whoever is free first, and what crosses between executors over their lines."""
        return self.driver + sum(makespan(stage.seconds, slots) for stage in self.stages) + self._crossing(slots)

    def at_best_on(self, slots: int) -> float:
        """The same if tasks could be cut as fine as there are processors: each stage's seconds shared out evenly."""
        return self.driver + self.busy / slots + self._crossing(slots)

    def _crossing(self, slots: int) -> float:
        return self.shuffled_mb / (max(1, slots // CORES) * NETWORK_MB) if slots > CORES else 0.0


def makespan(seconds: Iterable[float], slots: int) -> float:
    """When the last of some tasks ends that are given, in their order, to whichever slot is free first."""
    free = [0.0] * slots
    for each in seconds:
        heapq.heappush(free, heapq.heappop(free) + each)
    return max(free)


def read_stages(folder: Path) -> Stages:
    """The one event log of a folder."""
    (log,) = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size and "crc" not in path.suffix)
    stages: dict[tuple[int, int], Stage] = {}
    running: list[tuple[float, float]] = []
    begun = ended = 0.0
    with log.open(encoding="utf-8") as lines:
        for event in map(json.loads, lines):
            if event["Event"] == "SparkListenerApplicationStart":
                begun = event["Timestamp"] / 1000
            elif event["Event"] == "SparkListenerApplicationEnd":
                ended = event["Timestamp"] / 1000
            elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                stage = stages.setdefault((event["Stage ID"], event["Stage Attempt ID"]), Stage())
                running.append(_add(stage, event["Task Info"], event["Task Metrics"]))
    return Stages(tuple(stages.values()), (ended - begun) - _covered(running))


def _add(stage: Stage, info: dict, metrics: dict) -> tuple[float, float]:
    """Adds a task to its stage; from when to when it ran."""
    start, end = info["Launch Time"] / 1000, info["Finish Time"] / 1000
    stage.seconds.append(end - start)
    stage.cpu += metrics["Executor CPU Time"] / 1e9
    stage.read += metrics["Input Metrics"]["Bytes Read"]
    stage.written += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
    got = metrics["Shuffle Read Metrics"]
    stage.shuffled += got["Remote Bytes Read"] + got["Local Bytes Read"]
    stage.spilled += metrics["Disk Bytes Spilled"]
    return start, end


def _covered(spans: Sequence[tuple[float, float]]) -> float:
    """Seconds that lie in at least one of some spans."""
    total, until = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total
