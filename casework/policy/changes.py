"""Policy by two persons: parameters and scorecards proposed by one, approved or rejected by another, in the ledger."""

from __future__ import annotations

from datetime import date

from casework.decisions.steps import Desk, archived, desk
from contract.calendar import is_quarter_end, period_of, periods_between, previous
from contract.errors import CallError
from contract.settings import Home
from ledger.events import Entry, Ledger
from ledger.people import APPROVERS, PROPOSERS, check_person, same_person
from ledger.policy import parameters_of
from ledger.proposals import APPROVED, PROPOSED
from metrics.evaluation.policy_proposals import (
    EVENTS,
    PARAMETER,
    PROPOSAL,
    REJECTION,
    SCORECARD,
    PolicyBook,
    PolicyDraft,
    PolicyProposal,
    check_draft,
    facts_of,
    policy_book,
    policy_proposals,
)


def book_of(ledger: Ledger) -> PolicyBook:
    """Parameters and scorecards as the ledger has them now."""
    return policy_book(parameters_of(ledger), ledger.events(SCORECARD))


def is_policy(home: Home, number: int) -> bool:
    """Whether a number of the ledger is that of a policy proposal; list decisions are numbered in the same row."""
    return any(event.seq == number for event in Ledger(home.ledger).events(PROPOSAL))


def propose_policy(
    home: Home, draft: PolicyDraft, by: str, evidence: tuple[str, bytes] | None = None
) -> PolicyProposal:
    """Puts changes of policy forward; gives them with their number. `evidence`: a file's name and bytes, kept.

    Raises:
        CallError: they cannot be in force, or change nothing; see `check_draft`.
        AccessDenied: the user's role proposes no policy.
    """
    with desk(home) as found:
        proposer = check_person(found.ledger, by, PROPOSERS, "提议政策参数")
        changes = check_draft(draft, _book(found))
        facts, paper = facts_of(draft), {}
        if evidence:
            kept = archived(home, *evidence)
            paper = {"file_name": kept.name, "content_hash": kept.sha256}  # `etl verify` asks for a `content_hash`
        number = found.append(
            PROPOSAL,
            proposer,
            draft.subject,
            parameters=[{"name": row["name"], "value": row["value"]} for row in facts[PARAMETER]],
            scorecards=[{"kind": row["kind"], "items": row["items"]} for row in facts[SCORECARD]],
            changes=list(changes),
            effective_from=draft.effective_from.isoformat(),
            document_no=draft.document_no.strip(),
            reason=draft.reason.strip(),
            proposed_on=found.today.isoformat(),
            **paper,
        )
        return _again(found, number)


def approve_policy(home: Home, number: int, by: str) -> PolicyProposal:
    """Puts a proposal into force, all its changes in one transaction, by another person than its proposer.

    Raises:
        CallError: it is decided, is the approver's own, or does not hold any more with what was approved since.
        AccessDenied: the user's role approves no policy.
    """
    with desk(home) as found:
        proposal, approver = _second_person(found, number, by, "批准")
        check_draft(proposal.draft, _book(found))
        common = {
            "proposal": number,
            "proposer": proposal.proposer,
            "approver": approver,
            "decided_on": found.today.isoformat(),
        }
        entries = [
            Entry(kind, approver, str(facts["name" if kind == PARAMETER else "kind"]), facts | common)
            for kind, changes in facts_of(proposal.draft).items()
            for facts in changes
        ]
        found.ledger.append(found.now, entries)
        return _again(found, number)


def reject_policy(home: Home, number: int, by: str, reason: str) -> PolicyProposal:
    """Turns a proposal down, with the reason, by another person than its proposer. Raises as `approve_policy`."""
    with desk(home) as found:
        proposal, actor = _second_person(found, number, by, "驳回")
        if not reason.strip():
            raise CallError("驳回须写明理由（--reason）")
        facts = {"proposal": number, "reason": reason.strip(), "decided_on": found.today.isoformat()}
        found.append(REJECTION, actor, proposal.draft.subject, **facts)
        return _again(found, number)


def recalculated(ledger: Ledger, effective_from: date, today: date) -> list[str]:
    """The rounds that have ended and fall under a change from that day: their scores are worked out again, but for
    those that are frozen."""
    listed_on = [date.fromisoformat(event.payload["effective_on"]) for event in ledger.events("decision")]
    if not listed_on or effective_from > today:
        return []
    first, last = period_of(max(effective_from, min(listed_on))), previous(period_of(today))
    return [period for period in periods_between(first, last) if is_quarter_end(period)]


def _book(found: Desk) -> PolicyBook:
    return policy_book(found.parameters, found.ledger.events(SCORECARD))


def _again(found: Desk, number: int) -> PolicyProposal:
    return policy_proposals(found.ledger.events(*EVENTS))[number]


def _second_person(found: Desk, number: int, by: str, act: str) -> tuple[PolicyProposal, str]:
    proposal = policy_proposals(found.ledger.events(*EVENTS)).get(number)
    if proposal is None:
        raise CallError(f"没有第{number}号政策提议")
    if proposal.status != PROPOSED:
        outcome = "批准" if proposal.status == APPROVED else "驳回"
        raise CallError(f"第{number}号政策提议已于{proposal.decided_on}由{proposal.approver}{outcome}，不能再办理")
    name = check_person(found.ledger, by, APPROVERS, f"{act}政策参数")
    if same_person(name, proposal.proposer):
        raise CallError(f"第{number}号政策提议由{proposal.proposer}提出，须由另一人{act}，换用其他角色也不可")
    return proposal, name
