"""What viewers do about the month's work on a page: follow-ups, meetings, banks' answers; each held to the role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from casework.decisions.steps import archived
from casework.month import firm_answers, followups, meetings
from casework.month.meetings import Outcome
from contract.errors import AccessDenied, CallError
from contract.settings import Home
from contract.viewer import Viewer, may_see, own_only
from etl.snapshot.opened import Snapshot
from ledger.archive import fetch
from ledger.firm_answers import FirmAnswer
from ledger.followups import Followup
from ledger.meetings import Meeting
from ledger.people import PROPOSERS
from ledger.proposals import Paper
from metrics.queries.work.agenda import past_meetings
from metrics.queries.work.followups import numbered

AREA = "follow_up"
MOST_FILES, MOST_MEGABYTES = 10, 20  # handed in with one act, together
Files = Sequence[tuple[str, bytes]]


def add(
    viewer: Viewer, home: Home, source: str, source_id: str, what: str, owner: str, due_on: date, files: Files
) -> Followup:
    """Gives someone something to do. Raises as `casework.month.followups.add`."""
    own_only(viewer, AREA)
    return followups.add(home, source, source_id, what, owner, due_on, viewer.user, _papers(home, files))


def may_answer(viewer: Viewer, own: bool) -> bool:
    """Whether a viewer may answer a follow-up: its owner, and the Bureau for whoever answered it otherwise."""
    return own or may_see(viewer, AREA)


def answer(viewer: Viewer, snapshot: Snapshot, home: Home, number: int, text: str, files: Files) -> Followup:
    """Answers a follow-up under the viewer's name.

    Raises AccessDenied for one that is not the viewer's, CallError where there is none that it may see.
    """
    if not may_answer(viewer, numbered(viewer, snapshot, home, number).own):
        raise AccessDenied(f"第{number}号督办事项不由本人负责")
    roles = (*PROPOSERS, viewer.role)
    return followups.answer(home, number, text, viewer.user, _papers(home, files), roles)


def close(viewer: Viewer, home: Home, number: int, text: str) -> Followup:
    """Closes a follow-up under the viewer's name. Raises as `casework.month.followups.close`."""
    own_only(viewer, AREA)
    return followups.close(home, number, text, viewer.user)


def reopen(viewer: Viewer, home: Home, number: int, text: str, due_on: date) -> Followup:
    """Takes a follow-up up again, due on a day that may be the old one."""
    own_only(viewer, AREA)
    return followups.reopen(home, number, text, viewer.user, due_on)


def postpone(viewer: Viewer, home: Home, number: int, due_on: date, text: str) -> Followup:
    """Moves the day of a follow-up."""
    own_only(viewer, AREA)
    return followups.postpone(home, number, due_on, text, viewer.user)


def record_meeting(
    viewer: Viewer, home: Home, held_on: date, minutes: tuple[str, bytes], outcomes: Sequence[Outcome]
) -> tuple[Meeting, tuple[Followup, ...]]:
    """Records a meeting with its outcomes. Raises as `casework.month.meetings.record`."""
    own_only(viewer, AREA)
    (kept,) = _papers(home, [minutes])
    return meetings.record(home, held_on, kept, outcomes, viewer.user)


def record_firm_answer(
    viewer: Viewer, home: Home, district: str, uscc: str, bank: str, answer: str, reason: str, on: date
) -> FirmAnswer:
    """Records what a bank said to a district's firm. Raises as `casework.month.firm_answers.record_answer`."""
    own_only(viewer, AREA)
    return firm_answers.record_answer(home, district, uscc, bank, answer, reason, viewer.user, on)


def paper(viewer: Viewer, snapshot: Snapshot, home: Home, number: int, sha256: str) -> bytes:
    """A file that was handed in for a follow-up. Raises CallError where the viewer may see no such one."""
    held = numbered(viewer, snapshot, home, number).followup.papers
    if sha256 not in {one.sha256 for one in held}:
        raise CallError(f"第{number}号督办事项没有这个文件")
    return fetch(home.archive, sha256)


def minutes(viewer: Viewer, home: Home, day: str) -> bytes:
    """The minutes of a meeting. Raises CallError where none was held on the day."""
    for one in past_meetings(viewer, home):
        if one.id == day:
            return fetch(home.archive, one.minutes.sha256)
    raise CallError(f"没有登记{day}的会商")


def _papers(home: Home, files: Files) -> list[Paper]:
    """Keeps the files. Raises CallError where they are more than one act may bring, before any of them is kept."""
    if len(files) > MOST_FILES or sum(len(content) for _, content in files) > MOST_MEGABYTES * 1024**2:
        raise CallError(f"一次最多附{MOST_FILES}个文件，合计不超过{MOST_MEGABYTES}MB")
    return [archived(home, name, content) for name, content in files]
