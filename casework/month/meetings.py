"""Records a meeting (会商) with its minutes; what it asks of someone becomes follow-ups in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.held import File, holding
from casework.month.followups import DIRECTS, entry, kept
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer
from ledger.archive import fetch
from ledger.events import Entry
from ledger.month.followups import EVENTS, Followup, followups
from ledger.month.meetings import EVENT, Meeting, meetings
from ledger.people import Actor, check_person
from metrics.queries.work.agenda import past_meetings


@dataclass(frozen=True)
class Outcome:
    """One thing that a meeting decided; without owner and day, it asks nothing of anybody."""

    what: str
    owner: str = ""
    due_on: date | None = None

    @property
    def asks(self) -> bool:
        return bool(self.owner or self.due_on)


def record(
    home: Home, held_on: date, minutes: File, outcomes: Sequence[Outcome], by: Actor
) -> tuple[Meeting, tuple[Followup, ...]]:
    """Records a meeting; gives it with the follow-ups that came of it.

    Raises:
        CallError: the day is still to come or has a meeting already, there is no outcome, or one cannot be followed up.
        AccessDenied: the user's role records no meetings.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, DIRECTS, "登记会商")
        if held_on > held.today:
            raise CallError(f"会商日{held_on}在今天（{held.today}）之后")
        day = held_on.isoformat()
        if day in meetings(held.ledger.events(EVENT)):
            raise CallError(f"{day}的会商已经登记，一日只登记一次")
        if not outcomes:
            raise CallError("须写明会商结论（--outcome）")
        asking = [outcome for outcome in outcomes if outcome.asks]
        if half := [outcome.what for outcome in asking if not (outcome.owner and outcome.due_on)]:
            raise CallError(f"会商结论“{half[0]}”的责任人和期限须同时写明")
        tasks = [
            entry(held, actor, "meeting", day, outcome.what, outcome.owner, outcome.due_on, met_on=held_on)
            for outcome in asking
        ]
        (paper,) = kept(held, [minutes], by)
        noted = [outcome.what for outcome in outcomes if not outcome.asks]
        facts = {"held_on": day, "minutes": paper, "noted": noted}
        events = held.ledger.append(held.now, [Entry(EVENT, actor, day, facts), *tasks])
        known = followups(held.ledger.events(*EVENTS))
        return meetings(held.ledger.events(EVENT))[day], tuple(known[event.seq] for event in events[1:])


def minutes_of(viewer: Viewer, home: Home, day: str) -> bytes:
    """The minutes of a meeting. Raises CallError where none was held on the day."""
    for meeting in past_meetings(viewer, home):
        if meeting.id == day:
            return fetch(home.archive, meeting.minutes.sha256)
    raise CallError(f"没有登记{day}的会商")
