"""Triggers open at a period and as cases: the evidence of one, the course of its figure, how each lasted and rose."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from contract.calendar import period_bounds, previous
from contract.settings import Home
from contract.viewer import Viewer, may_see, own_only
from etl.snapshot.opened import Snapshot, reading
from ledger.events import Ledger
from ledger.policy import parameters_of
from metrics.indicators.catalogue import indicator
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.evaluation.disclosed import TOTAL, open_triggers
from metrics.queries.evaluation.policy import policy_on
from metrics.queries.evaluation.scores import scores
from metrics.queries.figures.values import values
from metrics.queries.work.annotations import SCORE
from metrics.warnings.replay import Caught, replay
from metrics.warnings.rules import Rule, rule_of, rules

COURSE_MONTHS = 18


def triggers(
    viewer: Viewer,
    snapshot: Snapshot,
    periods: Sequence[str] | None = None,
    subject: str | None = None,
    rule: str | None = None,
) -> pd.DataFrame:
    """One row an open trigger and period, the gravest first, with the member's name; evidence, parameters as JSON."""
    where, parameters = conditions(period=periods, subject=held_to_own(viewer, "triggers", subject), rule=rule)
    return rows(
        snapshot,
        f"""
        SELECT trigger.*, member.name, member.short_name, coalesce(expected.member_group, member.member_group)
            AS member_group
        FROM (SELECT * FROM {open_triggers(viewer, "trigger")} {where}) AS trigger
        JOIN member ON member.code = trigger.subject
        LEFT JOIN expected ON expected.submitter = trigger.subject AND expected.period = trigger.period
        ORDER BY trigger.period DESC, list_position(['exit', 'rectify', 'watch', 'hint'], trigger.level),
            trigger.since, trigger.id
        """,
        parameters,
    )


@dataclass(frozen=True)
class Case:
    """One open trigger with its evidence opened; figures and facts as the build has stored them."""

    id: str
    rule: Rule
    subject: str
    name: str
    kind: str
    period: str
    level: str
    level_reached: str  # before protections
    value: float
    threshold: float
    since: str
    text: str  # the rule in words, with the numbers that were in force
    protections: tuple[str, ...]
    periods: tuple[Mapping[str, Any], ...]  # period, submission_id, figures, facts
    parameters: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Course:
    """A figure over time, up to a period, with the line it is held against where there is one."""

    series: str  # an indicator, or the score
    name: str
    unit: str
    decimals: int
    points: tuple[tuple[str, float | None], ...]
    threshold: float | None


def cases(viewer: Viewer, snapshot: Snapshot, period: str) -> tuple[Case, ...]:
    """The triggers open at a period, the gravest first."""
    return tuple(_case(row) for row in triggers(viewer, snapshot, periods=[period]).to_dict("records"))


def _case(row: Mapping[str, Any]) -> Case:
    evidence, parameters, rule = json.loads(row["evidence"]), json.loads(row["parameters"]), rule_of(row["rule"])
    return Case(
        id=row["id"],
        rule=rule,
        subject=row["subject"],
        name=row["short_name"],
        kind=row["kind"],
        period=row["period"],
        level=row["level"],
        level_reached=evidence["level"],
        value=row["value"],
        threshold=row["threshold"],
        since=row["since"],
        text=rule.text.format_map({name: entry["value"] for name, entry in parameters.items()}),
        protections=tuple(evidence["protections"]),
        periods=tuple(evidence["periods"]),
        parameters=parameters,
    )


def course(viewer: Viewer, snapshot: Snapshot, case: Case) -> Course | None:
    """The figure that a case hangs on over the months up to its period; None where the rule rests on no figure."""
    since = previous(case.period, COURSE_MONTHS - 1)
    if case.rule.value == TOTAL:
        if not may_see(viewer, "scores"):
            return None
        frame = scores(viewer, snapshot, subject=case.subject)
        frame = frame[frame["is_round"] & frame["period"].between(since, case.period)]
        points = tuple(zip(frame["period"], frame[TOTAL].map(_number), strict=True))
        return Course(SCORE, "评价得分", "分", 2, points, case.threshold)
    if not case.rule.figures:
        return None
    declared = indicator(case.rule.figures[0])
    frame = values(viewer, snapshot, case.period, [declared.code], [case.kind], [case.subject], since=since)
    points = tuple(zip(frame["period"], frame["value"].map(_number), strict=True))
    threshold = case.threshold if case.rule.value == declared.code else None
    return Course(declared.code, declared.name, declared.unit, declared.decimals, points, threshold)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def trigger_history(viewer: Viewer, snapshot: Snapshot, until: str, subject: str | None = None) -> pd.DataFrame:
    """One row a stretch of one level of one trigger: id, rule, subject, short_name, level, first, last, ended.

    `ended`: the trigger is not open any more at `until`. What came after `until` is left out.
    """
    where, parameters = conditions(subject=held_to_own(viewer, "triggers", subject))
    return rows(
        snapshot,
        f"""
        WITH placed AS (
            SELECT *, (CAST(left(period, 4) AS INTEGER) * 12 + CAST(right(period, 2) AS INTEGER))
                - row_number() OVER (PARTITION BY id, level ORDER BY period) AS island
            FROM (SELECT * FROM {open_triggers(viewer, '"trigger"')} {where}) WHERE period <= $until
        )
        SELECT id, rule, subject, member.short_name, placed.kind, level, min(placed.since) AS since,
            min(period) AS first, max(period) AS last,
            max(max(period)) OVER (PARTITION BY id) < $until AS ended
        FROM placed JOIN member ON member.code = placed.subject
        GROUP BY id, rule, subject, member.short_name, placed.kind, level, island
        ORDER BY rule, subject, id, first
        """,
        parameters | {"until": until},
    )


def rules_in_force(viewer: Viewer, snapshot: Snapshot, period: str) -> tuple[tuple[Rule, str], ...]:
    """Every rule with its words as of the last day of a period."""
    policy = policy_on(viewer, snapshot, period_bounds(period)[1])
    return tuple((rule, rule.described(policy)) for rule in rules())


def replayed(viewer: Viewer, snapshot: Snapshot, home: Home, rule: Rule, stated: Mapping[str, str]) -> list[Caught]:
    """A rule over the past with other parameters, `stated` by name; see `metrics.warnings.replay.replay`."""
    own_only(viewer, "replay")
    parameters = parameters_of(Ledger(home.ledger))
    with reading(snapshot) as connection:
        return replay(connection, rule, parameters, stated, snapshot.now.date())
