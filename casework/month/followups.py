"""Follow-ups (督办事项): given to someone, answered, closed by another; taken up again or moved, each step an event.

Whoever answered, or is the owner by name, does not close: closing says that what was asked for has been done, and
nobody says so of his own work. The same holds for a member's answer that an analyst enters for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from casework.decisions.steps import Desk, desk
from casework.month.followup_sources import sourced
from contract.errors import CallError
from contract.settings import Home
from ledger.events import Entry
from ledger.followups import CLOSED, EVENTS, MEMBER, OPEN, ROLE, STATES, USER, Followup, followups
from ledger.people import PROPOSERS, check_person, registered_users, same_person
from ledger.proposals import Paper

LOOKS_LIKE_A_CODE = re.compile(r"[A-Z]?\d+")  # a member's, mistyped, is no user's name
OWNING_ROLES = PROPOSERS  # a role can owe something where its people share the work: the Bureau's


def add(
    home: Home, source: str, source_id: str, what: str, owner: str, due_on: date, by: str, papers: Sequence[Paper] = ()
) -> Followup:
    """Gives someone something to do; `owner` is a member's code, a role or a user's name.

    Raises:
        CallError: there is no such source or owner, the day is past, or it is not said what is to be done.
        AccessDenied: the user's role gives out no follow-ups.
    """
    with desk(home) as found:
        actor = check_person(found.ledger, by, PROPOSERS, "交办督办事项")
        noted = sourced(home, found, source, source_id)
        (event,) = found.ledger.append(found.now, [entry(found, actor, source, noted, what, owner, due_on, papers)])
        return _again(found, event.seq)


def entry(
    found: Desk, actor: str, source: str, source_id: str, what: str, owner: str, due_on: date,
    papers: Sequence[Paper] = (), met_on: date | None = None,
) -> Entry:  # fmt: skip
    """The event of a new follow-up, checked but for its source. Raises CallError as `add` does.

    `met_on`: the day of the meeting that set it, which may be entered only after the day by which it was due.
    """
    if not what.strip():
        raise CallError("须写明督办内容")
    if due_on < (met_on or found.today):
        raise CallError(f"期限{due_on}早于{f'会商日{met_on}' if met_on else f'今天（{found.today}）'}")
    name, kind = owner_of(found, owner)
    facts = {"source": source, "source_id": source_id, "what": what.strip(), "owner": name, "owner_kind": kind}
    days = {"on": found.today.isoformat(), "due_on": due_on.isoformat()}
    return Entry("followup", actor, name, {**facts, **days, "papers": [asdict(paper) for paper in papers]})


def owner_of(found: Desk, given: str) -> tuple[str, str]:
    """An owner and of which kind: a member on the list, a role of the Bureau, or a user. Raises CallError for none."""
    name = given.strip()
    if not name:
        raise CallError("须写明责任人（机构或地区编码、角色或使用者）")
    if name in found.listed:
        return name, MEMBER
    if name in OWNING_ROLES:
        return name, ROLE
    users = registered_users(found.ledger)
    known = users.get(name.casefold())
    if users and (known is None or known.get("disabled")):
        raise CallError(f"责任人“{name}”不是试点成员、角色，也没有这个使用者或已停用")
    if not users and LOOKS_LIKE_A_CODE.fullmatch(name):
        raise CallError(f"责任人“{name}”不在试点名单上")
    return name, USER


def answer(
    home: Home, number: int, text: str, by: str, papers: Sequence[Paper] = (), roles: tuple[str, ...] = PROPOSERS
) -> Followup:
    """Records what the owner did, with evidence; `roles` are those that may, besides scope, answer through a page.

    Raises CallError where it is closed, or nothing is said.
    """
    with desk(home) as found:
        one = _known(found, number)
        actor = check_person(found.ledger, by, roles, "答复督办事项")
        if one.state == CLOSED:
            raise CallError(f"第{number}号督办事项已办结，须先退回重办（reopen）才能答复")
        _append(found, one, "followup_answer", actor, _said(text, "答复"), papers=[asdict(paper) for paper in papers])
        return _again(found, number)


def close(home: Home, number: int, text: str, by: str) -> Followup:
    """Closes a follow-up with a conclusion, by another than its owner and than whoever answered.

    Raises CallError where it is closed, or the person is one of those.
    """
    with desk(home) as found:
        one = _known(found, number)
        actor = check_person(found.ledger, by, PROPOSERS, "办结督办事项")
        if one.state == CLOSED:
            raise CallError(f"第{number}号督办事项已于{one.closing.on}由{one.closing.by}办结")
        if one.owner_kind == USER and same_person(actor, one.owner):
            raise CallError(f"第{number}号督办事项由{one.owner}负责，须由另一人办结，换用其他角色也不可")
        if one.answer and same_person(actor, one.answer.by):
            raise CallError(f"第{number}号督办事项由{one.answer.by}答复，须由另一人办结，换用其他角色也不可")
        _append(found, one, "followup_close", actor, _said(text, "结论"))
        return _again(found, number)


def reopen(home: Home, number: int, text: str, by: str, due_on: date | None = None) -> Followup:
    """Takes up again what was answered or closed, with the reason; the day is set anew where the old one is past.

    Raises CallError where it is open, or no day to come is given for one whose day is past.
    """
    with desk(home) as found:
        one = _known(found, number)
        actor = check_person(found.ledger, by, PROPOSERS, "退回督办事项")
        if one.state == OPEN:
            raise CallError(f"第{number}号督办事项为{STATES[OPEN]}，无须退回重办")
        if (due_on or one.due_on) < found.today:
            raise CallError(f"期限{due_on or one.due_on}已过，退回重办须另定期限（--due）")
        moved = {"due_on": due_on.isoformat()} if due_on else {}
        _append(found, one, "followup_reopen", actor, _said(text, "退回原因"), **moved)
        return _again(found, number)


def postpone(home: Home, number: int, due_on: date, text: str, by: str) -> Followup:
    """Moves the day by which it is due, with the reason. Raises CallError where it is closed, or that is no new day."""
    with desk(home) as found:
        one = _known(found, number)
        actor = check_person(found.ledger, by, PROPOSERS, "调整督办期限")
        if one.state == CLOSED:
            raise CallError(f"第{number}号督办事项已办结，不能调整期限")
        if due_on == one.due_on or due_on < found.today:
            raise CallError(f"新期限{due_on}应不同于原期限{one.due_on}，且不早于今天（{found.today}）")
        _append(found, one, "followup_postpone", actor, _said(text, "调整原因"), due_on=due_on.isoformat())
        return _again(found, number)


def _known(found: Desk, number: int) -> Followup:
    one = followups(found.ledger.events(*EVENTS)).get(number)
    if one is None:
        raise CallError(f"没有第{number}号督办事项")
    return one


def _again(found: Desk, number: int) -> Followup:
    return followups(found.ledger.events(*EVENTS))[number]


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise CallError(f"须写明{what}")
    return text.strip()


def _append(found: Desk, one: Followup, kind: str, actor: str, text: str, **more: object) -> None:
    found.append(kind, actor, one.owner, followup=one.id, on=found.today.isoformat(), text=text, **more)
