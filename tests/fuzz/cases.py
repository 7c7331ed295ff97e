"""The verdict on each mutated submission: read exactly, told of with its place, refused, or one of the bad ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contract.errors import RefusedFile
from etl.reading import csv_files as csvfiles
from etl.reading.packages import csv_files
from etl.receiving.receive import Package
from etl.sheets.grids import Grid
from tests.fuzz.fidelity import BATCH, FAULT, Outcome, Values, differing, outcomes, source_values
from tests.fuzz.mutations import Case, case_of

CHINESE = re.compile("[\u4e00-\u9fff]")
EXACT, TOUCHED, TOLD, REFUSED = "exact", "exact but for what was damaged", "told", "refused"
ALTERED, FAULTY, UNPLACED, PATHS_DIFFER = "ALTERED", "FAULT", "WITHOUT PLACE", "PATHS DIFFER"
TAKEN, REFUSED_SOUND = "TAKEN THOUGH CONTRADICTORY", "REFUSED THOUGH SOUND"
TAKEN_SPOILT = "TAKEN THOUGH SPOILT"
BAD = {ALTERED, FAULTY, UNPLACED, PATHS_DIFFER, TAKEN, REFUSED_SOUND, TAKEN_SPOILT}


@dataclass(frozen=True)
class Result:
    """What became of one case, what was done to it, and what was said of it."""

    number: int
    verdict: str
    deeds: str
    told: str


def results(seed: int, numbers: Sequence[int], workbooks: bool = False) -> Iterator[Result]:
    """The result of each case, in order; of workbooks alone where this is asked."""
    source = source_values()
    for start in range(0, len(numbers), BATCH):
        chunk = numbers[start : start + BATCH]
        made = [case_of(seed, number, workbooks) for number in chunk]
        for number, (package, case), outcome in zip(chunk, made, outcomes(one for one, _ in made), strict=True):
            verdict = _verdict(package, case, outcome, source)
            told = outcome.refusal or "; ".join(f"{one['check_id']} {one['message']}" for one in outcome.returned[:3])
            yield Result(number, verdict, ", ".join(case.deeds), told)


def _verdict(package: Package, case: Case, outcome: Outcome, source: Values) -> str:
    if outcome.refusal:
        clear = CHINESE.search(outcome.refusal) and FAULT not in outcome.refusal and len(outcome.refusal) < 300
        return FAULTY if not clear else REFUSED_SOUND if case.is_sound else REFUSED
    if case.contradicts:
        return TAKEN
    if not _paths_agree(package):
        return PATHS_DIFFER
    if outcome.returned:
        return TOLD if all(finding["sheet"] and finding["message"] for finding in outcome.returned) else UNPLACED
    if case.is_spoilt:
        return TAKEN_SPOILT
    changed = differing(outcome.values, source)
    if changed is None or not changed <= case.touched:
        return ALTERED
    return TOUCHED if changed else EXACT


def _paths_agree(package: Package) -> bool:
    """Whether the fast and the exact way of reading give the same cells, for every plain CSV file of the package."""
    if not package.is_folder and not package.name.endswith(".zip"):
        return True
    try:
        files = csv_files(package) or {}
        return all(_fast_and_exact_agree(content, name) for name, content in files.items())
    except RefusedFile:
        return False  # the package was read as a whole


def _fast_and_exact_agree(content: bytes, name: str) -> bool:
    text = csvfiles.as_utf8(content, name)
    dialect = csvfiles.dialect_of(text.decode())
    fast = csvfiles._read_plain(text, name, dialect.delimiter) if csvfiles._is_plain(text, dialect) else None
    return fast is None or _filled(fast) == _filled(csvfiles._read_exactly(text, name, dialect))


def _filled(grid: Grid) -> list[tuple[int, list[str | None]]]:
    """The rows down to the last that is not empty."""
    rows = list(grid.rows())
    while rows and not any(rows[-1][1]):
        rows.pop()
    return rows
