"""Exit triggers: from what a rule sees of each period to what is open at a period, at which level, since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from contract.calendar import period_of, previous
from contract.decision_kinds import LEVELS
from contract.parameters import Policy
from metrics.warnings.frame import Observation, observe, prepare
from metrics.warnings.rules import Level, Rule, number_of


@dataclass(frozen=True)
class Trigger:
    """One trigger open at one period; it keeps its id while it lasts."""

    id: str
    rule: str
    subject: str
    kind: str
    period: str
    level: str
    value: float
    threshold: float
    dated: date | None
    since: str
    evidence: Mapping[str, Any]
    parameters: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Finding:
    """What a rule finds of one member at one period that it looks at."""

    level: str
    value: float
    threshold: float
    dated: date | None
    evidence: Mapping[str, Any]
    parameters: Mapping[str, Mapping[str, str]]


def raise_triggers(
    connection: duckdb.DuckDBPyConnection,
    rules: Sequence[Rule],
    policies: Mapping[str, Policy],
    today: date | None = None,
) -> list[Trigger]:
    """Every trigger whose condition holds at each period of `policies` (period → policy in force), rule by rule.

    Reads `value` and the tables that `metrics.warnings.frame.prepare` names. With other rules or policies it replays
    the past. What decisions have settled is still among them: see `metrics.warnings.closing`.
    """
    return [
        one for rule, seen in look(connection, rules, policies, today) for one in open_triggers(rule, seen, policies)
    ]


def look(
    connection: duckdb.DuckDBPyConnection,
    rules: Sequence[Rule],
    policies: Mapping[str, Policy],
    today: date | None = None,
) -> list[tuple[Rule, dict[tuple[str, str], Observation]]]:
    """What each rule sees of each member and period."""
    prepare(connection, policies, today)
    return [(rule, observe(connection, rule)) for rule in rules]


def by_id(raised: Iterable[Trigger]) -> dict[str, list[Trigger]]:
    """Id → the periods at which that trigger stands, in the order given."""
    lives: dict[str, list[Trigger]] = {}
    for trigger in raised:
        lives.setdefault(trigger.id, []).append(trigger)
    return lives


def open_triggers(
    rule: Rule, seen: Mapping[tuple[str, str], Observation], policies: Mapping[str, Policy]
) -> Iterator[Trigger]:
    """The triggers of one rule, a row a member and period at which one is open.

    A rule that looks at quarter ends stands until the next one, for members still on the list.
    """
    for subject in sorted({subject for subject, _ in seen}):
        observations = {period: seen[member, period] for member, period in seen if member == subject}
        findings = {
            period: finding
            for period in observations
            if looked_at(period, rule.step) and (finding := find(rule, observations, period, policies[period]))
        }
        for period in sorted(observations):
            latest = period_looked_at(period, rule.step)
            if latest in findings:
                dated = findings[latest].dated
                first = period_of(dated) if dated else since(rule, findings, latest)
                yield Trigger(
                    id=f"{rule.id}-{subject}-{first}",
                    rule=rule.id,
                    subject=subject,
                    kind=observations[period].kind,
                    period=period,
                    since=first,
                    **vars(findings[latest]),
                )


def find(rule: Rule, observations: Mapping[str, Observation], period: str, policy: Policy) -> Finding | None:
    """The highest level that a member reaches at a period, None where it reaches none.

    Within a protection the level is a hint; the condition still counts in later runs.
    """
    reached = []
    for number, level in enumerate(rule.levels):
        counted = periods_counted(level, number, observations, period, policy)
        required = number_of(level.required, policy)
        if len(counted) >= required:
            reached.append((level, counted, required))
    if not reached:
        return None
    level, counted, required = max(reached, key=lambda level_reached: tuple(LEVELS).index(level_reached[0].level))
    observation = observations[period]
    return Finding(
        level="hint" if observation.protections else level.level,
        value=float(len(counted)) if rule.value is None else observation.value,
        threshold=float(required) if rule.threshold is None else observation.threshold,
        dated=observation.dated,
        evidence={
            "level": level.level,
            "condition": level.condition,
            "required_periods": required,
            "protections": list(observation.protections),
            # What is dated has its whole story in the latest period.
            "periods": [observations[period].evidence for period in (counted[-1:] if rule.dated else counted)],
        },
        parameters={
            name: {
                "value": f"{policy[name].normalize():f}",
                "effective_from": policy.entry(name).effective_from.isoformat(),
                "document_no": policy.entry(name).document_no,
            }
            for name in rule.parameters
        },
    )


def periods_counted(
    level: Level, number: int, observations: Mapping[str, Observation], period: str, policy: Policy
) -> list[str]:
    """The periods in which a level's condition holds, that count for it at a period, oldest first.

    For a level by consecutive periods: the run that ends with the period, however long; a period without a value, or
    off the list, breaks it. For one by count: those within the window.
    """
    if not looked_at(period, level.step):
        return []
    if level.consecutive is None:
        window = [previous(period, level.step * back) for back in range(number_of(level.within, policy))]
        return sorted(period for period in window if _holds(observations, period, number))
    run = []
    while _holds(observations, period, number):
        run.append(period)
        period = previous(period, level.step)
    return run[::-1]


def since(rule: Rule, findings: Mapping[str, Finding], period: str) -> str:
    """The first period of the trigger that is open at a period looked at."""
    while rule.lasting and previous(period, rule.step) in findings:
        period = previous(period, rule.step)
    return period


def looked_at(period: str, step: int) -> bool:
    """Whether a period ends a stretch of so many months of the year."""
    return int(period[5:]) % step == 0


def period_looked_at(period: str, step: int) -> str:
    """The latest period looked at that is no later than a period."""
    return previous(period, int(period[5:]) % step)


def _holds(observations: Mapping[str, Observation], period: str, number: int) -> bool:
    return period in observations and observations[period].holds[number] is True
