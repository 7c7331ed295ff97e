"""The way of each case: from trigger to proposal, notice, answer, decision, letter, rectification and closure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from contract.calendar import add_working_days, period_bounds, previous, roll_forward
from contract.decision_kinds import LEVELS
from contract.parameters import Parameters
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.policy import parameters_of
from ledger.proposals import APPROVED, EVENTS, PROPOSED, REJECTED, Proposal, proposals
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.evaluation.disclosed import open_triggers
from metrics.warnings.rules import Rule, rule_of

RAISED, PROPOSAL, NOTICE, ANSWER, DECISION, LETTER, PLAN, ACCEPTANCE, RECTIFICATION, CLOSURE = STEPS = (
    "线索", "建议", "告知", "陈述申辩", "决定", "文书", "整改方案", "整改验收", "整改", "办结",
)  # fmt: skip
BESIDE = (LETTER, PLAN, ACCEPTANCE)  # a case may be settled without them
OPEN, ENDED, SETTLED = "在办", "情形已消除", "已办结"


@dataclass(frozen=True)
class Step:
    """One step of a case: done on a day, or due by one; `overdue` where that is past. `note` says how it went."""

    name: str
    on: date | None = None
    due: date | None = None
    overdue: bool = False
    note: str = ""

    @property
    def done(self) -> bool:
        return self.on is not None


@dataclass(frozen=True)
class Way:
    """A trigger as a case: its steps in order, those still to come among them, and how it stands.

    `level`: at present, and of a closed case the highest that it reached.
    """

    id: str
    rule: Rule
    subject: str
    name: str
    kind: str
    level: str
    first_period: str
    last_period: str
    open_until: str  # the last period in which the trigger was open, so that its evidence is listed; empty for none
    state: str  # of OPEN, ENDED, SETTLED
    proposal: Proposal | None
    steps: tuple[Step, ...]

    @property
    def next(self) -> Step | None:
        """The step to take: one that is overdue, else the first that is not done; None for a case that is closed."""
        if self.state != OPEN:
            return None
        left = [step for step in self.steps if not step.done]
        return next((step for step in left if step.overdue), next(iter(left), None))

    @property
    def overdue(self) -> bool:
        return any(step.overdue for step in self.steps)


def awaits_proposal(way: Way, period: str) -> bool:
    """Whether a case raised by a period asks for a decision that nobody has proposed yet."""
    return bool(way.next and way.next.name == PROPOSAL and way.level != "hint" and way.first_period <= period)


def ways(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[Way, ...]:
    """Every trigger's way, the open ones first, the gravest of them first.

    Triggers are those of the snapshot; proposals are read from the ledger, so that a step taken now is seen at once.
    A proposal belongs to the triggers that it names; one that names none, to those that its decision settled. A member
    sees its own triggers, and a proposal once it was told of it.
    """
    where, parameters = conditions(subject=held_to_own(viewer, "triggers", None))
    cases = rows(
        snapshot,
        f"""
        SELECT trigger_case.*, member.short_name,
            coalesce((
                SELECT max(raised.period) FROM {open_triggers(viewer, "trigger")} AS raised
                WHERE raised.id = trigger_case.id
            ), '') AS open_until
        FROM (SELECT * FROM {open_triggers(viewer, "trigger_case", "first_period")} {where}) AS trigger_case
        JOIN member ON member.code = trigger_case.subject
        """,
        parameters,
    ).to_dict("records")
    ledger = Ledger(home.ledger)
    known = {
        number: proposal for number, proposal in proposals(ledger.events(*EVENTS)).items() if _told(viewer, proposal)
    }
    policy = parameters_of(ledger)
    today = reference_time(ledger).date()
    by_trigger = _by_trigger(known.values())
    made = [
        _way(row, by_trigger.get(row["id"]) or known.get(_number(row["closed_by"])), known.values(), policy, today)
        for row in cases
    ]
    order, levels = (OPEN, SETTLED, ENDED), tuple(LEVELS)
    return tuple(
        sorted(made, key=lambda way: (order.index(way.state), -levels.index(way.level), way.first_period, way.id))
    )


def _told(viewer: Viewer, proposal: Proposal) -> bool:
    """Whether a viewer may know of a proposal: a member does once it was told, or the decision is taken."""
    return viewer.bureau or proposal.noticed_on is not None or proposal.status == APPROVED


def _number(value: float | None) -> int | None:
    return None if value is None or value != value else int(value)


def _by_trigger(known: Iterable[Proposal]) -> dict[str, Proposal]:
    """Trigger → the latest proposal that names it; one that is rejected gives way to any other."""
    named: dict[str, Proposal] = {}
    for proposal in sorted(known, key=lambda proposal: (proposal.status != REJECTED, proposal.id)):
        named |= dict.fromkeys(proposal.triggers, proposal)
    return named


def _way(row: Mapping, proposal: Proposal | None, known: Iterable[Proposal], policy: Parameters, today: date) -> Way:
    decided = proposal is not None and proposal.status == APPROVED
    steps = [_raised(row)]
    if proposal:
        steps += _taken(proposal, known, policy, today)
    else:
        # A hint asks for attention, not for a decision.
        due = None if row["last_level"] == "hint" else worked_on_by(row["rose_in"], policy)
        steps += [Step(PROPOSAL, due=due, overdue=due is not None and today > due), Step(DECISION)]
    settled = decided and all(step.done for step in steps if step.name not in BESIDE)
    ended = row["state"] == "ended" and not decided
    state = SETTLED if settled else ENDED if ended else OPEN
    if ended:
        steps = [step for step in steps if step.done]
        closed_on = period_bounds(row["last_period"])[1]
        steps.append(Step(CLOSURE, closed_on, note="所涉情形此后不再存在"))
    elif settled:
        steps.append(Step(CLOSURE, max(step.on for step in steps if step.done), note=proposal.kind.name))
    else:
        steps.append(Step(CLOSURE))
    names = (row["id"], rule_of(row["rule"]), row["subject"], row["short_name"], row["kind"])
    level = row["last_level"] if state == OPEN else row["level"]
    periods = (row["first_period"], row["last_period"], row["open_until"])
    return Way(*names, level, *periods, state, proposal, tuple(steps))


def worked_on_by(period: str, policy: Parameters) -> date:
    """The day by which what a period raises is worked on: a parameter, in the month after, rolled to a working day."""
    first = period_bounds(previous(period, -1))[0]
    return roll_forward(first + timedelta(days=int(policy.at(first)["calendar_day_evaluate"]) - 1))


def _raised(row: Mapping) -> Step:
    return Step(RAISED, period_bounds(row["first_period"])[1], note=f"报送期{row['first_period']}")


def _taken(proposal: Proposal, known: Iterable[Proposal], policy: Parameters, today: date) -> list[Step]:
    """The steps of a proposal, those that its kind goes through."""
    steps = [Step(PROPOSAL, proposal.proposed_on, note=f"{proposal.number}事项：{proposal.kind.name}")]
    if proposal.kind.hearing:
        due = proposal.answer_due
        waived = proposal.noticed_on is not None and proposal.answered_on is None and today > due
        steps.append(Step(NOTICE, proposal.noticed_on))
        steps.append(Step(ANSWER, due if waived else proposal.answered_on, due, note="期限内未提出" if waived else ""))
    if proposal.status == REJECTED:
        return [*steps, Step(DECISION, proposal.decided_on, note=f"驳回：{proposal.rejected_because}")]
    ready = proposal.status == PROPOSED and (not proposal.kind.hearing or steps[-1].done)
    steps.append(Step(DECISION, proposal.decided_on, note="待批准" if ready else ""))
    steps.append(Step(LETTER, max((letter.made_on for letter in proposal.letters), default=None)))
    if proposal.kind.target == "rectify":
        steps += _put_right(proposal, _rectification(proposal, known, today), policy, today)
    return steps


def _put_right(proposal: Proposal, rectification: Step, policy: Parameters, today: date) -> list[Step]:
    """The member's plan with the day by which it has to be in, the acceptance, and what ended the time limit."""
    plan, acceptance = proposal.plan, proposal.acceptance
    days = int(policy.at(proposal.effective_on)["rectification_plan_days"])
    due = add_working_days(proposal.effective_on, days) if proposal.status == APPROVED else None
    late = due is not None and plan is None and not rectification.done and today > due
    said = ""
    if acceptance:
        said = f"{'整改到位' if acceptance.passed else f'{acceptance.on}验收不到位'}：{acceptance.reason}"
    return [
        Step(PLAN, plan.on if plan else None, due, overdue=late, note=plan.paper.name if plan else ""),
        Step(ACCEPTANCE, acceptance.on if acceptance and acceptance.passed else None, rectification.due, note=said),
        rectification,
    ]


def _rectification(proposal: Proposal, known: Iterable[Proposal], today: date) -> Step:
    """When things have to be put right, as last decided, and the release or exit that ended it."""
    decided = [other for other in known if other.subject == proposal.subject and other.status == APPROVED]
    later = sorted((other for other in decided if _counts(other) > _counts(proposal)), key=_counts)
    ending = next((other for other in later if other.kind.target in ("active", "exited")), None)
    extended = [
        other
        for other in later
        if other.kind.code == "amend" and other.rectify_due and (not ending or other.id < ending.id)
    ]
    due = (extended or [proposal])[-1].rectify_due
    if ending:
        return Step(RECTIFICATION, ending.decided_on, due, note=ending.kind.name)
    return Step(RECTIFICATION, None, due, overdue=proposal.status == APPROVED and today > due)


def _counts(proposal: Proposal) -> tuple[date, int]:
    """The order in which decisions count."""
    return proposal.effective_on, proposal.id
