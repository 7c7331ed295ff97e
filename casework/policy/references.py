"""Entering a value of a reference series: one person, with source, an event of the ledger; a later one replaces it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from casework.held import holding
from contract.calendar import period_bounds
from contract.errors import CallError
from contract.settings import Home
from ledger.people import Actor, check_person
from metrics.targets.reference_series import (
    Reference,
    Series,
    declared_values,
    in_force,
    period_fault,
    references,
    value_of,
)

AREA = "references"  # of `data/access.csv`


def enter(
    home: Home, series: Series, period: str, value: str, source: str, by: Actor, published_on: date | None = None
) -> tuple[Reference, Reference | None]:
    """Enters a value, in the series' unit; gives it and the one that it replaces, if any.

    Raises:
        CallError: the period is none of the series or has not begun, the value is no number, there is no source, the
            day of publication lies before the period or in the future, or just this is in force already.
        AccessDenied: the user's role enters no reference values.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "登记参照值")
        number = checked(series, period, value, source, published_on, held.today)
        known = in_force(references(held.ledger.events("reference"), declared_values()))
        before = known.get((series.code, period))
        if before and (before.value, before.source) == (number, source.strip()):
            raise CallError(f"“{series.name}”{period}的值{value}及来源已经登记，无须再登")
        days = {
            "published_on": published_on.isoformat() if published_on else "",
            "entered_on": held.today.isoformat(),
        }
        seq = held.append(
            "reference", actor, series.code, period=period, value=format(number, "f"), source=source.strip(), **days
        )
        after = Reference(series.code, period, number, source.strip(), published_on, held.today, actor, seq)
        return after, before


def checked(series: Series, period: str, value: str, source: str, published_on: date | None, today: date) -> Decimal:
    """The value as a number, once it is sure that the entry can be. Raises CallError."""
    fault = period_fault(series, period)
    if fault:
        raise CallError(fault)
    first_day = period_bounds(period)[0]  # a rate is known before its month is over
    if first_day > today:
        raise CallError(f"{period}尚未开始（今天{today}），不能登记该期的参照值")
    try:
        number = value_of(value)
    except ValueError:
        raise CallError(f"“{value}”不是可登记的数值（单位{series.unit}，至多6位小数）") from None
    if number < 0 and series.unit != "%":
        raise CallError(f"“{series.name}”以{series.unit}计，不能为负，现为“{value}”")
    if not source.strip():
        raise CallError("须写明来源（--source），如发布机构和标题")
    if published_on and not first_day <= published_on <= today:
        raise CallError(f"发布日{published_on}应不早于{first_day}、不晚于今天（{today}）")
    return number
