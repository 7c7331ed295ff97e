"""The situations planted in the demonstration, as `data/demo/situations.csv` lists them: who, when, what.

Kinds: late (value = days after the deadline), missing, returned (value = the defect of each returned
version), rejected (the same, and not mended yet), corrected (value = what was wrong in the first
version, accepted all the same), nonperforming (value = percent of the balance),
standstill (nothing disbursed), paused (no running service point), drained (value = percent left in the
pool), expanded (value = ceiling), joined (value = the day on which earlier periods were filed),
double_pledge (value = the second bank), above_ceiling (value = the amount).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from contract.declarations import read_rows
from etl.demo.tables import FOLDER


@dataclass(frozen=True)
class Situation:
    """One planted situation: a member, a stretch of periods (both ends included), a value, words."""

    kind: str
    member: str
    first: str
    last: str
    value: str
    what: str


@cache
def situations() -> tuple[Situation, ...]:
    rows = read_rows(FOLDER / "situations.csv", "kind", "member", "from", "to", "value", "what")
    return tuple(Situation(*row.values()) for row in rows)


def planted(kind: str, member: str, period: str) -> Situation | None:
    """The situation of a kind that a member is in at a period."""
    for situation in situations():
        if (situation.kind, situation.member) == (kind, member) and situation.first <= period <= situation.last:
            return situation
    return None


def paused(district: str, period: str) -> bool:
    """Whether a district's service points all stand still."""
    return planted("paused", district, period) is not None
