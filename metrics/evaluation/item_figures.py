"""What the items of a scorecard measure, for every member and period: read from a snapshot's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import duckdb

from contract.calendar import previous
from contract.parameters import Policy
from contract.wording import NOT_COMPUTABLE
from metrics.evaluation.scorecards import QUALITATIVE, Item, Scorecard
from metrics.evaluation.scores import Figure

NO_PLAN = "年度单列信贷计划为0，按0分计"
NO_FIGURE = Figure(None)

VALUES = """
    SELECT entity, period, indicator, value, whole
    FROM value
    WHERE scope IN ('bank', 'district') AND indicator IN (SELECT unnest(?)) AND value IS NOT NULL
"""

STOPPED = """
    SELECT entity, period, indicator, reason FROM not_computable
    WHERE scope IN ('bank', 'district') AND indicator IN (SELECT unnest(?))
"""

# The plan of the latest B3 of the same year, for members present in the period.
CREDIT_PLANS = """
    SELECT presence.submitter, presence.period, arg_max(B3.credit_plan, B3.period) AS credit_plan
    FROM presence
    JOIN B3
        ON B3.submitter = presence.submitter AND B3.period <= presence.period
        AND left(B3.period, 4) = left(presence.period, 4)
    GROUP BY presence.submitter, presence.period
"""

# Borrowers of this year and of the year before, by district, over the banks that are in force in both periods and on
# the list in the later one: the same banks as those of G17.
SAME_BANK_BORROWERS = """
    WITH same_bank AS (SELECT submitter AS bank, period FROM set_twice WHERE on_list),
    now AS (
        SELECT same_bank.period, loan.district, count(DISTINCT loan.firm_key) AS firms
        FROM same_bank
        JOIN set_disbursed AS loan ON loan.bank = same_bank.bank AND loan.period = same_bank.period
        GROUP BY ALL
    ),
    before AS (
        SELECT same_bank.period, loan.district, count(DISTINCT loan.firm_key) AS firms
        FROM same_bank
        JOIN set_before AS earlier ON earlier.period = same_bank.period AND earlier.heir = same_bank.bank
        JOIN set_disbursed AS loan ON loan.bank = earlier.bank AND loan.period = earlier.period_before
        GROUP BY ALL
    )
    SELECT district, period, coalesce(now.firms, 0) AS firms, coalesce(before.firms, 0) AS firms_before
    FROM now FULL JOIN before USING (district, period)
"""


@dataclass(frozen=True)
class Measures:
    """The stored figures that items are made of."""

    values: Mapping[tuple[str, str, str], Figure]  # (member, period, indicator) → value and whole
    credit_plans: Mapping[tuple[str, str], Decimal]  # (bank, period) → 万元
    same_bank_borrowers: Mapping[tuple[str, str], tuple[int, int]]  # (district, period) → this year's, last year's
    assessed: Mapping[tuple[str, str, str], Decimal] = field(default_factory=dict)  # (member, period, item) → 0…100
    stopped: Mapping[tuple[str, str, str], str] = field(default_factory=dict)  # figures that are not computable → why

    def of(self, item: Item, subject: str, period: str, policy: Policy) -> Figure:
        """What an item measures for a member in a period; a figure without value where there is none."""
        if item.source == QUALITATIVE:
            given = self.assessed.get((subject, period, item.code))
            return NO_FIGURE if given is None else Figure(Fraction(given))
        derive = DERIVATIONS.get(item.code)
        return derive(self, subject, period, policy) if derive else self.stored(subject, period, item.source)

    def stored(self, subject: str, period: str, indicator: str) -> Figure:
        """An indicator as table `value` has it; one that is not computable says so."""
        key = (subject, period, indicator)
        if key in self.stopped:
            return Figure(None, note=f"{NOT_COMPUTABLE}：{self.stopped[key]}")
        return self.values.get(key, NO_FIGURE)


def read_measures(connection: duckdb.DuckDBPyConnection, cards: Iterable[Scorecard]) -> Measures:
    """Everything that the items of some scorecards need, from `value`, `presence`, `B3`, `assessment` and the set Y."""
    sources = sorted({item.source for card in cards for item in card.items})
    stored = connection.execute(VALUES, [sources]).fetchall()
    plans = connection.execute(CREDIT_PLANS).fetchall()
    borrowers = connection.execute(SAME_BANK_BORROWERS).fetchall()
    given = connection.execute("SELECT subject, period, item, score FROM assessment").fetchall()
    stopped = connection.execute(STOPPED, [sources]).fetchall()
    return Measures(
        values={
            (entity, period, indicator): Figure(Fraction(Decimal(repr(value))), whole)
            for entity, period, indicator, value, whole in stored
        },
        credit_plans={(bank, period): plan for bank, period, plan in plans},
        same_bank_borrowers={(district, period): (now, before) for district, period, now, before in borrowers},
        assessed={(subject, period, item): score for subject, period, item, score in given},
        stopped={(entity, period, indicator): reason for entity, period, indicator, reason in stopped},
    )


def growth(now: Fraction | int | None, before: Fraction | int | None) -> Figure:
    """Growth in percent; none on a base that is zero or missing."""
    if now is None or not before:
        return NO_FIGURE
    return Figure(100 * Fraction(now - before) / before, Decimal(int(before)))


def _borrowers_on_year(measures: Measures, subject: str, period: str, policy: Policy) -> Figure:
    figures = [measures.stored(subject, at, "G02") for at in (period, previous(period, 12))]
    stopped = next((figure for figure in figures if figure.note), None)
    return stopped or growth(*(figure.value for figure in figures))


def _same_bank_borrowers_on_year(measures: Measures, subject: str, period: str, policy: Policy) -> Figure:
    return growth(*measures.same_bank_borrowers.get((subject, period), (None, None)))


def _lending_pace(measures: Measures, subject: str, period: str, policy: Policy) -> Figure:
    """S10 ÷ the share of a year's lending due by the month's end × 100.

    A plan of 0 scores 0; without a B3 of the year the item does not apply.
    """
    completion = measures.stored(subject, period, "S10")
    if completion.value is not None:
        share = Fraction(policy[f"lending_share_{period[5:]}"])
        return Figure(100 * completion.value / share, completion.whole)
    if completion.note:
        return completion
    if measures.credit_plans.get((subject, period)) == 0:
        return Figure(None, fixed_score=Fraction(0), note=NO_PLAN)
    return NO_FIGURE


DERIVATIONS: Mapping[str, Callable[[Measures, str, str, Policy], Figure]] = {
    "G02_yoy": _borrowers_on_year,
    "G05_yoy": _same_bank_borrowers_on_year,
    "S10_pace": _lending_pace,
}
