"""Deadlines, worked out by hand with the State Council's calendars of 2025 and 2026."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from contract.calendar import (
    add_working_days,
    deadline,
    is_working_day,
    period_bounds,
    periods_between,
    previous,
    roll_forward,
)


@pytest.mark.parametrize(
    ("period", "last_day"),
    [
        ("2026-10", date(2026, 11, 10)),  # Tuesday
        ("2025-09", date(2025, 10, 20)),  # the 18th is a Saturday
        ("2025-12", date(2026, 1, 19)),  # the 18th is a Sunday
        ("2026-01", date(2026, 2, 10)),  # Tuesday, before the Spring Festival of 15 to 23 February
        ("2026-03", date(2026, 4, 20)),  # the 18th is a Saturday
        ("2026-04", date(2026, 5, 11)),  # the 10th is a Sunday
        ("2025-04", date(2025, 5, 12)),  # the 10th is a Saturday
        ("2026-09", date(2026, 10, 19)),  # the 18th is a Sunday
        ("2025-05", date(2025, 6, 10)),  # Tuesday
        ("2026-08", date(2026, 9, 10)),  # Thursday
        ("2025-01", date(2025, 2, 10)),  # Monday
        ("2026-07", date(2026, 8, 10)),  # Monday
    ],
)
def test_a_deadline_is_24_hours_of_the_day(period: str, last_day: date):
    assert deadline(period) == datetime(last_day.year, last_day.month, last_day.day + 1)


def test_public_holidays_and_make_up_days_count():
    assert not is_working_day(date(2025, 10, 8))  # Wednesday of the National Day holiday
    assert is_working_day(date(2025, 10, 11))  # Saturday, worked for it
    assert roll_forward(date(2025, 10, 1)) == date(2025, 10, 9)
    assert add_working_days(date(2025, 9, 30), 3) == date(2025, 10, 11)


def test_a_year_whose_schedule_is_not_out_counts_monday_to_friday():
    assert is_working_day(date(2040, 10, 1)) and not is_working_day(date(2040, 9, 30))


def test_periods():
    assert period_bounds("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))
    assert (previous("2026-01"), previous("2026-11", -2), previous("2026-03", 15)) == ("2025-12", "2027-01", "2024-12")
    assert periods_between("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert periods_between("2026-02", "2026-01") == []
