"""What the items of a scorecard measure, for every member and period: read from a snapshot's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import duckdb

from etl.parameters import Policy
from metrics.scorecards import Item, Scorecard
from metrics.scores import Figure

NO_PLAN = "年度单列信贷计划为0，按0分计"
NO_FIGURE = Figure(None)

VALUES = """
    SELECT entity, period, indicator, value, whole
    FROM value
    WHERE scope IN ('bank', 'district') AND indicator IN (SELECT unnest(?)) AND value IS NOT NULL
"""

# The plan of the latest B3 of the same year, for members present in the period.
CREDIT_PLANS = """
    SELECT presence.submitter, presence.period, arg_max(B3.credit_plan, B3.period)
    FROM presence
    JOIN B3
        ON B3.submitter = presence.submitter AND B3.period <= presence.period
        AND left(B3.period, 4) = left(presence.period, 4)
    GROUP BY presence.submitter, presence.period
"""


@dataclass(frozen=True)
class Measures:
    """The stored figures that items are made of."""

    values: Mapping[tuple[str, str, str], Figure]  # (member, period, indicator) → value and whole
    credit_plans: Mapping[tuple[str, str], Decimal]  # (bank, period) → 万元

    def of(self, item: Item, subject: str, period: str, policy: Policy) -> Figure:
        """What an item measures for a member in a period; a figure without value where there is none."""
        stored = self.values.get((subject, period, item.source), NO_FIGURE)
        if item.code in DERIVATIONS:
            return DERIVATIONS[item.code](stored, self.credit_plans.get((subject, period)), period, policy)
        return stored


def read_measures(connection: duckdb.DuckDBPyConnection, cards: Iterable[Scorecard]) -> Measures:
    """Everything that the items of some scorecards need, from tables `value`, `presence` and `B3`."""
    sources = sorted({item.source for card in cards for item in card.items})
    return Measures(
        values={
            (entity, period, indicator): Figure(Fraction(Decimal(repr(value))), whole)
            for entity, period, indicator, value, whole in connection.execute(VALUES, [sources]).fetchall()
        },
        credit_plans={(bank, at): plan for bank, at, plan in connection.execute(CREDIT_PLANS).fetchall()},
    )


def lending_pace(completion: Figure, credit_plan: Decimal | None, period: str, policy: Policy) -> Figure:
    """S10 ÷ the share of a year's lending due by the month's end × 100.

    A plan of 0 scores 0; without a B3 of the year the item does not apply.
    """
    if completion.value is not None:
        share = Fraction(policy[f"lending_share_{period[5:]}"])
        return Figure(100 * completion.value / share, completion.whole)
    if credit_plan == 0:
        return Figure(None, fixed_score=Fraction(0), note=NO_PLAN)
    return NO_FIGURE


DERIVATIONS: Mapping[str, Callable[[Figure, Decimal | None, str, Policy], Figure]] = {"S10_pace": lending_pace}
