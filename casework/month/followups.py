"""Follow-ups (督办事项): given to someone, answered, closed by another; taken up again or moved, each step an event.

Whoever answered, or is the owner by name, does not close: closing says that what was asked for has been done, and
nobody says so of his own work. The same holds for a member's answer that an analyst enters for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date

from casework.held import File, Held, holding
from casework.month.followup_sources import sourced
from contract.errors import AccessDenied, CallError
from contract.settings import Home
from contract.viewer import BUREAU_ROLES, Viewer, may_see, own_only
from etl.snapshot.opened import Snapshot
from ledger.archive import fetch
from ledger.events import Entry
from ledger.month.followups import CLOSED, EVENTS, MEMBER, OPEN, ROLE, STATES, USER, Followup, followups
from ledger.people import USER as REGISTERED
from ledger.people import Actor, Earlier, check_person, key_of, second_person, users, written_name
from metrics.queries.work.followups import is_own, numbered

SEES, DIRECTS = "followups", "follow_up"  # areas of `data/access.csv`
LOOKS_LIKE_A_CODE = re.compile(r"[A-Z]?\d+")  # a member's, mistyped, is no user's name
MOST_FILES, MOST_MEGABYTES = 10, 20  # handed in on the screen with one act, together


def add(
    home: Home, source: str, source_id: str, what: str, owner: str, due_on: date, by: Actor, files: Sequence[File] = ()
) -> Followup:
    """Gives someone something to do; `owner` is a member's code, a role of the Bureau or a user's name.

    Raises:
        CallError: there is no such source or owner, the day is past, or it is not said what is to be done.
        AccessDenied: the user's role gives out no follow-ups.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, DIRECTS, "交办督办事项")
        noted = sourced(held, source, source_id)
        given = entry(held, actor, source, noted, what, owner, due_on)
        papers = {"papers": kept(held, files, by)}
        (event,) = held.ledger.append(held.now, [Entry(given.kind, actor, given.subject, {**given.payload, **papers})])
        return _known(held, event.seq)


def entry(
    held: Held, actor: str, source: str, source_id: str, what: str, owner: str, due_on: date,
    met_on: date | None = None,
) -> Entry:  # fmt: skip
    """The event of a new follow-up without files, checked but for its source. Raises CallError as `add` does.

    `met_on`: the day of the meeting that set it, which may be entered only after the day by which it was due.
    """
    if not what.strip():
        raise CallError("须写明督办内容")
    if due_on < (met_on or held.today):
        raise CallError(f"期限{due_on}早于{f'会商日{met_on}' if met_on else f'今天（{held.today}）'}")
    name, kind = owner_of(held, owner)
    facts = {"source": source, "source_id": source_id, "what": what.strip(), "owner": name, "owner_kind": kind}
    days = {"on": held.today.isoformat(), "due_on": due_on.isoformat()}
    return Entry("followup", actor, name, {**facts, **days, "papers": []})


def owner_of(held: Held, given: str) -> tuple[str, str]:
    """An owner and of which kind: a member on the list, a role of the Bureau, or a user. Raises CallError for none."""
    name = written_name(given)
    if not name:
        raise CallError("须写明责任人（机构或地区编码、角色或使用者）")
    if name in held.listed:
        return name, MEMBER
    if name in BUREAU_ROLES:
        return name, ROLE
    registered = users(held.ledger.events(REGISTERED))
    user = registered.get(key_of(name))
    if registered and (user is None or user.disabled):
        raise CallError(f"责任人“{name}”不是试点成员、角色，也没有这个使用者或已停用")
    if not registered and LOOKS_LIKE_A_CODE.fullmatch(name):
        raise CallError(f"责任人“{name}”不在试点名单上")
    return name, USER


def may_answer(viewer: Viewer, own: bool) -> bool:
    """Whether a viewer may answer a follow-up: its owner, and the Bureau for whoever answered it otherwise."""
    return own or may_see(viewer, DIRECTS)


def answer(home: Home, number: int, text: str, by: Actor, files: Sequence[File] = ()) -> Followup:
    """Records what the owner did, with evidence: as its owner says on the screen, or the Bureau enters for it.

    Raises:
        CallError: there is none that the viewer may see, it is closed, or nothing is said.
        AccessDenied: it is not the viewer's to do, or the user's role answers none.
    """
    with holding(home) as held:
        followup, actor = _answering(held, number, by)
        if followup.state == CLOSED:
            raise CallError(f"{followup.number}督办事项已办结，须先退回重办（reopen）才能答复")
        said = _said(text, "答复")
        _append(held, followup, "followup_answer", actor, said, papers=kept(held, files, by))
        return _known(held, number)


def _answering(held: Held, number: int, by: Actor) -> tuple[Followup, str]:
    """The follow-up, and the name of who may answer it. A member is not told of another's."""
    act = "答复督办事项"
    if not isinstance(by, Viewer):
        actor = check_person(held.ledger, by, DIRECTS, act)
        return _known(held, number), actor
    own = own_only(by, SEES)
    followup = _known(held, number)
    if own is not None and not is_own(by, followup):
        raise CallError(f"没有第{number}号督办事项")
    if not may_answer(by, is_own(by, followup)):
        raise AccessDenied(f"{followup.number}督办事项不由本人负责")
    return followup, check_person(held.ledger, by, SEES, act, by.scope)


def close(home: Home, number: int, text: str, by: Actor) -> Followup:
    """Closes a follow-up with a conclusion, by another than its owner and than whoever answered.

    Raises:
        CallError: it is closed, the person is one of those, or there is no conclusion.
        AccessDenied: the user's role closes none.
    """
    with holding(home) as held:
        actor = second_person(held.ledger, by, DIRECTS, "办结", "督办事项", _answered(held, number))
        _append(held, _known(held, number), "followup_close", actor, _said(text, "结论"))
        return _known(held, number)


def _answered(held: Held, number: int) -> Iterator[Earlier]:
    followup = _known(held, number)
    name = f"{followup.number}督办事项"
    if followup.state == CLOSED:
        raise CallError(f"{name}已于{followup.closing.on}由{followup.closing.by}办结")
    if followup.owner_kind == USER:
        yield followup.owner, f"{name}由{followup.owner}负责"
    if followup.answer:
        yield followup.answer.by, f"{name}由{followup.answer.by}答复"


def reopen(home: Home, number: int, text: str, by: Actor, due_on: date | None = None) -> Followup:
    """Takes up again what was answered or closed, with the reason; the day is set anew where the old one is past.

    Raises:
        CallError: it is open, there is no reason, or no day to come is given for one whose day is past.
        AccessDenied: the user's role takes none up.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, DIRECTS, "退回督办事项")
        followup = _known(held, number)
        if followup.state == OPEN:
            raise CallError(f"{followup.number}督办事项为{STATES[OPEN]}，无须退回重办")
        if (due_on or followup.due_on) < held.today:
            raise CallError(f"期限{due_on or followup.due_on}已过，退回重办须另定期限（--due）")
        moved = {"due_on": due_on.isoformat()} if due_on else {}
        _append(held, followup, "followup_reopen", actor, _said(text, "退回原因"), **moved)
        return _known(held, number)


def postpone(home: Home, number: int, due_on: date, text: str, by: Actor) -> Followup:
    """Moves the day by which it is due, with the reason.

    Raises:
        CallError: it is closed, there is no reason, or that is no new day.
        AccessDenied: the user's role moves none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, DIRECTS, "调整督办期限")
        followup = _known(held, number)
        if followup.state == CLOSED:
            raise CallError(f"{followup.number}督办事项已办结，不能调整期限")
        if due_on == followup.due_on or due_on < held.today:
            raise CallError(f"新期限{due_on}应不同于原期限{followup.due_on}，且不早于今天（{held.today}）")
        _append(held, followup, "followup_postpone", actor, _said(text, "调整原因"), due_on=due_on.isoformat())
        return _known(held, number)


def paper(viewer: Viewer, snapshot: Snapshot, home: Home, number: int, sha256: str) -> bytes:
    """A file that was handed in for a follow-up. Raises CallError where the viewer may see no such one."""
    followup = numbered(viewer, snapshot, home, number).followup
    if sha256 not in {paper.sha256 for paper in followup.papers}:
        raise CallError(f"{followup.number}督办事项没有这个文件")
    return fetch(home.archive, sha256)


def kept(held: Held, files: Sequence[File], by: Actor) -> list[dict[str, str]]:
    """Keeps the files of an act, as its event states them.

    Raises CallError where a viewer hands in more than one act may bring, before any of them is kept.
    """
    size = sum(len(content) for _, content in files)
    if isinstance(by, Viewer) and (len(files) > MOST_FILES or size > MOST_MEGABYTES * 1024**2):
        raise CallError(f"一次最多附{MOST_FILES}个文件，合计不超过{MOST_MEGABYTES}MB")
    return [asdict(held.keep(file)) for file in files]


def _known(held: Held, number: int) -> Followup:
    """A follow-up with what has been appended about it so far. Raises CallError where there is none."""
    return held.known(followups, EVENTS, number, "督办事项")


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise CallError(f"须写明{what}")
    return text.strip()


def _append(held: Held, followup: Followup, kind: str, actor: str, text: str, **more: object) -> None:
    held.append(kind, actor, followup.owner, followup=followup.id, on=held.today.isoformat(), text=text, **more)
