"""Judges a file without storing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from contract.declarations import districts, forms
from contract.errors import RefusedFile
from contract.settings import home
from contract.unseen import shown
from etl.checks.cover import Submitted, identity, verdict_of
from etl.checks.engine import check_batch
from etl.checks.faults import Fault
from etl.checks.findings import FINDING_COLUMNS, FINDING_FIELDS, FINDING_ORDER
from etl.checks.rule_changes import changes_at
from etl.checks.rulebook import rule_book
from etl.reading.sandbox import read_all
from etl.reading.submission import Reading
from etl.receiving.receive import Package, take
from ledger.policy import parameters_at


@dataclass(frozen=True)
class Checked:
    """One file judged: findings in the stable names of `interface.md`, blockers first."""

    package: Package
    reading: Reading
    submitter: str
    period: str
    verdict: str
    findings: list[dict]
    faults: tuple[Fault, ...] = ()


def _kind(submitter: str, tables: Sequence[str]) -> str:
    """A district files by its code; any other submitter is a bank."""
    if submitter in districts():
        return "district"
    if submitter:
        return "bank"
    return "district" if any(forms()[code].by == "district" for code in tables) else "bank"


def checked(path: Path) -> Checked:
    """The file or folder judged by the checks that need no other submission, as this home has them in force.

    Raises RefusedFile where it cannot be read or its period and submitter are given nowhere.
    """
    package = take(path)
    rule_book()  # while the child that reads is getting ready
    (reading,) = read_all([package])
    if isinstance(reading, RefusedFile):
        raise RefusedFile(f"{shown(package.name)}：{reading}")
    submitter, period = identity(package.name, reading)
    if not period or not submitter:
        raise RefusedFile(f"{package.name}：从文件名和封面都看不出报送机构和报送期；文件名应如2026-10_B001.xlsx")
    submission = Submitted(0, submitter, _kind(submitter, list(reading.tables)), period, reading)
    with duckdb.connect() as connection:
        faults = check_batch(connection, [submission], changes_at(home()), parameters_at(home()))
        query = f"SELECT {', '.join(FINDING_COLUMNS)} FROM new_finding ORDER BY {FINDING_ORDER}"
        columns = [column.to_pylist() for column in connection.sql(query).to_arrow_table().columns]
    findings = [dict(zip(FINDING_FIELDS, row, strict=True)) for row in zip(*columns, strict=True)]
    verdict = verdict_of(reading, [finding["level"] for finding in findings], faults)
    return Checked(package, reading, submitter, period, verdict, findings, tuple(faults))
