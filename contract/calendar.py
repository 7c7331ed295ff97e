"""Periods and deadlines: months as `YYYY-MM`, rolled to Chinese working days."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta

import chinese_calendar

from contract.parameters import Parameters, Policy, declared_parameters

SWITCH = "filing_in_force"  # the policy parameter by which reports are required


def period_bounds(period: str) -> tuple[date, date]:
    """First and last day of a period."""
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def previous(period: str, months: int = 1) -> str:
    """The period that many months earlier (later where negative)."""
    count = int(period[:4]) * 12 + int(period[5:]) - 1 - months
    return f"{count // 12}-{count % 12 + 1:02}"


def after_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where there is no such day."""
    last = period_bounds(previous(period_of(day), -months))[1]
    return last.replace(day=min(day.day, last.day))


def period_of(day: date) -> str:
    return f"{day.year}-{day.month:02}"


def periods_between(first: str, last: str) -> list[str]:
    """All periods from first to last, both included."""
    periods = []
    while first <= last:
        periods.append(first)
        first = previous(first, -1)
    return periods


def is_quarter_end(period: str) -> bool:
    return int(period[5:]) % 3 == 0


def is_working_day(day: date) -> bool:
    """Whether a day is a Chinese working day, make-up days counted.

    The State Council publishes a year's schedule in the autumn before; for a year that the calendar library
    does not know yet, Monday to Friday count.
    """
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


def roll_forward(day: date) -> date:
    """The day itself or the next working day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """The day that is `count` working days after `day`."""
    for _ in range(count):
        day = roll_forward(day + timedelta(days=1))
    return day


def deadline(period: str, parameters: Parameters | None = None) -> datetime:
    """The deadline of a period: 24:00 Beijing time, so 00:00 of the day after.

    The 10th of the following month, the 18th where the month ends a quarter, rolled forward to a working day
    (policy parameters as they stand at the period's end).
    """
    policy = (parameters or declared_parameters()).at(period_bounds(period)[1])
    return _end_of(last_filing_day(period, policy))


def last_filing_day(period: str, policy: Policy) -> date:
    """The day at whose end a period's reports are due, by the parameters that are in force at the period's end."""
    days = policy["deadline_day_quarter" if is_quarter_end(period) else "deadline_day_month"]
    return roll_forward(period_bounds(previous(period, -1))[0] + timedelta(days=int(days) - 1))


def is_binding(period: str, parameters: Parameters, filing_from: date | None) -> bool:
    """Whether a period's deadline is held to: nothing is late or missing before filing was required.

    By the policy parameter `filing_in_force` on the deadline's last day. Where no value of it has said yes, from the
    day on that was named with the first list (`filing_from`); where none was named, always.
    """
    last_day = deadline(period, parameters).date() - timedelta(days=1)
    if any(value.value for value in parameters.history.get(SWITCH, ())):
        return bool(parameters.at(last_day)[SWITCH])
    return filing_from is None or filing_from <= last_day


def day_of(period: str, name: str, parameters: Parameters | None = None) -> date:
    """The day of the month after a period that a policy parameter names, rolled forward to a working day."""
    policy = (parameters or declared_parameters()).at(period_bounds(period)[1])
    return roll_forward(period_bounds(previous(period, -1))[0] + timedelta(days=int(policy[name]) - 1))


def day_after_filing(period: str, name: str, parameters: Parameters | None = None) -> date:
    """The same for a step that waits for the reports: where a quarter's end gives longer to file, it moves as far.

    As many days after the last day of filing as the monthly calendar leaves between the two.
    """
    policy = (parameters or declared_parameters()).at(period_bounds(period)[1])
    last_day = deadline(period, parameters).date() - timedelta(days=1)
    return roll_forward(last_day + timedelta(days=int(policy[name]) - int(policy["deadline_day_month"])))


def explanation_deadline(period: str, parameters: Parameters | None = None) -> datetime:
    """By when what is unlikely in a submission is to be explained: 24:00 of the day on which verification ends."""
    return _end_of(day_after_filing(period, "calendar_day_verify", parameters))


def closing(period: str, parameters: Parameters | None = None) -> datetime:
    """When a period closes: 24:00 of the day on which the month's briefing is issued; what comes later is not in it."""
    issued = _end_of(day_of(period, "calendar_day_briefing", parameters))
    return max(issued, explanation_deadline(period, parameters))


def _end_of(day: date) -> datetime:
    """24:00 of a day, so 00:00 of the day after."""
    return datetime.combine(day + timedelta(days=1), time.min)
