"""One page for the meeting (会商): what changed since the last, what is to be decided, what came of its outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from contract.calendar import previous
from contract.decision_kinds import LEVELS
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.month.followups import ANSWERED, CLOSED, OPEN, STATES
from ledger.month.meetings import EVENT, Meeting, meetings
from ledger.proposals import APPROVED, EVENTS, PROPOSED, Proposal, proposals
from metrics.indicators.catalogue import indicator
from metrics.indicators.relations import CITY
from metrics.queries.figures.values import headlines
from metrics.queries.filing.board import filing_counts
from metrics.queries.members.case_ways import ENDED, Way, awaits_proposal, ways
from metrics.queries.members.roster import members
from metrics.queries.work.followups import Owed, owed

CHANGED, TO_DECIDE, LAST_TIME, THIS_TIME = SECTIONS = ("变化", "待议", "上次会商", "本次会商")
FIGURES = ("G01", "G02", "G07", "G09", "S01")


@dataclass(frozen=True)
class Point:
    """One line of the page: in which section, of which kind, about what.

    `before` and `now` are a figure's alone, in the unit that `what` then names; `indicator` is its code.
    `leads`: what it is about, as sort and name: ("trigger", id), ("decision", number), ("followup", number),
    ("filing", period), ("indicator", code); None for what stands on this page alone.
    """

    section: str
    kind: str
    subject: str
    what: str
    before: float | None = None
    now: float | None = None
    owner: str = ""
    due: date | None = None
    state: str = ""
    indicator: str = ""
    leads: tuple[str, str] | None = None


@dataclass(frozen=True)
class Agenda:
    """The page for the meeting about a period; `since` is the period that changes are counted from."""

    period: str
    since: str
    last: Meeting | None
    points: tuple[Point, ...]

    def of(self, section: str) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.section == section)


def past_meetings(viewer: Viewer, home: Home) -> tuple[Meeting, ...]:
    """The meetings on record, the latest first."""
    own_only(viewer, "meetings")
    return tuple(reversed(meetings(Ledger(home.ledger).events(EVENT)).values()))


def agenda(viewer: Viewer, snapshot: Snapshot, home: Home, period: str) -> Agenda:
    """What the meeting about a period talks about.

    The last meeting is the latest that dealt with an earlier period; where there is none, changes count from the month
    before. Figures and triggers are those of the snapshot; decisions and follow-ups stand as the ledger has them now.
    """
    own_only(viewer, "meetings")
    ledger = Ledger(home.ledger)
    held = meetings(ledger.events(EVENT)).values()
    earlier = [meeting for meeting in held if meeting.period < period]
    last = earlier[-1] if earlier else None
    since = last.period if last else previous(period)
    cases, tasks = ways(viewer, snapshot, home), owed(viewer, snapshot, home)
    names = members(viewer, snapshot).set_index("code")["short_name"].to_dict()
    points = [
        *_figures(viewer, snapshot, since, period),
        *_filing(viewer, snapshot, period),
        *_moved_cases(cases, since, period),
        *_decided(ledger, names, last),
        *_to_decide(cases, period),
        *_to_approve(ledger, names, reference_time(ledger).date()),
        *(_task(TO_DECIDE, "督办逾期", task) for task in tasks if task.overdue),
        *(_task(TO_DECIDE, "答复待办结", task) for task in tasks if task.followup.state == ANSWERED),
        *_last_time(last, tasks),
        *(point for meeting in held if meeting.period == period for point in _outcomes(THIS_TIME, meeting, tasks)),
    ]
    return Agenda(period, since, last, tuple(points))


def _figures(viewer: Viewer, snapshot: Snapshot, since: str, period: str) -> Iterable[Point]:
    names = {"indicators": FIGURES, "scope": "city", "entity": CITY}
    before, now = (headlines(viewer, snapshot, at, **names) for at in (since, period))
    for was, figure in zip(before, now, strict=True):
        declared = indicator(figure.indicator)
        code = figure.indicator
        about = {"indicator": code, "leads": ("indicator", code)}
        yield Point(CHANGED, "指标", declared.name, declared.unit, was.value, figure.value, **about)


def _filing(viewer: Viewer, snapshot: Snapshot, period: str) -> Iterable[Point]:
    counts = filing_counts(viewer, snapshot, period)
    said = f"应报{counts.expected}家，已受理{counts.in_force}家，未报{counts.missing}家，待说明{counts.questions}家"
    before = f"，报送要求施行前未报{counts.exempt}家" if counts.exempt else ""
    yield Point(CHANGED, "报送", period, f"{said}，迟报{counts.late}家{before}", leads=("filing", period))


def _moved_cases(cases: Iterable[Way], since: str, period: str) -> Iterable[Point]:
    """Triggers first raised after the period counted from, and those that have ended since."""
    for way in cases:
        about = {"state": LEVELS[way.level], "leads": ("trigger", way.id)}
        if since < way.first_period <= period:
            yield Point(CHANGED, "新增预警", way.name, way.rule.name, **about)
        elif way.state == ENDED and since <= way.last_period < period:
            yield Point(CHANGED, "预警消除", way.name, way.rule.name, **about)


def _decided(ledger: Ledger, names: Mapping[str, str], last: Meeting | None) -> Iterable[Point]:
    """Decisions since the last meeting, known by their place in the ledger; of none where there was no meeting."""
    if last is None:
        return
    taken = {event.payload.get("proposal", event.seq) for event in ledger.events("decision", "rejection")
             if event.seq > last.ledger_seq}  # fmt: skip
    for number, proposal in proposals(ledger.events(*EVENTS)).items():
        if number in taken:
            state = f"{proposal.decided_on}{'批准' if proposal.status == APPROVED else '驳回'}"
            what = f"{proposal.kind.name}：{proposal.reason}"
            leads = ("decision", str(number))
            yield Point(CHANGED, "名单决定", _name(proposal, names), what, state=state, leads=leads)


def _to_decide(cases: Iterable[Way], period: str) -> Iterable[Point]:
    for way in cases:
        if awaits_proposal(way, period):
            state = f"{LEVELS[way.level]}{'·逾期' if way.next.overdue else ''}"
            leads = ("trigger", way.id)
            yield Point(TO_DECIDE, "预警待处置", way.name, way.rule.name, due=way.next.due, state=state, leads=leads)


def _to_approve(ledger: Ledger, names: Mapping[str, str], today: date) -> Iterable[Point]:
    for number, proposal in proposals(ledger.events(*EVENTS)).items():
        if proposal.status != PROPOSED:
            continue
        heard = (
            not proposal.kind.hearing or proposal.answered_on or (proposal.answer_due and today > proposal.answer_due)
        )
        waiting = "待批准" if heard else "陈述申辩期内" if proposal.noticed_on else "待告知"
        what = f"{proposal.number}事项：{proposal.kind.name}"
        yield Point(
            TO_DECIDE,
            "决定待复核",
            _name(proposal, names),
            what,
            owner=proposal.proposer,
            due=proposal.answer_due,
            state=waiting,
            leads=("decision", str(number)),
        )


def _name(proposal: Proposal, names: Mapping[str, str]) -> str:
    """The member's name; of one that is not on the list yet, the name that it is to have there."""
    return names.get(proposal.subject) or proposal.sets.get("name", proposal.subject)


def _last_time(last: Meeting | None, tasks: Iterable[Owed]) -> Iterable[Point]:
    """What the last meeting decided and what became of it; and what earlier ones left that is not done yet."""
    if last is None:
        return
    yield from _outcomes(LAST_TIME, last, tasks)
    for owing in tasks:
        task = owing.followup
        if task.source == "meeting" and task.source_id < last.id and task.state != CLOSED:
            yield _task(LAST_TIME, "此前督办", owing)


def _outcomes(section: str, held: Meeting, tasks: Iterable[Owed]) -> Iterable[Point]:
    """What a meeting noted, and the follow-ups that came of it as they stand now."""
    yield from (Point(section, "结论", held.id, text) for text in held.noted)
    for task in tasks:
        if (task.followup.source, task.followup.source_id) == ("meeting", held.id):
            yield _task(section, "督办", task)


def _task(section: str, kind: str, owing: Owed) -> Point:
    task = owing.followup
    state = "逾期" if owing.overdue else STATES[task.state]
    said = task.closing or (task.answer if task.state != OPEN else None)
    what = f"{task.what}（{said.text}）" if said else task.what
    about = {"owner": owing.owner_name, "due": task.due_on, "leads": ("followup", str(task.id))}
    return Point(section, kind, task.number, what, state=state, **about)
