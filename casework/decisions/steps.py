"""List decisions by two persons: proposed, noticed, answered, approved or rejected, each step an event of the ledger.

Every function takes the home, checks against the ledger as it stands, and appends under the one lock between
processes, so that of two approvals at once the second is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime

from casework.decisions.drafts import Draft, check, completed
from contract.calendar import add_working_days
from contract.errors import CallError
from contract.parameters import Parameters
from contract.settings import Home
from etl.warehouse.lock import writing
from ledger.archive import keep
from ledger.clock import reference_time
from ledger.events import Entry, Ledger
from ledger.people import APPROVERS, PROPOSERS, check_person, same_person
from ledger.policy import parameters_of
from ledger.proposals import EVENTS, PROPOSED, Paper, Proposal, proposals
from ledger.roster import Member, members

OUTCOMES = {"agreed": "同意退出", "declined": "不同意退出"}


@dataclass(frozen=True)
class Desk:
    """The ledger as it stands while its lock is held: the list, the proposals, policy, and what time it is."""

    ledger: Ledger
    now: datetime
    listed: Mapping[str, Member]
    proposals: Mapping[int, Proposal]
    parameters: Parameters

    @property
    def today(self) -> date:
        return self.now.date()

    def append(self, kind: str, actor: str, subject: str, /, **payload: object) -> int:
        """Adds one event; gives its number."""
        (event,) = self.ledger.append(self.now, [Entry(kind, actor, subject, payload)])
        return event.seq

    def again(self, number: int) -> Proposal:
        """A proposal as it stands once more is said of it."""
        return proposals(self.ledger.events(*EVENTS))[number]

    def pending(self, number: int) -> Proposal:
        """A proposal that nobody has decided yet. Raises CallError where there is none, or it is decided."""
        proposal = self.proposals.get(number)
        if proposal is None:
            raise CallError(f"没有第{number}号事项")
        if proposal.status != PROPOSED:
            outcome = "批准" if proposal.status == "approved" else "驳回"
            raise CallError(f"第{number}号事项已于{proposal.decided_on}由{proposal.approver}{outcome}，不能再办理")
        return proposal


@contextmanager
def desk(home: Home) -> Iterator[Desk]:
    """The ledger for one act, with the lock held until it is done."""
    with writing(home):
        ledger = Ledger(home.ledger)
        yield Desk(
            ledger,
            reference_time(ledger),
            members(ledger.events("decision")),
            proposals(ledger.events(*EVENTS)),
            parameters_of(ledger),
        )


def archived(home: Home, name: str, content: bytes) -> Paper:
    """Keeps a file as evidence. Raises CallError for an empty one."""
    if not content:
        raise CallError(f"文件{name}是空的")
    return Paper(name, keep(home.archive, content))


def propose(home: Home, draft: Draft, by: str) -> Proposal:
    """Puts a decision forward; gives it with its number.

    Raises:
        CallError: it cannot be taken for that member on that day, or lacks something.
        AccessDenied: the user's role proposes no decisions.
    """
    with desk(home) as found:
        proposer = check_person(found.ledger, by, PROPOSERS, "提出决定")
        draft = completed(draft, found.listed, found.parameters)
        check(draft, found.listed, found.parameters)
        facts = _payload(draft) | {"proposed_on": found.today.isoformat()}
        return found.again(found.append("proposal", proposer, draft.subject, **facts))


def _payload(draft: Draft) -> dict[str, object]:
    facts = {name: value for name, value in vars(draft).items() if name not in ("kind", "subject", "sets", "papers")}
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()},
        **draft.sets,
        "kind": draft.kind.code,
        "effective_on": draft.effective_on.isoformat(),
        "papers": [asdict(paper) for paper in draft.papers],
    }


def notice(home: Home, number: int, by: str, on: date | None = None) -> Proposal:
    """Records that the member was told of a proposal, and until when it may answer (inclusive).

    The time is a policy parameter, in Chinese working days.

    Raises CallError where the proposal is decided, needs no hearing, or notice has been given.
    """
    with desk(home) as found:
        proposal = found.pending(number)
        told_on = on or found.today
        if not proposal.kind.hearing:
            raise CallError(f"“{proposal.kind.name}”无须事先告知和听取陈述申辩")
        if proposal.noticed_on:
            raise CallError(f"第{number}号事项已于{proposal.noticed_on}告知，陈述申辩至{proposal.answer_due}")
        _check_past(told_on, proposal.proposed_on, found.today, "告知日")
        actor = check_person(found.ledger, by, PROPOSERS, "办理告知")
        days = int(found.parameters.at(told_on)["answer_working_days"])
        due = add_working_days(told_on, days).isoformat()
        found.append("notice", actor, proposal.subject, proposal=number, on=told_on.isoformat(), answer_due=due)
        return found.again(number)


def answer(home: Home, number: int, paper: Paper, by: str, on: date | None = None) -> Proposal:
    """Records the member's statement on a proposal. Raises CallError where there was no notice, or an answer is in."""
    with desk(home) as found:
        proposal = found.pending(number)
        if proposal.noticed_on is None:
            raise CallError(f"第{number}号事项尚未告知，不能登记陈述申辩")
        if proposal.answer:
            raise CallError(f"第{number}号事项已于{proposal.answered_on}登记陈述申辩（{proposal.answer.name}）")
        given_on = on or found.today
        _check_past(given_on, proposal.noticed_on, found.today, "陈述申辩日")
        actor = check_person(found.ledger, by, PROPOSERS, "登记陈述申辩")
        found.append("answer", actor, proposal.subject, proposal=number, on=given_on.isoformat(), paper=asdict(paper))
        return found.again(number)


def consult(home: Home, number: int, outcome: str, paper: Paper, by: str) -> Proposal:
    """Records what the seven authorities said when a district's exit was put to them (提请会商).

    Raises CallError where the proposal is not one of a district's exit, or the outcome is none that is known.
    """
    with desk(home) as found:
        proposal = found.pending(number)
        if not _needs_consultation(found, proposal):
            raise CallError(f"第{number}号事项不是试点地区的退出，无须提请会商")
        if outcome not in OUTCOMES:
            known = "、".join(f"{code}（{name}）" for code, name in OUTCOMES.items())
            raise CallError(f"会商结果“{outcome}”应为{known}之一")
        actor = check_person(found.ledger, by, PROPOSERS, "登记会商结果")
        found.append("consultation", actor, proposal.subject, proposal=number, outcome=outcome, paper=asdict(paper))
        return found.again(number)


def approve(home: Home, number: int, by: str) -> Proposal:
    """Makes a proposal a decision, by another person than its proposer.

    Raises:
        CallError: it is decided, is the approver's own, was not heard yet, or cannot be taken any more.
        AccessDenied: the user's role approves no decisions.
    """
    with desk(home) as found:
        proposal = found.pending(number)
        approver = _second_person(found, proposal, by, "批准")
        _check_heard(found, proposal)
        check(draft_of(proposal), found.listed, found.parameters)
        facts = {"proposal": number, "proposer": proposal.proposer, "approver": approver}
        decided = {"proposed_on": proposal.proposed_on.isoformat(), "decided_on": found.today.isoformat()}
        found.append("decision", approver, proposal.subject, **_payload(draft_of(proposal)), **facts, **decided)
        return found.again(number)


def reject(home: Home, number: int, by: str, reason: str) -> Proposal:
    """Turns a proposal down, with the reason, by another person than its proposer. Raises as `approve` does."""
    with desk(home) as found:
        proposal = found.pending(number)
        if not reason.strip():
            raise CallError("驳回须写明理由（--reason）")
        actor = _second_person(found, proposal, by, "驳回")
        facts = {"on": found.today.isoformat(), "reason": reason.strip()}
        found.append("rejection", actor, proposal.subject, proposal=number, **facts)
        return found.again(number)


def draft_of(proposal: Proposal) -> Draft:
    """The decision as it was put forward."""
    names = ("kind", "subject", "reason", "document_no", "effective_on", "batch", "recommended_by", "publicity")
    rest = ("triggers", "papers", "sets")
    return Draft(**{name: getattr(proposal, name) for name in (*names, *rest)})


def _second_person(found: Desk, proposal: Proposal, by: str, act: str) -> str:
    name = check_person(found.ledger, by, APPROVERS, f"{act}决定")
    if same_person(name, proposal.proposer):
        raise CallError(f"第{proposal.id}号事项由{proposal.proposer}提出，须由另一人{act}，换用其他角色也不可")
    return name


def _check_heard(found: Desk, proposal: Proposal) -> None:
    if proposal.kind.hearing and proposal.noticed_on is None:
        raise CallError(f"“{proposal.kind.name}”须先告知（notice {proposal.id}），并听取陈述申辩")
    if proposal.kind.hearing and proposal.answer is None and found.today <= proposal.answer_due:
        raise CallError(f"陈述申辩期限为{proposal.answer_due}，尚未答复也未到期，不能批准")
    if _needs_consultation(found, proposal) and proposal.consulted != "agreed":
        said = f"会商结果为{OUTCOMES[proposal.consulted]}" if proposal.consulted else "须先提请会商并登记结果"
        raise CallError(f"试点地区的退出{said}，不能批准")


def _needs_consultation(found: Desk, proposal: Proposal) -> bool:
    member = found.listed.get(proposal.subject)
    return proposal.kind.code == "exit" and member is not None and member.kind == "district"


def _check_past(day: date, first: date, today: date, name: str) -> None:
    if not first <= day <= today:
        raise CallError(f"{name}{day}应在{first}至{today}之间")
