"""What decisions have settled among the triggers: what stays open, and the life of each from raised to closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from contract.calendar import period_of
from contract.decision_kinds import LEVELS, decision_kinds
from metrics.warnings.triggers import Trigger, by_id

OPEN, DECIDED, ENDED = "open", "decided", "ended"


@dataclass(frozen=True)
class Decided:
    """What is read of an approved decision: its number, kind, member, day, and the triggers that it names."""

    id: int
    kind: str
    subject: str
    on: date
    triggers: tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """A trigger settled by a decision, up to a level, from a day on."""

    on: date
    level: str
    decision: int


@dataclass(frozen=True)
class Life:
    """One trigger from its first period to its last, with what closed it.

    `state`: open; decided (a decision settled it, whether the condition lasts or not); ended (the condition did).
    `level` is the highest that it reached, first in `rose_in`, `last_level` the latest; `closed_on` the decision's day.
    """

    id: str
    rule: str
    subject: str
    kind: str
    first_period: str
    last_period: str
    level: str
    rose_in: str
    last_level: str
    state: str
    closed_on: date | None
    closed_by: int | None


def settle(
    raised: Sequence[Trigger],
    decisions: Iterable[Decided],
    seen: Mapping[str, date],
    deadlines: Mapping[str, datetime],
) -> tuple[list[Trigger], list[Life]]:
    """The triggers that stay open at each period, and the life of every one, in the order given.

    A decision settles the triggers of its member that it names, or, where it names none, those standing on its day up
    to the level that its kind answers (`data/decisions.csv`); each at the level that it stood at. A settled trigger is
    open again only at a higher level; once its condition ends, the next one is another, with an id of its own.

    Args:
        seen: period → the day as of which it is seen (`metrics.warnings.frame.days_seen`).
        deadlines: period → its deadline: from then on its figures are known.
    """
    rows = by_id(raised)
    by_subject: dict[str, list[Decided]] = {}
    for decision in sorted(decisions, key=lambda decision: (decision.on, decision.id)):
        by_subject.setdefault(decision.subject, []).append(decision)
    settled = {
        number: [
            settling
            for decision in by_subject.get(life[0].subject, ())
            if (settling := _settled(decision, life, deadlines))
        ]
        for number, life in rows.items()
    }
    still_open = [trigger for trigger in raised if not _closed(trigger, settled[trigger.id], seen[trigger.period])]
    latest = max(seen, default="")
    return still_open, [_life(life, settled[number], latest, seen) for number, life in rows.items()]


def _settled(decision: Decided, life: Sequence[Trigger], deadlines: Mapping[str, datetime]) -> Settled | None:
    """What a decision settles of one trigger, given as its rows by period."""
    first = life[0]
    named = first.id in decision.triggers
    if first.dated:
        standing = life[-1] if first.dated <= decision.on else None
    elif named:
        standing = max((row for row in life if row.period <= period_of(decision.on)), default=None, key=_period)
    else:
        known = max((period for period, due in deadlines.items() if due.date() <= decision.on), default="")
        standing = next((row for row in life if row.period == known), None)
    if standing is None or (decision.triggers and not named):
        return None
    answers = decision_kinds()[decision.kind].answers
    if not named and (not answers or _grave(standing.level) > _grave(answers)):
        return None
    return Settled(decision.on, standing.level, decision.id)


def _closed(trigger: Trigger, settled: Iterable[Settled], seen_on: date) -> Settled | None:
    """What closed a trigger by the day on which its period is seen; None where it is open."""
    closing = (
        decision for decision in settled if decision.on <= seen_on and _grave(trigger.level) <= _grave(decision.level)
    )
    return next(closing, None)


def _life(life: Sequence[Trigger], settled: Sequence[Settled], latest: str, seen: Mapping[str, date]) -> Life:
    last = max(life, key=_period)
    highest = max(sorted(life, key=_period), key=lambda row: _grave(row.level))
    closing = _closed(last, settled, seen[latest])
    state = DECIDED if closing else OPEN if last.period == latest else ENDED
    return Life(
        last.id,
        last.rule,
        last.subject,
        last.kind,
        min(row.since for row in life),
        last.period,
        highest.level,
        highest.period,
        last.level,
        state,
        closing.on if closing else None,
        closing.decision if closing else None,
    )


def _period(trigger: Trigger) -> str:
    return trigger.period


def _grave(level: str) -> int:
    return tuple(LEVELS).index(level)
