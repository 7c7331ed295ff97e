"""Changes of the rule book by two persons, as ledger events: one proposes, another approves or rejects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from contract.errors import CallError
from etl.checks.rule_changes import Change, Changes, catalogue, change_of
from ledger.events import Entry, Event

# An approval or rejection names its proposal, by number, as `proposal`; the approval is the change itself.
PROPOSAL, APPROVAL, REJECTION = "rule_proposal", "rule", "rule_rejection"
EVENTS = (PROPOSAL, APPROVAL, REJECTION)


def proposal(change: Change, changes: Changes) -> Entry:
    """The event that proposes a change. Raises CallError where it would change nothing."""
    if changes.level(catalogue()[change.check_id], change.period_from) == change.level:
        raise CallError(f"校验规则{change.check_id}自{change.period_from}起已是“{change.level}”，没有变化")
    return Entry(PROPOSAL, change.proposer, change.check_id, asdict(change))


def approval(number: int, by: str, events: Sequence[Event]) -> Entry:
    """The event that puts a proposed change into force.

    Raises CallError where there is no such open proposal, or the approver proposed it.
    """
    change = _open(number, events)
    if change.proposer == by:
        raise CallError(f"规则变更第{number}号由{by}提出，须由另一人批准")
    return Entry(APPROVAL, by, change.check_id, asdict(replace(change, approver=by)) | {"proposal": number})


def rejection(number: int, by: str, reason: str, events: Sequence[Event]) -> Entry:
    """The event that ends a proposal without a change; who proposed it may take it back so.

    Raises CallError where there is no such open proposal.
    """
    return Entry(REJECTION, by, _open(number, events).check_id, {"proposal": number, "reason": reason})


def _open(number: int, events: Sequence[Event]) -> Change:
    proposed = next((event for event in events if event.kind == PROPOSAL and event.seq == number), None)
    if proposed is None:
        raise CallError(f"没有第{number}号规则变更提议")
    decided = next((event for event in events if event.payload.get("proposal") == number), None)
    if decided is not None:
        word = "批准" if decided.kind == APPROVAL else "驳回"
        raise CallError(f"第{number}号规则变更提议已由{decided.actor}{word}")
    return change_of(proposed)
