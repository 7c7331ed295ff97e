"""Users and roles by two persons: a change proposed by one, approved or rejected by another, in the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from casework.held import Held, holding
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import roles_of
from ledger.events import Ledger
from ledger.people import USER, Actor, Earlier, User, check_person, same_person, second_person, users
from ledger.proposals import APPROVED, PROPOSED
from ledger.users import (
    EVENTS,
    FEWEST_SUPERVISORS,
    PROPOSAL,
    REJECTION,
    UserDraft,
    UserProposal,
    check_draft,
    completed,
    supervisors,
    user_proposals,
)

PROPOSES, DECIDES = "users", "approve"  # areas of `data/access.csv`


def is_user(home: Home, number: int) -> bool:
    """Whether a number of the ledger is that of a proposed change of a user; all proposals are numbered in one row."""
    return any(event.seq == number for event in Ledger(home.ledger).events(PROPOSAL))


def propose_user(home: Home, draft: UserDraft, by: Actor) -> UserProposal:
    """Puts a change of one user forward; gives it with its number.

    An administrator or a supervisor proposes; as long as none is registered, anybody.

    Raises:
        CallError: it cannot be, or changes nothing; see `ledger.users.check_draft`.
        AccessDenied: the user's role proposes no users.
    """
    with holding(home) as held:
        known = _registered(held)
        settled = any(user.role in roles_of(PROPOSES) and not user.disabled for user in known.values())
        proposer = check_person(held.ledger, by, PROPOSES, "提议使用者及其角色", settled=settled)
        draft = completed(draft, known)
        change = check_draft(draft, known, held.listed, held.today)
        facts = _facts(draft) | {"change": change, "proposed_on": held.today.isoformat()}
        return _known(held, held.append(PROPOSAL, proposer, draft.name, **facts))


def approve_user(home: Home, number: int, by: Actor) -> UserProposal:
    """Puts a change into force, by another person than its proposer and than the user whom it concerns.

    A supervisor approves; as long as there are not two of them, anybody who is not disabled.

    Raises:
        CallError: it is decided, is the approver's own or about the approver, or cannot be any more.
        AccessDenied: the user's role approves no users.
    """
    with holding(home) as held:
        approver, proposal = _decider(held, number, by, "批准"), _known(held, number)
        check_draft(proposal.draft, _registered(held), held.listed, held.today)
        persons = {"proposal": number, "proposer": proposal.proposer, "approver": approver}
        decided = {"decided_on": held.today.isoformat()}
        held.append(USER, approver, proposal.draft.name, **_facts(proposal.draft), **persons, **decided)
        return _known(held, number)


def reject_user(home: Home, number: int, by: Actor, reason: str) -> UserProposal:
    """Turns a change down, with the reason, by another person. Raises as `approve_user`."""
    with holding(home) as held:
        actor = _decider(held, number, by, "驳回")
        if not reason.strip():
            raise CallError("驳回须写明理由（--reason）")
        facts = {"proposal": number, "reason": reason.strip(), "decided_on": held.today.isoformat()}
        held.append(REJECTION, actor, _known(held, number).draft.name, **facts)
        return _known(held, number)


def _facts(draft: UserDraft) -> dict[str, object]:
    return {"role": draft.role, "scope": draft.scope, "disabled": draft.disabled, "reason": draft.reason}


def _registered(held: Held) -> dict[str, User]:
    return users(held.ledger.events(USER))


def _known(held: Held, number: int) -> UserProposal:
    """A proposal with what has been appended about it so far. Raises CallError where there is none."""
    return held.known(user_proposals, EVENTS, number, "使用者提议")


def _decider(held: Held, number: int, by: Actor, act: str) -> str:
    """The name of who decides: another than the proposer, and none whom it is about."""
    settled = supervisors(_registered(held)) >= FEWEST_SUPERVISORS
    name = second_person(held.ledger, by, DECIDES, act, "使用者及其角色", _proposed(held, number), settled)
    proposal = _known(held, number)
    concerned = proposal.draft.name
    if same_person(name, concerned):
        raise CallError(f"{proposal.number}使用者提议涉及{concerned}本人，不能由本人{act}")
    return name


def _proposed(held: Held, number: int) -> Iterator[Earlier]:
    proposal = _known(held, number)
    if proposal.status != PROPOSED:
        outcome = "批准" if proposal.status == APPROVED else "驳回"
        raise CallError(
            f"{proposal.number}使用者提议已于{proposal.decided_on}由{proposal.approver}{outcome}，不能再办理"
        )
    yield proposal.proposer, f"{proposal.number}使用者提议由{proposal.proposer}提出"
