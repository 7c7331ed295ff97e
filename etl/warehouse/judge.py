"""Judges a batch of arrivals by the rule books in force for their periods: what was found, and which rules broke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from etl.checks.cover import Submitted, verdict_of
from etl.checks.engine import check_batch
from etl.checks.faults import Fault
from etl.checks.findings import FINDING_COLUMNS, FINDING_ORDER
from etl.checks.rule_changes import RuleBook
from etl.receiving.receive import Delivery, Package
from etl.warehouse.identify import Arrival
from etl.warehouse.register import KnownVersion, Register


@dataclass(frozen=True)
class Judgement:
    """An arrival with its findings (`FINDING_COLUMNS`, in the order in which they are given) and what broke on it."""

    arrival: Arrival
    findings: list[dict]
    faults: tuple[Fault, ...]
    book: RuleBook

    @property
    def place(self) -> int:
        """Its place in the batch."""
        return self.submission.number

    @property
    def delivery(self) -> Delivery:
        return self.arrival.delivery

    @property
    def package(self) -> Package:
        return self.arrival.package

    @property
    def submission(self) -> Submitted:
        return self.arrival.submission

    @property
    def verdict(self) -> str:
        """accepted, questions or returned."""
        levels = [finding["level"] for finding in self.findings]
        return verdict_of(self.submission.reading, levels, self.faults)

    @property
    def is_unread(self) -> bool:
        """Whether cells could not be typed: then it becomes no version, as they would be missing without a word."""
        return any(fault.is_unread for fault in self.faults)

    @property
    def broke(self) -> frozenset[str]:
        """The checks that could not be run on it."""
        return frozenset(fault.check_id for fault in self.faults)

    def says_more_than(self, before: KnownVersion) -> bool:
        """Whether a rule that broke on these bytes when they were `before` has judged them now."""
        return bool(before.broke & (self.book.levels.keys() - self.broke))


def judge(connection: duckdb.DuckDBPyConnection, arrivals: Sequence[Arrival], register: Register) -> list[Judgement]:
    """What is found of each arrival, in their order; leaves the views of `check_batch` in the connection."""
    faults: dict[int, list[Fault]] = {}
    batch = [arrival.submission for arrival in arrivals]
    for fault in check_batch(connection, batch, register.changes, register.parameters):
        faults.setdefault(fault.number, []).append(fault)
    findings = _findings_by_number(connection)
    books = {period: register.changes.book(period) for period in {submission.period for submission in batch}}
    return [
        Judgement(
            arrival,
            findings.get(arrival.submission.number, []),
            tuple(faults.get(arrival.submission.number, ())),
            books[arrival.submission.period],
        )
        for arrival in arrivals
    ]


def _findings_by_number(connection: duckdb.DuckDBPyConnection) -> dict[int, list[dict]]:
    query = f"SELECT number, {', '.join(FINDING_COLUMNS)} FROM new_finding ORDER BY number, {FINDING_ORDER}"
    findings: dict[int, list[dict]] = {}
    for number, *values in connection.execute(query).fetchall():
        findings.setdefault(number, []).append(dict(zip(FINDING_COLUMNS, values, strict=True)))
    return findings
