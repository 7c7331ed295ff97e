"""Policy by two persons: parameters and scorecards proposed by one, approved or rejected by another, in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from casework.held import File, Held, holding
from contract.calendar import is_quarter_end, period_of, periods_between, previous
from contract.errors import CallError
from contract.settings import Home
from ledger.events import Entry, Ledger
from ledger.people import Actor, Earlier, check_person, second_person
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
from metrics.evaluation.trial import read_trial

PROPOSES, DECIDES = "propose", "approve"  # areas of `data/access.csv`


def book_of(ledger: Ledger) -> PolicyBook:
    """Parameters and scorecards as the ledger has them now."""
    return policy_book(parameters_of(ledger), ledger.events(SCORECARD))


def is_policy(home: Home, number: int) -> bool:
    """Whether a number of the ledger is that of a policy proposal; list decisions are numbered in the same row."""
    return any(event.seq == number for event in Ledger(home.ledger).events(PROPOSAL))


def propose_value(
    home: Home, name: str, value: Decimal, effective_from: date, document_no: str, reason: str, by: Actor
) -> PolicyProposal:
    """Puts one value of a parameter forward. Raises as `propose_policy`."""
    draft = PolicyDraft({name: value}, effective_from, document_no.strip(), reason=reason.strip())
    return propose_policy(home, draft, by)


def propose_policy(home: Home, draft: PolicyDraft, by: Actor) -> PolicyProposal:
    """Puts changes of policy forward; gives them with their number.

    Raises:
        CallError: they cannot be in force, or change nothing; see `check_draft`.
        AccessDenied: the user's role proposes no policy.
    """
    with holding(home) as held:
        return _put_forward(held, draft, _proposer(held, by))


def adopt(home: Home, trial: File, effective_from: date, document_no: str, reason: str, by: Actor) -> PolicyProposal:
    """Puts forward all that a trial changes from a day on, with its file.

    Raises:
        CallError: it changes nothing, or cannot be in force; see `check_draft`.
        AccessDenied: the user's role proposes no policy.
    """
    with holding(home) as held:
        proposer = _proposer(held, by)
        changed = read_trial(trial[1], _book(held), effective_from)
        if not changed:
            raise CallError(f"与{effective_from}起的参数和评分表相同，不必提议")
        draft = PolicyDraft(changed.values, effective_from, document_no.strip(), changed.cards, reason.strip())
        return _put_forward(held, draft, proposer, trial)


def _proposer(held: Held, by: Actor) -> str:
    return check_person(held.ledger, by, PROPOSES, "提议政策参数")


def _put_forward(held: Held, draft: PolicyDraft, proposer: str, file: File | None = None) -> PolicyProposal:
    changes = check_draft(draft, _book(held))
    facts, paper = facts_of(draft), {}
    if file:
        kept = held.keep(file)
        paper = {"file_name": kept.name, "content_hash": kept.sha256}  # `etl verify` asks for a `content_hash`
    number = held.append(
        PROPOSAL,
        proposer,
        draft.subject,
        parameters=[{"name": row["name"], "value": row["value"]} for row in facts[PARAMETER]],
        scorecards=[{"kind": row["kind"], "items": row["items"]} for row in facts[SCORECARD]],
        changes=list(changes),
        effective_from=draft.effective_from.isoformat(),
        document_no=draft.document_no.strip(),
        reason=draft.reason.strip(),
        proposed_on=held.today.isoformat(),
        **paper,
    )
    return _known(held, number)


def approve_policy(home: Home, number: int, by: Actor) -> PolicyProposal:
    """Puts a proposal into force, all its changes in one transaction, by another person than its proposer.

    Raises:
        CallError: it is decided, is the approver's own, or does not hold any more with what was approved since.
        AccessDenied: the user's role approves no policy.
    """
    with holding(home) as held:
        approver = second_person(held.ledger, by, DECIDES, "批准", "政策参数", _proposed(held, number))
        proposal = _known(held, number)
        check_draft(proposal.draft, _book(held))
        common = {
            "proposal": number,
            "proposer": proposal.proposer,
            "approver": approver,
            "decided_on": held.today.isoformat(),
        }
        entries = [
            Entry(kind, approver, str(facts["name" if kind == PARAMETER else "kind"]), facts | common)
            for kind, changes in facts_of(proposal.draft).items()
            for facts in changes
        ]
        held.ledger.append(held.now, entries)
        return _known(held, number)


def reject_policy(home: Home, number: int, by: Actor, reason: str) -> PolicyProposal:
    """Turns a proposal down, with the reason, by another person than its proposer. Raises as `approve_policy`."""
    with holding(home) as held:
        actor = second_person(held.ledger, by, DECIDES, "驳回", "政策参数", _proposed(held, number))
        if not reason.strip():
            raise CallError("驳回须写明理由（--reason）")
        facts = {"proposal": number, "reason": reason.strip(), "decided_on": held.today.isoformat()}
        held.append(REJECTION, actor, _known(held, number).draft.subject, **facts)
        return _known(held, number)


def recalculated(home: Home, effective_from: date, today: date) -> list[str]:
    """The rounds that have ended and fall under a change from that day: their scores are worked out again, but for
    those that are frozen."""
    decisions = Ledger(home.ledger).events("decision")
    listed_on = [date.fromisoformat(event.payload["effective_on"]) for event in decisions]
    if not listed_on or effective_from > today:
        return []
    first, last = period_of(max(effective_from, min(listed_on))), previous(period_of(today))
    return [period for period in periods_between(first, last) if is_quarter_end(period)]


def _book(held: Held) -> PolicyBook:
    return policy_book(held.parameters, held.ledger.events(SCORECARD))


def _known(held: Held, number: int) -> PolicyProposal:
    """A proposal with what has been appended about it so far. Raises CallError where there is none."""
    return held.known(policy_proposals, EVENTS, number, "政策提议")


def _proposed(held: Held, number: int) -> Iterator[Earlier]:
    proposal = _known(held, number)
    if proposal.status != PROPOSED:
        outcome = "批准" if proposal.status == APPROVED else "驳回"
        raise CallError(f"{proposal.number}政策提议已于{proposal.decided_on}由{proposal.approver}{outcome}，不能再办理")
    yield proposal.proposer, f"{proposal.number}政策提议由{proposal.proposer}提出"
