"""Follow-ups as a viewer may see them, read from the ledger as it is now, and the viewer's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contract.errors import CallError
from contract.month_work import work_codes
from contract.settings import Home
from contract.viewer import ROLES, Viewer
from etl.snapshot.opened import Snapshot
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.followups import CLOSED, EVENTS, MEMBER, ROLE, Followup, followups
from ledger.people import same_person
from metrics.queries.door import held_to_own, rows


@dataclass(frozen=True)
class Owed:
    """A follow-up with its owner's name and whether it is overdue; `own`: whether the viewer is to do it."""

    followup: Followup
    owner_name: str
    overdue: bool
    own: bool

    @property
    def source_name(self) -> str:
        return f"{work_codes('followup_source')[self.followup.source]} {self.followup.source_id}"


def owed(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[Owed, ...]:
    """Every follow-up that the viewer may see: what is not closed first, by its day. A member sees those it owns."""
    own = held_to_own(viewer, "followups", None)
    ledger = Ledger(home.ledger)
    today = reference_time(ledger).date()
    short = rows(snapshot, "SELECT code, short_name FROM member").set_index("code")["short_name"].to_dict()
    known = [
        Owed(followup, _owner_name(followup, short), followup.overdue(today), is_own(viewer, followup))
        for followup in followups(ledger.events(*EVENTS)).values()
        if own is None or is_own(viewer, followup)
    ]
    return tuple(sorted(known, key=_urgency))


def _urgency(owing: Owed) -> tuple[bool, date, int]:
    """What is still to be done first, by its day."""
    followup = owing.followup
    return followup.state == CLOSED, followup.due_on, followup.id


def numbered(viewer: Viewer, snapshot: Snapshot, home: Home, number: int) -> Owed:
    """One follow-up by its number. Raises CallError where there is none that the viewer may see."""
    for owing in owed(viewer, snapshot, home):
        if owing.followup.id == number:
            return owing
    raise CallError(f"没有第{number}号督办事项")


def is_own(viewer: Viewer, followup: Followup) -> bool:
    """Whether a follow-up is the viewer's to do: the member's it acts for, its role's, or its own by name."""
    if followup.owner_kind == MEMBER:
        return followup.owner == viewer.scope
    return followup.owner == viewer.role if followup.owner_kind == ROLE else same_person(followup.owner, viewer.user)


def _owner_name(followup: Followup, short: dict[str, str]) -> str:
    if followup.owner_kind == MEMBER:
        return short.get(followup.owner, followup.owner)
    return ROLES[followup.owner] if followup.owner_kind == ROLE else followup.owner
