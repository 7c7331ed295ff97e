"""List decisions by two persons: proposed, noticed, answered, approved or rejected, each step an event of the ledger.

Every act is checked against the ledger as it stands, and appended, under the one lock between processes, so that of two
approvals at once the second is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date

from casework.decisions.drafts import Draft, check, completed
from casework.held import File, Held, holding
from contract.calendar import add_working_days
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from ledger.events import Ledger
from ledger.people import Actor, Earlier, check_person, second_person
from ledger.proposals import APPROVED, EVENTS, PROPOSED, Proposal, proposals
from ledger.roster import Member

OUTCOMES = {"agreed": "同意退出", "declined": "不同意退出"}
PREPARES, DECIDES = "propose", "approve"  # areas of `data/access.csv`


def known_proposals(viewer: Viewer, home: Home) -> tuple[Proposal, ...]:
    """Every decision on its way or taken, the latest first, from the ledger; a member sees its own once taken."""
    own = own_only(viewer, "decisions")
    every = proposals(Ledger(home.ledger).events(*EVENTS)).values()
    shown = [case for case in every if own is None or (case.subject == own and case.status == APPROVED)]
    return tuple(sorted(shown, key=lambda case: -case.id))


def propose(home: Home, draft: Draft, by: Actor, files: Sequence[File] = ()) -> Proposal:
    """Puts a decision forward, with the files that it rests on; gives it with its number.

    Raises:
        CallError: it cannot be taken for that member on that day, or lacks something.
        AccessDenied: the user's role proposes no decisions.
    """
    with holding(home) as held:
        proposer = check_person(held.ledger, by, PREPARES, "提出决定")
        draft = completed(draft, held.listed, held.parameters)
        check(draft, held.listed, held.parameters)
        draft = replace(draft, papers=(*draft.papers, *map(held.keep, files)))
        facts = _payload(draft) | {"proposed_on": held.today.isoformat()}
        return held.reread(held.append("proposal", proposer, draft.subject, **facts))


def _payload(draft: Draft) -> dict[str, object]:
    facts = {name: value for name, value in vars(draft).items() if name not in ("kind", "subject", "sets", "papers")}
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()},
        **draft.sets,
        "kind": draft.kind.code,
        "effective_on": draft.effective_on.isoformat(),
        "papers": [asdict(paper) for paper in draft.papers],
    }


def notice(home: Home, number: int, by: Actor, on: date | None = None) -> Proposal:
    """Records that the member was told of a proposal, and until when it may answer (inclusive).

    The time is a policy parameter, in Chinese working days.

    Raises:
        CallError: the proposal is decided, needs no hearing, or notice has been given.
        AccessDenied: the user's role gives none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, PREPARES, "办理告知")
        proposal, told_on = _pending(held, number), on or held.today
        if not proposal.kind.hearing:
            raise CallError(f"“{proposal.kind.name}”无须事先告知和听取陈述申辩")
        if proposal.noticed_on:
            raise CallError(f"{proposal.number}事项已于{proposal.noticed_on}告知，陈述申辩至{proposal.answer_due}")
        _check_past(told_on, proposal.proposed_on, held.today, "告知日")
        days = int(held.parameters.at(told_on)["answer_working_days"])
        due = add_working_days(told_on, days).isoformat()
        held.append("notice", actor, proposal.subject, proposal=number, on=told_on.isoformat(), answer_due=due)
        return held.reread(number)


def answer(home: Home, number: int, file: File, by: Actor, on: date | None = None) -> Proposal:
    """Records the member's statement on a proposal.

    Raises:
        CallError: there was no notice, an answer is in, or the day is before the notice or to come.
        AccessDenied: the user's role records none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, PREPARES, "登记陈述申辩")
        proposal = _pending(held, number)
        if proposal.noticed_on is None:
            raise CallError(f"{proposal.number}事项尚未告知，不能登记陈述申辩")
        if proposal.answer:
            raise CallError(f"{proposal.number}事项已于{proposal.answered_on}登记陈述申辩（{proposal.answer.name}）")
        given_on = on or held.today
        _check_past(given_on, proposal.noticed_on, held.today, "陈述申辩日")
        paper = asdict(held.keep(file))
        held.append("answer", actor, proposal.subject, proposal=number, on=given_on.isoformat(), paper=paper)
        return held.reread(number)


def consult(home: Home, number: int, outcome: str, file: File, by: Actor) -> Proposal:
    """Records what the seven authorities said when a district's exit was put to them (提请会商), with the minutes.

    Raises:
        CallError: the proposal is not one of a district's exit, or the outcome is none that is known.
        AccessDenied: the user's role records none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, PREPARES, "登记会商结果")
        proposal = _pending(held, number)
        if not _needs_consultation(proposal, held.listed.get(proposal.subject)):
            raise CallError(f"{proposal.number}事项不是试点地区的退出，无须提请会商")
        if outcome not in OUTCOMES:
            known = "、".join(f"{code}（{name}）" for code, name in OUTCOMES.items())
            raise CallError(f"会商结果“{outcome}”应为{known}之一")
        paper = asdict(held.keep(file))
        held.append("consultation", actor, proposal.subject, proposal=number, outcome=outcome, paper=paper)
        return held.reread(number)


def approve(home: Home, number: int, by: Actor) -> Proposal:
    """Makes a proposal a decision, by another person than its proposer.

    Raises:
        CallError: it is decided, is the approver's own, was not heard yet, or cannot be taken any more.
        AccessDenied: the user's role approves no decisions.
    """
    with holding(home) as held:
        approver = second_person(held.ledger, by, DECIDES, "批准", "决定", _proposed(held, number))
        proposal = held.proposals[number]
        _check_heard(held, proposal)
        draft = draft_of(proposal)
        check(draft, held.listed, held.parameters)
        facts = {"proposal": number, "proposer": proposal.proposer, "approver": approver}
        decided = {"proposed_on": proposal.proposed_on.isoformat(), "decided_on": held.today.isoformat()}
        held.append("decision", approver, proposal.subject, **_payload(draft), **facts, **decided)
        return held.reread(number)


def reject(home: Home, number: int, by: Actor, reason: str) -> Proposal:
    """Turns a proposal down, with the reason, by another person than its proposer. Raises as `approve` does."""
    with holding(home) as held:
        actor = second_person(held.ledger, by, DECIDES, "驳回", "决定", _proposed(held, number))
        if not reason.strip():
            raise CallError("驳回须写明理由（--reason）")
        facts = {"on": held.today.isoformat(), "reason": reason.strip()}
        held.append("rejection", actor, held.proposals[number].subject, proposal=number, **facts)
        return held.reread(number)


def draft_of(proposal: Proposal) -> Draft:
    """The decision as it was put forward."""
    names = ("kind", "subject", "reason", "document_no", "effective_on", "batch", "recommended_by", "publicity")
    rest = ("triggers", "papers", "sets")
    return Draft(**{name: getattr(proposal, name) for name in (*names, *rest)})


def _pending(held: Held, number: int) -> Proposal:
    """A proposal that nobody has decided yet. Raises CallError where there is none, or it is decided."""
    proposal = held.proposals.get(number)
    if proposal is None:
        raise CallError(f"没有第{number}号事项")
    if proposal.status != PROPOSED:
        outcome = "批准" if proposal.status == APPROVED else "驳回"
        raise CallError(f"{proposal.number}事项已于{proposal.decided_on}由{proposal.approver}{outcome}，不能再办理")
    return proposal


def _proposed(held: Held, number: int) -> Iterator[Earlier]:
    proposal = _pending(held, number)
    yield proposal.proposer, f"{proposal.number}事项由{proposal.proposer}提出"


def not_yet(proposal: Proposal, member: Member | None, today: date, how: str = "") -> str:
    """Why a proposal cannot be approved yet, in words, empty where nothing stands in the way; `member`: its subject.

    `how` says how the member is told, to who types commands.
    """
    if proposal.kind.hearing and proposal.noticed_on is None:
        return f"“{proposal.kind.name}”须先告知{how}，并听取陈述申辩"
    if proposal.kind.hearing and proposal.answer is None and today <= proposal.answer_due:
        return f"陈述申辩期限为{proposal.answer_due}，尚未答复也未到期，不能批准"
    if _needs_consultation(proposal, member) and proposal.consulted != "agreed":
        said = f"会商结果为{OUTCOMES[proposal.consulted]}" if proposal.consulted else "须先提请会商并登记结果"
        return f"试点地区的退出{said}，不能批准"
    return ""


def _check_heard(held: Held, proposal: Proposal) -> None:
    member = held.listed.get(proposal.subject)
    if obstacle := not_yet(proposal, member, held.today, f"（notice {proposal.id}）"):
        raise CallError(obstacle)


def _needs_consultation(proposal: Proposal, member: Member | None) -> bool:
    return proposal.kind.code == "exit" and member is not None and member.kind == "district"


def _check_past(day: date, first: date, today: date, name: str) -> None:
    if not first <= day <= today:
        raise CallError(f"{name}{day}应在{first}至{today}之间")
