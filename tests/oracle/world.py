"""What the oracle reads: members, versions with their rows, deadlines and the reference time, as plain values.

The oracle works every figure out a second time, from the design's words and from rows alone. It shares no code with
the system it judges: nothing here imports more than the standard library and the oracle itself (a test reads it).
Amounts are `Decimal` in 万元, rates `Decimal` in percent, days `date`, flags `bool`, codes text, `None` an empty cell.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

Row = Mapping[str, object]
LISTED = ("active", "watch", "rectify")
USUAL_CEILING = Decimal(1000)


@dataclass(frozen=True)
class Figure:
    """Part and whole exactly; the value in the indicator's unit, exactly too: the system rounds it to a double."""

    part: Decimal | None
    whole: Decimal | None
    value: Fraction | None


def plain(amount: Decimal | int) -> Figure:
    """A count or a sum."""
    return Figure(Decimal(amount), None, Fraction(amount))


def quotient(part: Decimal | int, whole: Decimal | int, times: int = 100) -> Figure:
    """Part over whole, in percent unless told otherwise; without a value where there is nothing to divide by."""
    value = None if whole == 0 else Fraction(part) * times / Fraction(whole)
    return Figure(Decimal(part), Decimal(whole), value)


def growth(now: Decimal, before: Decimal | None) -> Figure:
    """Growth in percent; part and whole are the two amounts."""
    if before is None:
        return Figure(now, None, None)
    value = None if before == 0 else (Fraction(now) / Fraction(before) - 1) * 100
    return Figure(now, before, value)


def first_day(period: str) -> date:
    return date(int(period[:4]), int(period[5:]), 1)


def last_day(period: str) -> date:
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, calendar.monthrange(year, month)[1])


def earlier(period: str, months: int) -> str:
    """The period so many months before."""
    year, month = divmod(int(period[:4]) * 12 + int(period[5:]) - 1 - months, 12)
    return f"{year}-{month + 1:02}"


def year_to(period: str) -> list[str]:
    """The year's periods up to this one."""
    return [f"{period[:4]}-{month:02}" for month in range(1, int(period[5:]) + 1)]


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that is too short for it."""
    period = earlier(f"{day.year:04}-{day.month:02}", -months)
    return min(last_day(period), first_day(period).replace(day=min(day.day, last_day(period).day)))


def is_quarter_end(period: str) -> bool:
    return period[5:] in ("03", "06", "09", "12")


@dataclass(frozen=True)
class Stretch:
    """A state, a ceiling, a group from a day until another (exclusive; None = open)."""

    value: object
    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Member:
    """A bank or district over time: states, groups, and a bank's permitted internal valuation ceilings."""

    code: str
    kind: str
    states: tuple[Stretch, ...]
    groups: tuple[Stretch, ...]
    ceilings: tuple[Stretch, ...] = ()

    @cached_property
    def admitted_on(self) -> date:
        return min(stretch.since for stretch in self.states if stretch.value in LISTED)

    @cached_property
    def admission(self) -> str:
        return self.admitted_on.isoformat()[:7]

    def listed_on(self, day: date) -> bool:
        return any(stretch.value in LISTED and stretch.holds(day) for stretch in self.states)

    def listed_in(self, period: str) -> bool:
        """On the list on any day of the period."""
        first, last = first_day(period), last_day(period)
        listed = (stretch for stretch in self.states if stretch.value in LISTED)
        return any(it.since <= last and (it.until is None or it.until > first) for it in listed)

    def group_in(self, period: str) -> str:
        """Its group at the period end; before its admission, its first."""
        end = last_day(period)
        return next((stretch.value for stretch in self.groups if stretch.holds(end)), self.groups[0].value)

    def ceiling_on(self, day: date) -> Decimal:
        return next((stretch.value for stretch in self.ceilings if stretch.holds(day)), USUAL_CEILING)


@dataclass(frozen=True)
class Decision:
    """A decision of the list, from its day on: what it sets, who succeeds, which triggers it names."""

    subject: str
    kind: str  # admit, watch, rectify, release, exit, readmit, amend, succeed
    day: date
    group: str | None = None
    ceiling: Decimal | None = None
    successor: str | None = None
    triggers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incident:
    """What was entered of a member because no figure shows it, and when another person confirmed it, if ever."""

    subject: str
    kind: str  # falsification, violation, case, penalty, risk, withdrawal
    happened_on: date
    confirmed_on: date | None = None


@dataclass(frozen=True)
class Version:
    """One version of a submission; forms hold their rows where it was not returned."""

    submitter: str
    period: str
    number: int
    received_at: datetime
    verdict: str  # accepted, questions, returned
    faults: int = 0  # S and V findings
    data_rows: int = 0
    forms: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    @property
    def taken(self) -> bool:
        return self.verdict != "returned"


@dataclass(frozen=True)
class World:
    """Everything that figures, scores and triggers come from. `recognised`: submitter, period and title of I1 rows."""

    members: Mapping[str, Member]
    versions: Sequence[Version]
    periods: Sequence[str]
    deadlines: Mapping[str, datetime]
    now: datetime
    decisions: Sequence[Decision] = ()
    recognised: frozenset[tuple[str, str, str]] = frozenset()
    incidents: Sequence[Incident] = ()
    closings: Mapping[str, datetime] = field(default_factory=dict)  # of the Decembers in which incidents happened

    @cached_property
    def by_submission(self) -> dict[tuple[str, str], list[Version]]:
        """(submitter, period) → versions in order."""
        found: dict[tuple[str, str], list[Version]] = {}
        for version in sorted(self.versions, key=lambda version: version.number):
            found.setdefault((version.submitter, version.period), []).append(version)
        return found

    @cached_property
    def in_force(self) -> dict[tuple[str, str], Version]:
        """(submitter, period) → the latest version that was taken."""
        return {
            key: [it for it in versions if it.taken][-1]
            for key, versions in self.by_submission.items()
            if any(it.taken for it in versions)
        }

    @cached_property
    def kept(self) -> dict[str, dict[str, Version]]:
        """Submitter → period → the version in force."""
        found: dict[str, dict[str, Version]] = {}
        for (submitter, period), version in self.in_force.items():
            found.setdefault(submitter, {})[period] = version
        return found

    def stands_for(self, code: str, period: str) -> str:
        """The bank itself, or the one that has taken its place by the period end."""
        end = last_day(period)
        heirs = (it.successor for it in self.decisions if it.subject == code and it.kind == "succeed" and it.day <= end)
        heir = next(heirs, None)
        return self.stands_for(heir, period) if heir else code

    def late(self, code: str, period: str) -> bool | None:
        """Whether the first version missed the deadline; None where nothing is expected or the deadline is to come."""
        if not self.members[code].listed_in(period) or self.deadlines[period] > self.now:
            return None
        versions = self.by_submission.get((code, period))
        return not versions or versions[0].received_at > self.deadlines[period]

    def vetoed(self, code: str, year: int) -> bool:
        """Whether a confirmed falsification or major violation decides the member's grade of a year.

        It decides the year in which it happened, or, confirmed only after that year's last period had closed, the year
        in which it was confirmed.
        """
        for it in self.incidents:
            if it.subject == code and it.kind in ("falsification", "violation") and it.confirmed_on:
                happened = it.happened_on.year
                in_time = it.confirmed_on < self.closings[f"{happened}-12"].date()
                if year == (happened if in_time else it.confirmed_on.year):
                    return True
        return False
