"""What one briefing is written from: a period of one snapshot, read once through the viewer's door."""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd

from contract.calendar import period_bounds, previous
from contract.errors import CallError
from contract.viewer import Viewer, may_see
from contract.wording import exact
from etl.snapshot.opened import Snapshot
from ledger.proof.witness import words
from metrics.indicators.catalogue import indicator
from metrics.indicators.relations import CITY
from metrics.queries.door import snapshot_seal
from metrics.queries.evaluation.initiatives import initiatives
from metrics.queries.evaluation.scores import scores
from metrics.queries.figures.targets import reference_series
from metrics.queries.figures.values import not_computable, periods, values
from metrics.queries.filing.board import filing
from metrics.queries.filing.quality import quality_by_member
from metrics.queries.members.roster import members, roster, timeline
from metrics.queries.members.trigger_cases import triggers
from metrics.queries.work.followups import owed_then
from metrics.warnings.rules import rule_of

ALL_LOANS = "loans_growth"  # the series of data/series.csv
MONTHS_BACK = 24  # how far the charts look back
Key = tuple[str, str, str, str]  # period, scope, entity, indicator


@dataclass(frozen=True)
class Figure:
    """One stored value: part and whole exact, `value` in the indicator's unit; each may be absent.

    `withheld`: there is a value, but too few stand behind it for this viewer. `not_computable`: there would be one, but
    the database could make nothing of what was reported.
    """

    part: Decimal | None = None
    whole: Decimal | None = None
    value: Decimal | None = None
    withheld: bool = False
    not_computable: bool = False


@dataclass(frozen=True)
class Member:
    """A member on the list at the period's end, in its state of that day."""

    code: str
    name: str
    short_name: str
    kind: str
    group: str
    state: str


@dataclass(frozen=True)
class Change:
    """A state that a member entered in the period; admission where it had none before."""

    name: str
    kind: str
    before: str | None
    state: str
    on: date


@dataclass(frozen=True)
class Filing:
    """How a member stands with its submission for the period: accepted, questions, returned, missing, due, exempt."""

    code: str
    name: str
    kind: str
    group: str
    verdict: str
    on_time: bool  # neither missing, nor first received after a deadline that is held to
    present: bool


@dataclass(frozen=True)
class Score:
    """A member's score for the period; `total` absent = 未评, with its reason."""

    code: str
    name: str
    kind: str
    group: str
    total: Decimal | None
    grade: str | None
    rank: int | None
    is_round: bool
    reason: str | None


@dataclass(frozen=True)
class Trigger:
    """An open trigger (预警线索): rule by name and in words, the value held against the threshold."""

    rule: str
    rule_name: str
    text: str
    name: str
    kind: str
    level: str
    value: Decimal | None
    threshold: Decimal | None
    since: str
    unit: str = ""


@dataclass(frozen=True)
class Initiative:
    """An initiative (创新举措) as reported in the year so far."""

    name: str
    period: str
    title: str
    category: str
    recognised: bool


@dataclass(frozen=True)
class Task:
    """A follow-up (督办事项) as it stood at the data version's moment."""

    number: int
    what: str
    owner: str
    due_on: date
    state: str
    overdue: bool


@dataclass(frozen=True)
class Record:
    """How a member filed in the year so far: submissions expected and filed, versions, returned, late or missing."""

    code: str
    name: str
    kind: str
    expected: int
    filed: int
    passed_first: int
    versions: int
    returned: int
    late: int


@dataclass(frozen=True)
class Source:
    """All that the composer needs of one period; what the viewer may not see is not in it."""

    viewer: Viewer
    snapshot: Snapshot
    period: str
    periods: tuple[str, ...]  # that have figures, up to this one, oldest first
    figures: Mapping[Key, Figure]
    members: tuple[Member, ...]
    changes: tuple[Change, ...]
    filings: tuple[Filing, ...]
    scores: tuple[Score, ...]
    triggers: tuple[Trigger, ...]
    initiatives: tuple[Initiative, ...] = ()
    tasks: tuple[Task, ...] = ()
    records: tuple[Record, ...] = ()
    all_loans_growth: Decimal | None = None  # of the same month, as published; percent
    witness: str = ""  # what is printed of the ledger that the data version was built from

    @cached_property
    def last_month(self) -> str:
        return previous(self.period)

    @cached_property
    def last_year(self) -> str:
        return previous(self.period, 12)

    @property
    def last_december(self) -> str:
        return f"{int(self.period[:4]) - 1}-12"

    def figure(self, code: str, scope: str = "city", entity: str = CITY, period: str | None = None) -> Figure:
        """The stored value, all absent where there is none."""
        return self.figures.get((period or self.period, scope, entity, code), Figure())

    def value(self, code: str, scope: str = "city", entity: str = CITY, period: str | None = None) -> Decimal | None:
        """The value in the indicator's unit: a plain sum exact, a quotient as stored; None where there is none."""
        figure = self.figure(code, scope, entity, period)
        return figure.part if indicator(code).kind == "plain" else figure.value

    @cached_property
    def year_known(self) -> bool:
        """Whether there is any figure of twelve months earlier; where not, nothing is compared and a note says so."""
        return any(key[0] == self.last_year for key in self.figures)

    def of_kind(self, kind: str) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.kind == kind)


def _called(row: Any) -> str:
    """What the text calls a member: a bank by its short name, a district by its full one."""
    return row.name if row.kind == "district" else row.short_name


def _absent(value: object) -> bool:
    return value is None or bool(pd.isna(value))


def _decimal(value: object) -> Decimal | None:
    return None if _absent(value) else exact(value)


class Stored(Mapping[Key, Figure]):
    """The values of a frame by period, scope, entity and indicator; one becomes a figure when it is asked for.

    A briefing asks for hundreds of the tens of thousands that there are.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        keys, told = (
            zip(*(frame[name].tolist() for name in names), strict=True)
            for names in (("period", "scope", "entity", "indicator"), ("part", "whole", "value", "withheld"))
        )
        self._told = dict(zip(keys, told, strict=True))

    def __getitem__(self, key: Key) -> Figure:
        *numbers, withheld = self._told[key]
        return Figure(*map(_number, numbers), bool(withheld))

    def __iter__(self) -> Iterator[Key]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


def _number(stored: float | Decimal | None) -> Decimal | None:
    """A stored number as an exact decimal; absent ones (none, or not a number) as none."""
    return None if stored is None or stored != stored else exact(stored)


def _stopped(frame: pd.DataFrame) -> dict[Key, Figure]:
    keys = frame[["period", "scope", "entity", "indicator"]].itertuples(index=False, name=None)
    return dict.fromkeys(keys, Figure(not_computable=True))


def _members(frame: pd.DataFrame) -> tuple[Member, ...]:
    return tuple(
        Member(row.code, row.name, row.short_name, row.kind, row.member_group, row.state)
        for row in frame[["code", "name", "short_name", "kind", "member_group", "state"]].itertuples(index=False)
        if row.state != "exited"
    )


def _changes(stretches: pd.DataFrame, known: pd.DataFrame, period: str) -> tuple[Change, ...]:
    """States entered within the period, in the order of their days."""
    first, last = period_bounds(period)
    people = {row.code: row for row in known[["code", "name", "short_name", "kind"]].itertuples(index=False)}
    entered = []
    before: dict[str, str] = {}
    for row in stretches.itertuples():
        day = pd.Timestamp(row.from_date).date()
        if first <= day <= last and row.code in people:
            member = people[row.code]
            entered.append(Change(_called(member), member.kind, before.get(row.code), row.state, day))
        before[row.code] = row.state
    return tuple(sorted(entered, key=lambda change: (change.on, change.kind, change.name)))


def _filings(frame: pd.DataFrame) -> tuple[Filing, ...]:
    return tuple(
        Filing(
            row.submitter,
            _called(row),
            row.kind,
            row.member_group,
            row.verdict,
            not (row.late or row.missing),
            bool(row.in_force),
        )
        for row in frame.itertuples()
    )


def _scores(frame: pd.DataFrame) -> tuple[Score, ...]:
    return tuple(
        Score(
            row.subject, _called(row), row.kind, row.member_group, _decimal(row.total),
            None if _absent(row.grade) else row.grade, None if _absent(row.rank) else int(row.rank),
            bool(row.is_round), None if _absent(row.unscored_reason) else row.unscored_reason,
        )
        for row in frame.itertuples()
    )  # fmt: skip


def _triggers(frame: pd.DataFrame) -> tuple[Trigger, ...]:
    triggers = []
    for row in frame.itertuples():
        rule = rule_of(row.rule)
        numbers = {name: entry["value"] for name, entry in json.loads(row.parameters).items()}
        triggers.append(
            Trigger(
                rule.id, rule.name, rule.text.format_map(numbers), _called(row), row.kind, row.level,
                _decimal(row.value), _decimal(row.threshold), row.since, rule.unit,
            )
        )  # fmt: skip
    return tuple(triggers)


def _initiatives(frame: pd.DataFrame, called: dict[str, str]) -> tuple[Initiative, ...]:
    return tuple(
        Initiative(called.get(row.submitter, row.short_name), row.period, row.title, row.category, bool(row.recognised))
        for row in frame.itertuples()
    )


def _tasks(viewer: Viewer, snapshot: Snapshot) -> tuple[Task, ...]:
    return tuple(
        Task(
            owing.followup.id, owing.followup.what, owing.owner_name, owing.followup.due_on, owing.followup.state,
            owing.overdue,
        )
        for owing in owed_then(viewer, snapshot)
    )  # fmt: skip


def _records(frame: pd.DataFrame, called: dict[str, str]) -> tuple[Record, ...]:
    return tuple(
        Record(
            row.submitter, called.get(row.submitter, row.short_name), row.kind, int(row.expected), int(row.filed),
            int(row.passed_first), int(row.versions), int(row.returned), int(row.late),
        )
        for row in frame.itertuples()
    )  # fmt: skip


def _all_loans(viewer: Viewer, snapshot: Snapshot, period: str) -> Decimal | None:
    """The growth of all loans as published for the month; None where it is not out, or not entered."""
    frame = reference_series(viewer, snapshot, series=[ALL_LOANS], since=period)
    found = frame[frame["period"] == period]
    return None if found.empty else exact(float(found["value"].iloc[0]))


def read_source(viewer: Viewer, snapshot: Snapshot, period: str) -> Source:
    """The source of the briefing of one period, as far as the viewer's reach goes.

    Raises:
        CallError: the snapshot has no figures of that period.
    """
    known = sorted(periods(viewer, snapshot))
    if period not in known:
        raise CallError(
            f"数据版本第{snapshot.number}版没有{period}的数据，已有{known[0]}至{known[-1]}" if known else "还没有数据"
        )
    last = period_bounds(period)[1]
    listed = members(viewer, snapshot)
    called = {row.code: _called(row) for row in listed[["code", "name", "short_name", "kind"]].itertuples(index=False)}
    january = f"{period[:4]}-01"
    year = [month for month in known if january <= month <= period]
    since = previous(period, MONTHS_BACK)
    stopped = _stopped(not_computable(viewer, snapshot, period, since))
    return Source(
        viewer=viewer,
        snapshot=snapshot,
        period=period,
        periods=tuple(month for month in known if previous(period, MONTHS_BACK - 1) <= month <= period),
        figures=ChainMap(stopped, Stored(values(viewer, snapshot, period, since=since))),
        members=_members(roster(viewer, snapshot, last)),
        changes=_changes(timeline(viewer, snapshot), listed, period),
        filings=_filings(filing(viewer, snapshot, [period])) if may_see(viewer, "filing") else (),
        scores=_scores(scores(viewer, snapshot, [period])) if viewer.bureau else (),
        triggers=_triggers(triggers(viewer, snapshot, [period])) if may_see(viewer, "triggers") else (),
        initiatives=_initiatives(initiatives(viewer, snapshot, year), called) if may_see(viewer, "scores") else (),
        tasks=_tasks(viewer, snapshot) if may_see(viewer, "followups") else (),
        records=(
            _records(quality_by_member(viewer, snapshot, january, period), called) if may_see(viewer, "filing") else ()
        ),
        all_loans_growth=_all_loans(viewer, snapshot, period),
        witness=words(*snapshot_seal(snapshot)),
    )
