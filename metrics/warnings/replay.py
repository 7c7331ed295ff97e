"""规则回溯: a trigger rule over all past periods with any parameters: whom it would have caught, and how early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import duckdb

from contract.calendar import deadline, period_of
from contract.decision_kinds import LEVELS, decision_kinds
from contract.errors import CallError
from contract.parameters import Parameters
from metrics.evaluation.build import policies_by_period
from metrics.warnings.rules import Rule
from metrics.warnings.triggers import Trigger, by_id, raise_triggers

TRIAL = "规则回溯"  # stands in place of a document number


@dataclass(frozen=True)
class Caught:
    """One trigger that a rule raises on a member, with the decision that followed, if any.

    `known_on`: the deadline of its first period, from when its figures are known. `rose_in`: the first period at its
    highest level. `lead_days`, `lead_periods`: from there to the first decision, on or after that day, that answers a
    trigger (watch, rectify, exit). `declared`: whether it is raised with the parameters in force as well.
    """

    id: str
    subject: str
    name: str
    kind: str
    first_period: str
    last_period: str
    level: str
    rose_in: str
    value: float
    threshold: float
    known_on: date
    declared: bool
    decision_id: int | None
    decision: str | None
    decided_on: date | None
    lead_days: int | None
    lead_periods: int | None


def tried(parameters: Parameters, rule: Rule, values: Mapping[str, str]) -> Parameters:
    """The parameters with other values for all times.

    Raises CallError for a parameter that the rule doesn't use, or a value that is no number.
    """
    history = dict(parameters.history)
    for name, text in values.items():
        if name not in rule.parameters:
            used = "、".join(rule.parameters) or "不取参数"
            raise CallError(f"规则{rule.id}不取参数“{name}”；它所取的参数：{used}")
        try:
            value = Decimal(text)
            if not value.is_finite():
                raise InvalidOperation
        except InvalidOperation:
            raise CallError(f"参数{name}的值“{text}”应为数字") from None
        first = history[name][0]
        history[name] = (replace(first, value=value, effective_from=date.min, document_no=TRIAL),)
    return Parameters(history)


def replay(
    connection: duckdb.DuckDBPyConnection, rule: Rule, parameters: Parameters, values: Mapping[str, str], today: date
) -> list[Caught]:
    """Every trigger that the rule would have raised in the periods of a snapshot, by period and member.

    What decisions settled is left out of account: the question is what the figures alone would have shown.
    """
    with_values = policies_by_period(connection, tried(parameters, rule, values))
    as_declared = policies_by_period(connection, parameters)
    raised = by_id(raise_triggers(connection, [rule], with_values, today))
    declared = by_id(raise_triggers(connection, [rule], as_declared, today)) if values else raised
    # Under other parameters a run may begin earlier or later: it is the same one where both stand at a time.
    stood = {(trigger.subject, trigger.period) for life in declared.values() for trigger in life}
    names = dict(connection.execute("SELECT code, short_name FROM member").fetchall())
    decided = _decided(connection)
    due = {period: deadline(period, parameters) for period in with_values}
    caught = [
        _caught(life, names, decided.get(life[0].subject, ()), due, any((o.subject, o.period) in stood for o in life))
        for life in raised.values()
    ]
    return sorted(caught, key=lambda case: (case.first_period, case.subject))


def _decided(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[int, str, date]]]:
    """Member → the decisions that answer a trigger, in order: number, kind, day."""
    answering = [kind.code for kind in decision_kinds().values() if kind.answers and kind.target != "active"]
    query = """
        SELECT subject, decision_id, kind, decided_on FROM decision
        WHERE status = 'approved' AND list_contains(?, kind) ORDER BY decided_on, decision_id
    """
    decided: dict[str, list[tuple[int, str, date]]] = {}
    for subject, *decision in connection.execute(query, [answering]).fetchall():
        decided.setdefault(subject, []).append(tuple(decision))
    return decided


def _caught(
    life: Sequence[Trigger],
    names: Mapping[str, str],
    decisions: Sequence[tuple[int, str, date]],
    due: Mapping[str, datetime],
    declared: bool,
) -> Caught:
    first, last = life[0], life[-1]
    highest = max(life, key=lambda trigger: tuple(LEVELS).index(trigger.level))  # the first of those that are equal
    known_on = first.dated or due[first.period].date()
    number, kind, day = next((decision for decision in decisions if decision[2] >= known_on), (None, None, None))
    return Caught(
        first.id,
        first.subject,
        names[first.subject],
        first.kind,
        first.since,
        last.period,
        highest.level,
        highest.period,
        highest.value,
        highest.threshold,
        known_on,
        declared,
        number,
        kind,
        day,
        (day - known_on).days if day else None,
        _months(period_of(known_on), period_of(day)) if day else None,
    )


def _months(period: str, other: str) -> int:
    return (int(other[:4]) - int(period[:4])) * 12 + int(other[5:]) - int(period[5:])
