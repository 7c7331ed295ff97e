"""Decisions on their way: each proposal in the ledger with its notice, answer, outcome and letters, read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from contract.decision_kinds import DecisionKind, decision_kinds
from ledger.events import Event
from ledger.numbering import Numbering

PROPOSED, APPROVED, REJECTED = "proposed", "approved", "rejected"
STATUS = {PROPOSED: "待复核", APPROVED: "已批准", REJECTED: "已驳回"}
# Ledger events that make a case. Each but the first names its proposal, by number, as `proposal`.
EVENTS = (
    "proposal", "notice", "answer", "consultation", "decision", "rejection", "letter", "plan", "acceptance",
)  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """A file kept in the archive: its name as handed in, and the hash under which it is kept."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Letter:
    """One letter made for a case: its kind, the day it was first made, the hash of its bytes."""

    kind: str
    made_on: date
    sha256: str


@dataclass(frozen=True)
class Plan:
    """How a member means to put things right (整改方案), the latest it handed in."""

    on: date
    by: str  # who registered it
    paper: Paper


@dataclass(frozen=True)
class Acceptance:
    """Whether things were found to be right (整改验收), as found last."""

    on: date
    by: str
    passed: bool
    reason: str
    paper: Paper


@dataclass(frozen=True)
class Proposal:
    """One list decision from proposal to outcome.

    `id` is its number in the ledger (of a decision entered without a proposal, the decision's own). `sets` holds what
    it sets beside the state, as text: see `contract.decision_kinds.FIELDS`. `decided_on` is the day of approval or
    rejection.
    `consulted`: what the seven authorities said on a district's exit (agreed, declined), empty as long as nothing is
    recorded.
    """

    id: int
    kind: DecisionKind
    subject: str
    proposer: str
    reason: str
    document_no: str
    proposed_on: date
    effective_on: date
    status: str = PROPOSED
    batch: str = ""
    recommended_by: str = ""
    publicity: tuple[str, str] = ("", "")  # first and last day of the public notice (公示)
    triggers: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)
    noticed_on: date | None = None
    answer_due: date | None = None
    answered_on: date | None = None
    answer: Paper | None = None
    consulted: str = ""
    decided_on: date | None = None
    approver: str = ""
    rejected_because: str = ""
    letters: tuple[Letter, ...] = ()
    plan: Plan | None = None
    acceptance: Acceptance | None = None
    number: str = ""  # as people call it: 2026年第7号

    @property
    def rectify_due(self) -> date | None:
        """The day by which the member has to have put things right, where this decision sets one."""
        return date.fromisoformat(self.sets["rectify_due"]) if self.sets.get("rectify_due") else None


def proposals(events: Iterable[Event]) -> dict[int, Proposal]:
    """Number → proposal, oldest first, from ledger events of the kinds in `EVENTS`."""
    cases: dict[int, Proposal] = {}
    numbering = Numbering()
    for event in events:
        facts = event.payload
        number = facts.get("proposal", event.seq)
        if number in cases:
            cases[number] = _followed(cases[number], event)
        elif event.kind in ("proposal", "decision"):
            cases[number] = replace(_opened(number, event), number=numbering.of(event))
    return cases


def _opened(number: int, event: Event) -> Proposal:
    facts = event.payload
    kind = decision_kinds()[facts["kind"]]
    opened = Proposal(
        number,
        kind,
        event.subject,
        facts.get("proposer") or event.actor,
        facts.get("reason", ""),
        facts.get("document_no", ""),
        _day(facts.get("proposed_on")) or event.at.date(),
        date.fromisoformat(facts["effective_on"]),
        batch=facts.get("batch", ""),
        recommended_by=facts.get("recommended_by", ""),
        publicity=tuple(facts.get("publicity", ("", ""))),
        triggers=tuple(facts.get("triggers", ())),
        papers=tuple(Paper(**paper) for paper in facts.get("papers", ())),
        sets={name: facts[name] for name in kind.fields if facts.get(name)},
    )
    return _followed(opened, event) if event.kind == "decision" else opened


def _followed(proposal: Proposal, event: Event) -> Proposal:
    """A proposal with what one more event says of it."""
    facts = event.payload
    match event.kind:
        case "notice":
            return replace(proposal, noticed_on=_day(facts["on"]), answer_due=_day(facts["answer_due"]))
        case "answer":
            return replace(proposal, answered_on=_day(facts["on"]), answer=Paper(**facts["paper"]))
        case "consultation":
            return replace(proposal, consulted=facts["outcome"])
        case "decision":
            # One entered without a proposal (a first roster) was decided on the day from which it counts.
            decided_on = _day(facts.get("decided_on")) or proposal.effective_on
            return replace(proposal, status=APPROVED, decided_on=decided_on, approver=facts["approver"])
        case "rejection":
            rejected = {"decided_on": _day(facts["on"]), "approver": event.actor, "rejected_because": facts["reason"]}
            return replace(proposal, status=REJECTED, **rejected)
        case "letter":
            # An early release noted a letter's hash alone and kept no copy of it.
            sha256 = facts["paper"]["sha256"] if "paper" in facts else facts["sha256"]
            letter = Letter(facts["kind"], _day(facts["on"]), sha256)
            return replace(proposal, letters=(*proposal.letters, letter))
        case "plan":
            return replace(proposal, plan=Plan(_day(facts["on"]), event.actor, Paper(**facts["paper"])))
        case "acceptance":
            said = (facts["passed"], facts["reason"], Paper(**facts["paper"]))
            return replace(proposal, acceptance=Acceptance(_day(facts["on"]), event.actor, *said))
    return proposal


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
