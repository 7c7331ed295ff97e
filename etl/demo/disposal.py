"""Disposal of pledged rights: cases from opening to closing, what they bring, what the pools pay."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from random import Random

from contract.calendar import period_of
from etl.demo.days import months_after, workdays
from etl.demo.loans import CENT, Loan
from etl.demo.tables import lottery

OPENING_CHANCE = 0.02  # of a non-performing loan, a month
PLATFORMS = ("演示知识产权处置平台01", "演示知识产权处置平台02")


@dataclass(frozen=True)
class Case:
    """A disposal case as it stands at a period end; money in 万元."""

    case_no: str
    loan: Loan
    mode: str
    platform: str | None
    agency: bool
    exposure: Decimal
    appraised: Decimal
    opened_on: date
    closes_in: str
    recovered: Decimal = Decimal(0)
    compensation: Decimal = Decimal(0)
    closed_on: date | None = None
    status: str = "open"


class Docket:
    """All open cases by bank, those that ended in the current period, and compensation by district."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._number = 0
        self.cases: dict[str, list[Case]] = defaultdict(list)
        self.paid: dict[tuple[str, str], list[Decimal]] = defaultdict(list)  # (district, period) → compensation

    def holds(self, loan: Loan) -> bool:
        """Whether a case of the loan is open."""
        bank = loan.contract.loan_no.partition("-")[0]
        return any(case.loan is loan and case.status == "open" for case in self.cases[bank])

    def follow(self, bank: str, loan: Loan, period: str) -> None:
        """Opens a case for a non-performing loan now and then, and moves an open one on."""
        for place, case in enumerate(self.cases[bank]):
            if case.loan is loan and case.status == "open":
                self.cases[bank][place] = self._move(case, period)
                return
        if self._random.random() < OPENING_CHANCE:
            self.cases[bank].append(self._open(bank, loan, period))

    def listed(self, bank: str, period: str) -> list[Case]:
        """The cases to report: open at the period end, or ended within it."""
        return [
            case
            for case in self.cases[bank]
            if case.status == "open" or (case.closed_on and period_of(case.closed_on) == period)
        ]

    def _open(self, bank: str, loan: Loan, period: str) -> Case:
        random = self._random
        self._number += 1
        mode = lottery("disposal").draw(random)
        return Case(
            case_no=f"{bank}-CZ-{period[:4]}-{self._number:03d}",
            loan=loan,
            mode=mode,
            platform=random.choice(PLATFORMS) if mode == "listing" else None,
            agency=random.random() < 0.6,
            exposure=loan.balance,
            appraised=(loan.contract.valuation * Decimal(random.uniform(0.25, 0.6))).quantize(CENT),
            opened_on=random.choice(workdays(period)),
            closes_in=months_after(period, random.randrange(4, 10)),
        )

    def _move(self, case: Case, period: str) -> Case:
        """Part of the recovery comes on the way, the rest and any compensation when the case closes."""
        random, loan = self._random, case.loan
        rate = random.uniform(0.05, 0.30) * (0.5 if period >= case.closes_in else 0.12)
        recovered = (case.exposure * Decimal(rate)).quantize(CENT)
        loan.balance -= recovered
        case = replace(case, recovered=case.recovered + recovered)
        if period < case.closes_in:
            return case
        closed_on = random.choice(workdays(period))
        if loan.contract.risk_share in ("pool", "mixed"):
            compensation = (case.exposure * Decimal(random.uniform(0.3, 0.5))).quantize(CENT)
            loan.balance -= compensation
            self.paid[loan.contract.firm.district, period].append(compensation)
            case = replace(case, compensation=compensation)
        loan.close("written_off", closed_on)
        return replace(case, closed_on=closed_on, status="closed")
