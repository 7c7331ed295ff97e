"""How fast, and in how much memory, submissions are checked and loaded, beside raw DuckDB on the same bytes."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measurement, Result, measure
from benchmarks.submission import PERIOD, RECEIVED, as_workbook, write_roster, write_submission, zipped

ETL = ("-m", "etl")
BANKS = 30
LOANS_A_BANK = 5_000


@dataclass(frozen=True)
class Case:
    """One process to measure: its name, the rows that it goes through, its arguments, and how it may end."""

    name: str
    rows: int
    arguments: tuple[str | Path, ...]
    codes: tuple[int, ...] = (0,)


def measured(runs: int, cases: Callable[[Path], Iterator[Case]], now: str = RECEIVED) -> list[Result]:
    """The cases of a run follow one another in a home of its own; files stay in the system's cache for all alike."""
    found: dict[str, list[Measurement]] = defaultdict(list)
    rows: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        work = Path(name)
        declared = list(cases(work))
        for run in range(runs):
            for case in declared:
                found[case.name].append(measure(case.arguments, work / f"home-{run}", now, case.codes))
                rows[case.name] = case.rows
    return [Result(case, rows[case], tuple(measurements)) for case, measurements in found.items()]


def intake(rows: int, runs: int) -> list[Result]:
    """One submission with a B1 of so many rows: checked as CSV, with every row failing, as a workbook; loaded and
    published. `read` is the reader alone, as a process of its own."""

    def cases(work: Path) -> Iterator[Case]:
        clean = write_submission(work, rows)
        failing = write_submission(work / "failing", rows, failing=True)
        book = as_workbook(clean)
        yield Case("raw DuckDB", rows, ("-m", "benchmarks.raw_duckdb", clean / "B1.csv"))
        yield Case("read CSV", rows, ("-m", "benchmarks.reading", clean))
        yield Case("check CSV", rows, (*ETL, "check", clean))
        yield Case("check failing", rows, (*ETL, "check", failing), (1,))
        yield Case("read xlsx", rows, ("-m", "benchmarks.reading", book))
        yield Case("check xlsx", rows, (*ETL, "check", book))
        yield Case("register", 0, (*ETL, "register", write_roster(work)))
        yield Case("load", rows, (*ETL, "load", clean, "--received", RECEIVED, "--no-publish"))
        yield Case("publish", rows, (*ETL, "publish"))

    return measured(runs, cases)


def large(rows: int, runs: int) -> list[Result]:
    """One submission with ten times as many rows, zipped: as a folder it would be larger than a delivery may be."""

    def cases(work: Path) -> Iterator[Case]:
        folder = write_submission(work, rows * 10)
        yield Case("raw DuckDB", rows * 10, ("-m", "benchmarks.raw_duckdb", folder / "B1.csv"))
        yield Case("check zip", rows * 10, (*ETL, "check", zipped(folder)))

    return measured(runs, cases)


def month(rows: int, runs: int) -> list[Result]:
    """A first month of thirty banks with 5,000 loans each (fewer with fewer rows) and their rights: loaded and
    published in one go."""
    each = max(1, LOANS_A_BANK * rows // 100_000)

    def cases(work: Path) -> Iterator[Case]:
        banks = [f"B{number:03}" for number in range(1, BANKS + 1)]
        for bank in banks:
            write_submission(work / PERIOD, each, bank, with_rights=True)
        yield Case("register", 0, (*ETL, "register", write_roster(work, banks)))
        yield Case("load and publish", each * BANKS, (*ETL, "load", work / PERIOD, "--received", RECEIVED))

    return measured(runs, cases)
