"""The design's sets A, Y, W, K, Kc and last(F), for the members that a figure takes in.

A `View` holds what one figure may read: the members present, and of each the versions in force that count. A member's
own figures take in what it filed as history; a group's take the members on the list, and of each nothing from before
its admission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tests.oracle.world import Member, Row, Version, World, first_day, last_day


@dataclass(frozen=True)
class View:
    """Members present at a period, each with its versions in force up to then that count, by period."""

    period: str
    reports: Mapping[str, Mapping[str, Version]]

    def rows(self, form: str, code: str, since: str) -> Iterator[tuple[str, Row]]:
        """(period, row) of a form over the periods that count, the earliest first."""
        for period, version in sorted(self.reports[code].items()):
            if period >= since:
                yield from ((period, row) for row in version.forms.get(form, ()))

    def holders(self, form: str, since: str = "0000-00") -> dict[str, list[Row]]:
        """last(F, t): member → the rows of its latest form; without those that sent none."""
        found = {}
        for code, versions in self.reports.items():
            holding = [period for period, version in versions.items() if form in version.forms and period >= since]
            if holding:
                found[code] = list(versions[max(holding)].forms[form])
        return found

    def now(self, form: str) -> dict[str, list[Row]]:
        """F(t): member → the rows of the form of this very period."""
        return self.holders(form, self.period)

    @property
    def january(self) -> str:
        return f"{self.period[:4]}-01"

    @cached_property
    def active(self) -> list[tuple[str, Row]]:
        """A(t), as (bank, loan)."""
        loans = ((code, loan) for code, rows in self.now("B1").items() for loan in rows)
        return [(code, loan) for code, loan in loans if loan["status"] == "active" and loan["balance"] > 0]

    @cached_property
    def _latest_loans(self) -> list[tuple[str, Row]]:
        latest = {}
        for code in self.reports:
            latest |= {(code, loan["loan_no"]): loan for _, loan in self.rows("B1", code, self.january)}
        return [(code, loan) for (code, _), loan in latest.items()]

    @cached_property
    def disbursed(self) -> list[tuple[str, Row]]:
        """Y(t)."""
        first, end = first_day(self.january), last_day(self.period)
        return [(code, loan) for code, loan in self._latest_loans if first <= loan["disbursed_on"] <= end]

    @cached_property
    def lost(self) -> list[tuple[str, Row]]:
        """W(t)."""
        year = last_day(self.period).year
        gone = (pair for pair in self._latest_loans if pair[1]["status"] in ("written_off", "transferred"))
        return [(code, loan) for code, loan in gone if loan["closed_on"].year == year]

    @cached_property
    def cases(self) -> list[tuple[str, Row]]:
        """K(t)."""
        latest = {}
        for code in self.reports:
            latest |= {(code, case["case_no"]): case for _, case in self.rows("B4", code, "0000-00")}
        return [(code, case) for (code, _), case in latest.items()]

    @cached_property
    def closed_cases(self) -> list[Row]:
        """Kc(t)."""
        end = last_day(self.period)
        closed = [case for _, case in self.cases if case["status"] == "closed"]
        return [case for case in closed if case["closed_on"].year == end.year and case["closed_on"] <= end]


def view(world: World, period: str, takes: Callable[[Member, str], bool], history: bool = False) -> View:
    """What is in force of the members taken at the period that are present; with their history or without."""
    reports = {}
    for code, member in world.members.items():
        if not takes(member, period) or (code, period) not in world.in_force:
            continue
        if history or member.listed_in(period):
            kept = world.kept[code].items()
            reports[code] = {when: it for when, it in kept if when <= period and (history or when >= member.admission)}
    return View(period, reports)
