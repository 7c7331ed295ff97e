"""Users and roles by two persons: a change proposed by one, approved or rejected by another, in the ledger."""

from __future__ import annotations

from casework.decisions.steps import Desk, desk
from contract.errors import CallError
from contract.settings import Home
from ledger.events import Ledger
from ledger.people import APPROVERS, check_person, key_of, same_person
from ledger.proposals import APPROVED, PROPOSED
from ledger.users import (
    EVENTS,
    FEWEST_SUPERVISORS,
    PROPOSAL,
    REJECTION,
    USER,
    UserDraft,
    UserProposal,
    check_draft,
    completed,
    supervisors,
    user_proposals,
    users,
)

USER_PROPOSERS = ("admin", "supervisor")


def is_user(home: Home, number: int) -> bool:
    """Whether a number of the ledger is that of a proposed change of a user; all proposals are numbered in one row."""
    return any(event.seq == number for event in Ledger(home.ledger).events(PROPOSAL))


def propose_user(home: Home, draft: UserDraft, by: str) -> UserProposal:
    """Puts a change of one user forward; gives it with its number.

    An administrator or a supervisor proposes; as long as none is registered, anybody.

    Raises:
        CallError: it cannot be, or changes nothing; see `ledger.users.check_draft`.
        AccessDenied: the user's role proposes no users.
    """
    with desk(home) as found:
        known = users(found.ledger.events(USER))
        settled = any(user.role in USER_PROPOSERS and not user.disabled for user in known.values())
        proposer = _acting(found, by, USER_PROPOSERS, "提议使用者及其角色", settled)
        draft = completed(draft, known)
        change = check_draft(draft, known, found.listed, found.today)
        facts = _facts(draft) | {"change": change, "proposed_on": found.today.isoformat()}
        return _again(found, found.append(PROPOSAL, proposer, draft.name, **facts))


def approve_user(home: Home, number: int, by: str) -> UserProposal:
    """Puts a change into force, by another person than its proposer and than the user whom it concerns.

    A supervisor approves; as long as there are not two of them, anybody who is not disabled.

    Raises:
        CallError: it is decided, is the approver's own or about the approver, or cannot be any more.
        AccessDenied: the user's role approves no users.
    """
    with desk(home) as found:
        proposal, approver = _second_person(found, number, by, "批准")
        check_draft(proposal.draft, users(found.ledger.events(USER)), found.listed, found.today)
        persons = {"proposal": number, "proposer": proposal.proposer, "approver": approver}
        decided = {"decided_on": found.today.isoformat()}
        found.append(USER, approver, proposal.draft.name, **_facts(proposal.draft), **persons, **decided)
        return _again(found, number)


def reject_user(home: Home, number: int, by: str, reason: str) -> UserProposal:
    """Turns a change down, with the reason, by another person. Raises as `approve_user`."""
    with desk(home) as found:
        proposal, actor = _second_person(found, number, by, "驳回")
        if not reason.strip():
            raise CallError("驳回须写明理由（--reason）")
        facts = {"proposal": number, "reason": reason.strip(), "decided_on": found.today.isoformat()}
        found.append(REJECTION, actor, proposal.draft.name, **facts)
        return _again(found, number)


def _facts(draft: UserDraft) -> dict[str, object]:
    return {"role": draft.role, "scope": draft.scope, "disabled": draft.disabled, "reason": draft.reason}


def _again(found: Desk, number: int) -> UserProposal:
    return user_proposals(found.ledger.events(*EVENTS))[number]


def _acting(found: Desk, by: str, roles: tuple[str, ...], act: str, settled: bool) -> str:
    """The user's name, trimmed; roles hold once there are enough who have them, else nobody could begin."""
    one = users(found.ledger.events(USER)).get(key_of(by))
    if settled or not by.strip() or (one and one.disabled):
        return check_person(found.ledger, by, roles, act)
    return by.strip()


def _second_person(found: Desk, number: int, by: str, act: str) -> tuple[UserProposal, str]:
    proposal = user_proposals(found.ledger.events(*EVENTS)).get(number)
    if proposal is None:
        raise CallError(f"没有第{number}号使用者提议")
    if proposal.status != PROPOSED:
        outcome = "批准" if proposal.status == APPROVED else "驳回"
        raise CallError(f"第{number}号使用者提议已于{proposal.decided_on}由{proposal.approver}{outcome}，不能再办理")
    settled = supervisors(users(found.ledger.events(USER))) >= FEWEST_SUPERVISORS
    name = _acting(found, by, APPROVERS, f"{act}使用者及其角色", settled)
    if same_person(name, proposal.proposer):
        raise CallError(f"第{number}号使用者提议由{proposal.proposer}提出，须由另一人{act}，换用其他角色也不可")
    if same_person(name, proposal.draft.name):
        raise CallError(f"第{number}号使用者提议涉及{proposal.draft.name}本人，不能由本人{act}")
    return proposal, name
