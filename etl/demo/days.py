"""Days and months as the demonstration counts them, on the project's calendar."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from contract.calendar import is_working_day, period_bounds, previous


@cache
def last_day(period: str) -> date:
    return period_bounds(period)[1]


@cache
def workdays(period: str) -> tuple[date, ...]:
    """The Chinese working days of a month, in order."""
    first, last = period_bounds(period)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in days if is_working_day(day))


def months_after(period: str, months: int) -> str:
    """The period that many months later (earlier where negative)."""
    return previous(period, -months)


def months_of_year(period: str) -> list[str]:
    """The periods of the year up to and with `period`."""
    return [f"{period[:4]}-{month:02d}" for month in range(1, int(period[5:]) + 1)]
