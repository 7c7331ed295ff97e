"""Changes of users, of their roles and of the member that each is bound to: as proposed, checked, and read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from contract.decision_kinds import ON_LIST
from contract.errors import CallError
from contract.unseen import not_surely_seen
from contract.viewer import OWN_ROLES, ROLES
from ledger.events import Event
from ledger.numbering import Numbering
from ledger.people import SUPERVISOR, USER, User, key_of
from ledger.proposals import APPROVED, PROPOSED, REJECTED
from ledger.roster import Member

PROPOSAL, REJECTION = "user_proposal", "user_rejection"  # an approval leaves an event `USER`
EVENTS = (PROPOSAL, REJECTION, USER)
FEWEST_SUPERVISORS = 2  # one proposes, another approves: with fewer nobody could decide anything any more
LONGEST_NAME = 60


@dataclass(frozen=True)
class UserDraft:
    """What a user is to be: `scope` is the member's code for the roles bound to one, else empty."""

    name: str
    role: str
    scope: str = ""
    disabled: bool = False
    reason: str = ""


@dataclass(frozen=True)
class UserProposal:
    """A draft from proposal to outcome; `id` is its number in the ledger, `change` says it in words."""

    id: int
    draft: UserDraft
    change: str
    proposer: str
    proposed_on: date
    status: str = PROPOSED
    decided_on: date | None = None
    approver: str = ""
    rejected_because: str = ""
    number: str = ""  # as people call it: 2026年第7号


def user_proposals(events: Iterable[Event]) -> dict[int, UserProposal]:
    """Number → proposal, oldest first, from ledger events of the kinds in `EVENTS`."""
    proposals: dict[int, UserProposal] = {}
    numbering = Numbering()
    for event in events:
        facts, number = event.payload, event.payload.get("proposal")
        if event.kind == PROPOSAL:
            draft = UserDraft(event.subject, facts["role"], facts["scope"], facts["disabled"], facts["reason"])
            proposed_on = date.fromisoformat(facts["proposed_on"])
            said = (facts["change"], event.actor, proposed_on)
            proposals[event.seq] = UserProposal(event.seq, draft, *said, number=numbering.of(event))
        elif number in proposals:
            rejected = event.kind == REJECTION
            proposals[number] = replace(
                proposals[number],
                status=REJECTED if rejected else APPROVED,
                decided_on=date.fromisoformat(facts["decided_on"]),
                approver=event.actor,
                rejected_because=facts["reason"] if rejected else "",
            )
    return proposals


def supervisors(known: Mapping[str, User]) -> int:
    """How many supervisors are registered and not disabled."""
    return sum(user.supervises for user in known.values())


def completed(draft: UserDraft, known: Mapping[str, User]) -> UserDraft:
    """The draft with the name as it is registered, without spaces around; who is disabled keeps the scope."""
    before = known.get(key_of(draft.name))
    name = before.name if before else draft.name.strip()
    scope = draft.scope.strip().upper() or (before.scope if before and draft.disabled else "")
    return replace(draft, name=name, scope=scope, reason=draft.reason.strip())


def check_draft(draft: UserDraft, known: Mapping[str, User], listed: Mapping[str, Member], today: date) -> str:
    """The change in words: `登记为复核人`, `分析员→复核人`, `停用`.

    Raises:
        CallError: no name, role or reason that can be; a scope that the role has none of or that is no such member on
            the list; nothing changes; there would be fewer than two supervisors, or another is registered before them.
    """
    if not draft.name or not draft.name.isprintable() or len(draft.name) > LONGEST_NAME:
        raise CallError(f"使用者名不能为空，至多{LONGEST_NAME}字，不能含换行等控制字符")
    if odd := not_surely_seen(draft.name):
        raise CallError(f"使用者名含有看不见或无法显示的字符（{odd}），请改用看得见的文字")
    if draft.role not in ROLES:
        known_roles = "、".join(f"{code}（{name}）" for code, name in ROLES.items())
        raise CallError(f"没有角色“{draft.role}”，应为{known_roles}之一")
    if not draft.reason:
        raise CallError("须写明事由（--reason）")
    before = known.get(key_of(draft.name))
    if draft.disabled:
        _check_disabling(draft, before)
    else:
        _check_scope(draft, listed, today)
        if before and (before.role, before.scope, before.disabled) == (draft.role, draft.scope, False):
            raise CallError(f"{draft.name}已是{_standing(before)}，没有变化")
    _check_supervisors(draft, before, supervisors(known))
    return _worded(draft, before)


def _check_disabling(draft: UserDraft, before: User | None) -> None:
    if before is None:
        raise CallError(f"没有使用者“{draft.name}”，不能停用")
    if before.disabled:
        raise CallError(f"{before.name}已于{before.since}停用")
    if (draft.role, draft.scope) != (before.role, before.scope):
        raise CallError(f"{before.name}是{_standing(before)}，停用时不能同时改变角色或范围")


def _check_scope(draft: UserDraft, listed: Mapping[str, Member], today: date) -> None:
    role = ROLES[draft.role]
    if draft.role not in OWN_ROLES:
        if draft.scope:
            raise CallError(f"{role}不对应某一机构或地区，不应给出--scope")
        return
    what = "地区" if OWN_ROLES[draft.role] == "district" else "机构"
    if not draft.scope:
        raise CallError(f"{role}须对应一个试点{what}，请给出--scope编码")
    member = listed.get(draft.scope)
    if member is None or member.kind != OWN_ROLES[draft.role]:
        raise CallError(f"试点名单上没有{what}“{draft.scope}”，不能登记其{role}")
    state = member.state_at(today)
    if state is None or state.value not in ON_LIST:
        raise CallError(f"{what}“{draft.scope}”在{today}不在试点名单上，不能登记其{role}")


def _check_supervisors(draft: UserDraft, before: User | None, count: int) -> None:
    stays = draft.role == SUPERVISOR and not draft.disabled
    if before and before.supervises and not stays and count <= FEWEST_SUPERVISORS:
        raise CallError(f"{before.name}是仅有的{count}名复核人之一，不能停用或改任；请先登记另一名复核人")
    if not stays and not draft.disabled and count < FEWEST_SUPERVISORS:
        raise CallError(f"须先登记两名复核人（现有{count}名），才能登记{ROLES[draft.role]}，否则无人能批准")


def _standing(user: User | UserDraft) -> str:
    return ROLES[user.role] + (f"（{user.scope}）" if user.scope else "")


def _worded(draft: UserDraft, before: User | None) -> str:
    if draft.disabled:
        return f"停用（{ROLES[draft.role]}）"
    if before is None:
        return f"登记为{_standing(draft)}"
    again = "重新启用，" if before.disabled else ""
    same = (before.role, before.scope) == (draft.role, draft.scope)
    return again + (_standing(draft) if same else f"{_standing(before)}→{_standing(draft)}")
