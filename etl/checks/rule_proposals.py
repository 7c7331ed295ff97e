"""Changes of the rule book by two persons, as ledger events: one proposes, another approves or rejects.

Each act reads the ledger and appends to it; the caller holds the one lock between processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

from contract.errors import CallError
from etl.checks.rule_changes import Change, catalogue, change_of, declared_changes, with_events
from ledger.clock import reference_time
from ledger.events import Entry, Event, Ledger
from ledger.people import Earlier, check_person, same_person, second_person

# An approval or rejection names its proposal, by number, as `proposal`; the approval is the change itself.
PROPOSAL, APPROVAL, REJECTION = "rule_proposal", "rule", "rule_rejection"
EVENTS = (PROPOSAL, APPROVAL, REJECTION)
PROPOSES, DECIDES = "rules", "approve"  # areas of `data/access.csv`


def propose(ledger: Ledger, change: Change) -> Event:
    """Puts a change forward, by the proposer whom it names.

    Raises:
        CallError: it would change nothing, or nobody proposes it.
        AccessDenied: the user's role proposes no changes of rules.
    """
    proposer = check_person(ledger, change.proposer, PROPOSES, "提议规则变更")
    in_force = with_events(declared_changes(), ledger.events(APPROVAL))
    if in_force.level(catalogue()[change.check_id], change.period_from) == change.level:
        raise CallError(f"校验规则{change.check_id}自{change.period_from}起已是“{change.level}”，没有变化")
    return _append(ledger, PROPOSAL, proposer, change.check_id, asdict(replace(change, proposer=proposer)))


def approve(ledger: Ledger, number: int, by: str) -> Change:
    """Puts a proposed change into force, by another person than its proposer.

    Raises:
        CallError: there is no such open proposal, or it is the approver's own.
        AccessDenied: the user's role approves none.
    """
    approver = second_person(ledger, by, DECIDES, "批准", "规则变更", _proposed(ledger, number))
    change = replace(_open(ledger, number), approver=approver)
    return change_of(_append(ledger, APPROVAL, approver, change.check_id, asdict(change) | {"proposal": number}))


def reject(ledger: Ledger, number: int, by: str, reason: str) -> Event:
    """Ends a proposal without a change, with the reason: by another person, or by its proposer, who takes it back.

    Raises:
        CallError: there is no such open proposal, or no reason.
        AccessDenied: the user's role rejects none.
    """
    change = _open(ledger, number)
    if same_person(by, change.proposer):
        actor = check_person(ledger, by, PROPOSES, "撤回规则变更")
    else:
        actor = second_person(ledger, by, DECIDES, "驳回", "规则变更", _proposed(ledger, number))
    if not reason.strip():
        raise CallError("驳回须写明原因（--reason）")
    return _append(ledger, REJECTION, actor, change.check_id, {"proposal": number, "reason": reason.strip()})


def _append(ledger: Ledger, kind: str, actor: str, check_id: str, facts: dict[str, object]) -> Event:
    (event,) = ledger.append(reference_time(ledger), [Entry(kind, actor, check_id, facts)])
    return event


def _proposed(ledger: Ledger, number: int) -> Iterator[Earlier]:
    proposer = _open(ledger, number).proposer
    yield proposer, f"规则变更第{number}号由{proposer}提出"


def _open(ledger: Ledger, number: int) -> Change:
    events = ledger.events(*EVENTS)
    proposal = next((event for event in events if event.kind == PROPOSAL and event.seq == number), None)
    if proposal is None:
        raise CallError(f"没有第{number}号规则变更提议")
    decision = next((event for event in events if event.payload.get("proposal") == number), None)
    if decision is not None:
        word = "批准" if decision.kind == APPROVAL else "驳回"
        raise CallError(f"第{number}号规则变更提议已由{decision.actor}{word}")
    return change_of(proposal)
