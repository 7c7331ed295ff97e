"""Records a meeting (会商) with its minutes; what it asks of someone becomes follow-ups in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from casework.decisions.steps import desk
from casework.month.followups import entry
from contract.errors import CallError
from contract.settings import Home
from ledger.events import Entry
from ledger.followups import EVENTS, Followup, followups
from ledger.meetings import EVENT, Meeting, meetings
from ledger.people import PROPOSERS, check_person
from ledger.proposals import Paper


@dataclass(frozen=True)
class Outcome:
    """One thing that a meeting decided; without owner and day, it asks nothing of anybody."""

    what: str
    owner: str = ""
    due_on: date | None = None


def record(
    home: Home, held_on: date, minutes: Paper, outcomes: Sequence[Outcome], by: str
) -> tuple[Meeting, tuple[Followup, ...]]:
    """Records a meeting; gives it with the follow-ups that came of it.

    Raises:
        CallError: the day is still to come or has a meeting already, there is no outcome, or one cannot be followed up.
        AccessDenied: the user's role records no meetings.
    """
    with desk(home) as found:
        actor = check_person(found.ledger, by, PROPOSERS, "登记会商")
        if held_on > found.today:
            raise CallError(f"会商日{held_on}在今天（{found.today}）之后")
        day = held_on.isoformat()
        if day in meetings(found.ledger.events(EVENT)):
            raise CallError(f"{day}的会商已经登记，一日只登记一次")
        if not outcomes:
            raise CallError("须写明会商结论（--outcome）")
        given = [one for one in outcomes if one.owner or one.due_on]
        if half := [one.what for one in given if not (one.owner and one.due_on)]:
            raise CallError(f"会商结论“{half[0]}”的责任人和期限须同时写明")
        noted = [one.what for one in outcomes if one not in given]
        facts = {"held_on": day, "minutes": asdict(minutes), "noted": noted}
        tasks = [entry(found, actor, "meeting", day, one.what, one.owner, one.due_on, met_on=held_on) for one in given]
        events = found.ledger.append(found.now, [Entry(EVENT, actor, day, facts), *tasks])
        known = followups(found.ledger.events(*EVENTS))
        return meetings(found.ledger.events(EVENT))[day], tuple(known[event.seq] for event in events[1:])
