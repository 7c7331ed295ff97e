"""How each data version was built, and how long each part of it took: measured while it is built, kept beside it.

A line each in `builds.jsonl`. It is in no snapshot and no event, so that the same reports and acts still give the
same file and the same chain, however fast the machine is.
"""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from datetime import datetime

from contract.declarations import COUNTRY, here, read_rows
from contract.settings import DECLARATIONS, Home
from ledger.guard.lines import append_line, whole_lines

STAGING, COPYING, STORING = "staging", "copying", "storing"  # what comes before and after the declared steps
STEPS_TABLE = ("step", "name", "callable")  # the columns of `data/snapshot.csv`
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Build:
    """How a data version was built: when it was done (naive Beijing time by the clock on the wall, demonstration or
    not), the version from which unchanged parts were taken over (None where all was worked out), by which program
    (`built_by_now`), and the seconds of each part, in their order."""

    number: int
    at: datetime
    before: int | None
    built_by: str
    seconds: dict[str, float]

    @property
    def total(self) -> float:
        """Seconds from the lock to the finished file."""
        return sum(self.seconds.values())


class Stopwatch:
    """Measures parts that follow one another without a gap."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, part: str) -> None:
        """Ends a part; the next begins."""
        now = time.monotonic()
        self.seconds[part] = round(now - self._last, 3)
        self._last = now


def declared_steps() -> list[dict[str, str]]:
    """The steps of a data version as declared, in order: a region's, or in a process of the country its own."""
    return read_rows(DECLARATIONS / ("snapshot.csv" if here() != COUNTRY else "snapshot/country.csv"), *STEPS_TABLE)


def part_names() -> dict[str, str]:
    """Part → its name in Chinese, in the order in which they are taken."""
    declared = {row["step"]: row["name"] for row in declared_steps()}
    return {STAGING: "补装报送并核对台账", COPYING: "复制暂存库", **declared, STORING: "写入磁盘并计算校验值"}


def note(home: Home, build: Build) -> None:
    """Puts it on record. That it could not be written stops no publication: it is no part of one."""
    try:
        append_line(home.builds, asdict(build) | {"at": build.at.isoformat(timespec="seconds")})
    except OSError as error:
        LOG.warning("数据版本第%d版各步用时未能记下：%s", build.number, error)


def builds(home: Home) -> dict[int, Build]:
    """Number → how it was built, of those on record; the last, where a publication was cut off and made again."""
    return {build.number: build for facts in whole_lines(home.builds) if (build := _read(facts))}


def _read(facts: dict) -> Build | None:
    try:
        return Build(**facts | {"at": datetime.fromisoformat(facts["at"])})
    except (ValueError, KeyError, TypeError):
        return None
