"""The loan book of all banks, moved on month by month: trouble, repayment, renewal, new lending.

The city's balance follows the declared path: lending follows the year's plan and the season, and early
repayments (or some more lending) make up the difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from contract.calendar import period_of
from etl.demo.days import last_day, months_after, workdays
from etl.demo.disposal import Docket
from etl.demo.firms import Firm, Firms, Owing
from etl.demo.loans import CENT, Contract, Drafts, Loan, age_in_months, overdue_class
from etl.demo.points import Point
from etl.demo.situations import planted, situations
from etl.demo.tables import FIRST_PERIOD, Bank, banks, month_number, month_weights, target_balance, years

WATCH_SHARE = 1.9  # percent of a bank's balance that is watched without being about to fail
NPL_LEAD = 4  # months from the first missed payment until a loan counts as non-performing
FAILING_TO_NPL = 1.3  # failing loans for each one that already counts as non-performing
RENEWED_OF_DUE = 2.0  # the share renewed among loans that fall due, to their share of the balance
LEAST_TROUBLE = 60  # 万元: smaller gaps to a bank's non-performing balance are left alone


@dataclass
class Book:
    """Every bank's loans: those alive, and those that ended in the current period."""

    random: Random
    firms: Firms
    drafts: Drafts
    docket: Docket
    loans: dict[str, list[Loan]]
    lent: dict[str, list[Contract]]  # this calendar year, by bank
    lent_ever: dict[str, Decimal]
    carry: dict[str, float]  # 万元 still to be lent, by bank

    @classmethod
    def empty(cls, seed: int, points: tuple[Point, ...]) -> Book:
        random = Random(f"{seed}:book")
        return cls(
            random=random,
            firms=Firms(Random(f"{seed}:firms")),
            drafts=Drafts(random, points),
            docket=Docket(Random(f"{seed}:disposal")),
            loans={code: [] for code in banks()},
            lent={code: [] for code in banks()},
            lent_ever=dict.fromkeys(banks(), Decimal(0)),
            carry=dict.fromkeys(banks(), 0.0),
        )

    def advance(self, period: str) -> None:
        """Moves the book from the end of the month before to the end of `period`."""
        for bank in banks().values():
            self.loans[bank.code] = [loan for loan in self.loans[bank.code] if loan.active]
            if period.endswith("-01"):
                self.lent[bank.code] = []
            self._fail(bank, period)
            self._resolve(bank, period)
            self._watch(bank, period)
            self._fall_due(bank, period)
        owing = self._owing()
        for bank in banks().values():
            self._lend(bank, period, monthly_lending(period) * bank_share(bank, period), owing)
        self._meet_path(period, owing)
        self._plant(period)
        self._grade(period)

    def active(self, bank: str) -> Iterator[Loan]:
        return (loan for loan in self.loans[bank] if loan.active)

    def balance(self, bank: str) -> float:
        return float(sum(loan.balance for loan in self.active(bank)))

    def _day(self, period: str, not_before: date | None = None) -> date:
        """A working day of the period, on or after another day where there is such a one."""
        days = [day for day in workdays(period) if not_before is None or day >= not_before]
        return self.random.choice(days) if days else last_day(period)

    def _fail(self, bank: Bank, period: str) -> None:
        """Lets loans miss payments so that the bank comes near its non-performing share months later."""
        ahead = planted("nonperforming", bank.code, months_after(period, NPL_LEAD))
        share = float(ahead.value) if ahead else bank.npl
        failing = sum(float(loan.balance) for loan in self.active(bank.code) if loan.failing)
        gap = FAILING_TO_NPL * share / 100 * self.balance(bank.code) - failing
        while gap > LEAST_TROUBLE:
            sound = [loan for loan in self.active(bank.code) if not loan.until and age_in_months(loan, period) >= 5]
            sound = [loan for loan in sound if float(loan.balance) <= 1.5 * gap]
            if not sound:
                return
            loan = max(self.random.sample(sound, min(8, len(sound))), key=lambda loan: loan.balance)
            due = loan.contract.matures_on
            loan.overdue_since = due if period_of(due) == period else self._day(period)
            loan.failing, loan.until = True, months_after(period, self.random.randrange(10, 19))
            gap -= float(loan.balance)

    def _resolve(self, bank: Bank, period: str) -> None:
        """Ends failed loans whose time has come, with or without a disposal case."""
        for loan in self.active(bank.code):
            if not loan.failing:
                continue
            if loan.until <= period and not self.docket.holds(loan):
                outcome = self.random.choices(("settled", "written_off", "transferred"), (45, 33, 22))[0]
                loan.close(outcome, self._day(period))
            elif loan.risk_class >= "3":
                self.docket.follow(bank.code, loan, period)

    def _watch(self, bank: Bank, period: str) -> None:
        """Special mention for a few months, some of it with a short delay in payment."""
        watched = Decimal(0)
        for loan in self.active(bank.code):
            if loan.until and not loan.failing:
                if loan.until <= period:
                    loan.until = loan.overdue_since = None
                else:
                    watched += loan.balance
        gap = WATCH_SHARE / 100 * self.balance(bank.code) - float(watched)
        sound = [loan for loan in self.active(bank.code) if not loan.until and age_in_months(loan, period) >= 3]
        for loan in self.random.sample(sound, min(6, len(sound))):
            until = months_after(period, self.random.randrange(2, 6))
            if float(loan.balance) <= gap and period_of(loan.contract.matures_on) > until:
                late = self.random.random() < 0.5
                loan.until = months_after(period, 2) if late else until
                loan.overdue_since = self._day(period) if late else None
                gap -= float(loan.balance)

    def _fall_due(self, bank: Bank, period: str) -> None:
        """Repayment at maturity, renewal without repayment, instalments."""
        for loan in list(self.active(bank.code)):
            contract = loan.contract
            if loan.failing:
                continue
            if period_of(contract.matures_on) <= period:
                if self.random.random() * 100 < bank.renewal * RENEWED_OF_DUE and self._renewable(bank, loan, period):
                    self._renew(bank, loan)
                loan.close("settled", contract.matures_on)
            elif contract.instalments and age_in_months(loan, period) % 3 == 0:
                loan.balance -= min((contract.amount / 12).quantize(CENT), loan.balance / 2).quantize(CENT)

    def _renewable(self, bank: Bank, loan: Loan, period: str) -> bool:
        """Sound, on a working day, its rights good for some years more, and its bank lending."""
        expiries = [right.expires_on for right in loan.contract.rights if right.expires_on]
        return (
            loan.until is None
            and loan.contract.matures_on in workdays(period)
            and planted("standstill", bank.code, period) is None
            and all(expiry > loan.contract.matures_on + timedelta(days=800) for expiry in expiries)
        )

    def _renew(self, bank: Bank, loan: Loan) -> None:
        self._disburse(bank, self.drafts.renewed(bank, loan.contract, loan.balance, loan.contract.matures_on))

    def _disburse(self, bank: Bank, contract: Contract) -> Loan:
        loan = Loan(contract, contract.amount)
        self.loans[bank.code].append(loan)
        self.lent[bank.code].append(contract)
        self.lent_ever[bank.code] += contract.amount
        self.carry[bank.code] -= float(contract.amount)
        self.firms.record(contract.firm, bank.code)
        return loan

    def _lend(self, bank: Bank, period: str, wanted: float, owing: Owing) -> None:
        """New loans until what the bank is to lend is lent; small banks carry over to later months."""
        if planted("standstill", bank.code, period):
            self.carry[bank.code] = 0.0
            return
        self.carry[bank.code] += wanted
        while self.carry[bank.code] > 0:
            largest = min(8000.0, max(400.0, 3 * monthly_lending(period) * bank_share(bank, period)))
            amount = self.drafts.amount(int(period[:4]), largest)
            firm, first = self.firms.borrower(bank, period, owing)
            contract = self.drafts.contract(bank, firm, amount, self._day(period), first)
            self._disburse(bank, contract)
            owing[firm.uscc][bank.code] = period

    def _owing(self) -> Owing:
        """Credit code → bank → last period of disbursement of its live loans there."""
        owing: Owing = defaultdict(dict)
        for bank in self.loans:
            for loan in self.active(bank):
                period = period_of(loan.contract.disbursed_on)
                by_bank = owing[loan.contract.firm.uscc]
                by_bank[bank] = max(period, by_bank.get(bank, ""))
        return owing

    def _meet_path(self, period: str, owing: Owing) -> None:
        """Early repayments, or more lending, until the city's balance is on its path."""
        over = sum(self.balance(code) for code in self.loans) - target_balance()[period]
        if over < 0:
            for bank in banks().values():
                self._lend(bank, period, -over * bank_share(bank, period), owing)
            return
        sound = [
            loan
            for code in self.loans
            for loan in self.active(code)
            if not loan.until and age_in_months(loan, period) >= 4
        ]
        self.random.shuffle(sound)
        for loan in sound:
            if over < LEAST_TROUBLE:
                return
            balance = float(loan.balance)
            if balance <= over and self.random.random() < 0.75:
                loan.close("settled", self._day(period))
                over -= balance
            elif balance > 200:
                repaid = (loan.balance * Decimal(self.random.randrange(2, 6)) / 10).quantize(CENT)
                loan.balance -= repaid
                over -= float(repaid)

    def _plant(self, period: str) -> None:
        """The situations that are single loans: a right pledged twice, a loan above the ceiling."""
        for situation in situations():
            if not situation.first <= period <= situation.last:
                continue
            if situation.kind == "double_pledge":
                self._pledge_twice(situation.member, situation.value, period)
            elif situation.kind == "above_ceiling":
                self._exceed(situation.member, Decimal(situation.value), period)

    def _pledge_twice(self, first: str, second: str, period: str) -> None:
        """A firm with a loan at `first` pledges the same rights for a new loan at `second`."""
        patents = [loan.contract for loan in self.active(first) if loan.contract.ip_types == ("patent",)]
        old = max(patents, key=lambda contract: contract.matures_on)
        draft = self._draft(banks()[second], old.firm, Decimal(300), period)
        self._disburse(banks()[second], replace(draft, ip_types=old.ip_types, rights=old.rights))

    def _exceed(self, bank: str, amount: Decimal, period: str) -> None:
        firm = self.firms.found("110108", 100)
        draft = self._draft(banks()[bank], firm, amount, period)
        self._disburse(banks()[bank], replace(draft, valuation_method="internal", valuation_fee=Decimal(0)))

    def _draft(self, bank: Bank, firm: Firm, amount: Decimal, period: str) -> Contract:
        return self.drafts.contract(bank, firm, amount, self._day(period), False)

    def _grade(self, period: str) -> None:
        """Risk classes at the period end: by days overdue, never better while a loan is failing."""
        end = last_day(period)
        for code in self.loans:
            for loan in self.active(code):
                by_days = overdue_class(loan.overdue_days(end))
                if loan.failing:
                    loan.risk_class = max(loan.risk_class, by_days)
                else:
                    loan.risk_class = max("2" if loan.until else "1", by_days)


@cache
def monthly_lending(period: str) -> float:
    """What all banks are to lend in a month, in 万元."""
    return years()[int(period[:4])].disbursed * 10_000 * month_weights()[int(period[5:])]


@cache
def bank_share(bank: Bank, period: str) -> float:
    """A bank's share of lending, growing by its tilt a year from the first period on."""
    passed = (month_number(period) - month_number(FIRST_PERIOD)) / 12
    return _tilted(bank, passed) / sum(_tilted(other, passed) for other in banks().values())


def _tilted(bank: Bank, passed: float) -> float:
    return bank.share * bank.tilt ** max(passed, 0)
