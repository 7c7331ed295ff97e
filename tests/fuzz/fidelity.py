"""Whether what was read is what was written: every typed cell of a submission against the values it was made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import duckdb

from contract.declarations import forms
from contract.errors import RefusedFile
from etl.checks.cover import Submitted
from etl.checks.engine import check_batch
from etl.checks.findings import FINDING_COLUMNS, FINDING_ORDER
from etl.reading.sandbox import read_all
from etl.reading.submission import Reading
from etl.receiving.receive import Package
from tests.etl.submissions import BANK, PERIOD, csv_files, package, submission

BATCH = 80
RETURNING = ("S", "V")
FAULT = "系统读取文件时出错"
Values = dict[str, list[tuple]]


@dataclass(frozen=True)
class Outcome:
    """What became of one package: a refusal, or findings and every typed cell by form, rows in their order."""

    refusal: str
    findings: tuple[dict, ...]
    values: Values

    @property
    def returned(self) -> list[dict]:
        """The findings that return the submission, so that nothing of it is loaded."""
        return [finding for finding in self.findings if finding["level"] in RETURNING]


def outcomes(packages: Iterable[Package]) -> Iterator[Outcome]:
    """The outcome of each package, read in confined children and judged many at a time."""
    packages = list(packages)
    for start in range(0, len(packages), BATCH):
        yield from _judged(packages[start : start + BATCH])


def _judged(packages: Sequence[Package]) -> list[Outcome]:
    readings = list(read_all(packages))
    read = {number: one for number, one in enumerate(readings) if isinstance(one, Reading)}
    batch = [Submitted(number, BANK, "bank", PERIOD, reading) for number, reading in read.items()]
    values: dict[int, Values] = {number: {"cover": _cover(reading)} for number, reading in read.items()}
    found: dict[int, list[dict]] = {number: [] for number in read}
    with duckdb.connect() as connection:
        check_batch(connection, batch)
        for form in forms().values():
            codes = ", ".join(column.code for column in form.columns)
            query = f"SELECT number, {codes} FROM typed_{form.code} ORDER BY number, row_no"
            for number, *cells in connection.execute(query).fetchall():
                values[number].setdefault(form.code, []).append(tuple(cells))
        query = f"SELECT number, {', '.join(FINDING_COLUMNS)} FROM new_finding ORDER BY number, {FINDING_ORDER}"
        for number, *cells in connection.execute(query).fetchall():
            found[number].append(dict(zip(FINDING_COLUMNS, cells, strict=True)))
    return [
        Outcome(str(one), (), {}) if isinstance(one, RefusedFile) else Outcome("", tuple(found[number]), values[number])
        for number, one in enumerate(readings)
    ]


def _cover(reading: Reading) -> list[tuple]:
    """Item and value, control totals as numbers."""
    totals = ("rows_", "amount_")
    return sorted(
        (code, _number(item.value) if code.startswith(totals) else item.value) for code, item in reading.cover.items()
    )


def _number(text: str | None) -> object:
    return Decimal(text) if text and re.fullmatch(r"\d+(\.\d*)?", text) else text


def differing(values: Values, source: Values) -> set[tuple[str, int, int]] | None:
    """(form, row, column) of the cells that differ, from 0; None where the forms or their numbers of rows differ."""
    if {form: len(rows) for form, rows in values.items()} != {form: len(rows) for form, rows in source.items()}:
        return None
    return {
        (form, row, column)
        for form, rows in source.items()
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if values[form][row][column] != cell
    }


@cache
def source_values() -> Values:
    """The typed cells of the clean submission that all cases are made from."""
    (outcome,) = outcomes([package(csv_files(submission()))])
    assert not outcome.refusal and not outcome.findings
    return outcome.values
