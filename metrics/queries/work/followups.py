"""Follow-ups as a viewer may see them, read from the ledger as it is now, and the viewer's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from contract.errors import CallError
from contract.month_work import work_codes
from contract.settings import Home
from contract.viewer import ROLES, Viewer
from etl.snapshot.opened import Snapshot
from ledger.clock import reference_time
from ledger.events import Event, Ledger
from ledger.month.followups import CLOSED, EVENTS, MEMBER, ROLE, Followup, followups
from ledger.people import same_person
from metrics.queries.door import held_to_own, ledger_beside, rows, snapshot_seal
from metrics.warnings.rules import rule_of


@dataclass(frozen=True)
class Owed:
    """A follow-up with its owner's name, what it comes from in words, and whether it is overdue; `own`: whether the
    viewer is to do it."""

    followup: Followup
    owner_name: str
    source_name: str
    overdue: bool
    own: bool


def owed(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[Owed, ...]:
    """Every follow-up that the viewer may see: what is not closed first, by its day. A member sees those it owns."""
    ledger = Ledger(home.ledger)
    return _owed(viewer, snapshot, ledger.events(*EVENTS), reference_time(ledger).date())


def owed_then(viewer: Viewer, snapshot: Snapshot) -> tuple[Owed, ...]:
    """The same as it stood when the data version was built, whatever has been done since: for what is made again."""
    last, _ = snapshot_seal(snapshot)
    events = [event for event in Ledger(ledger_beside(snapshot)).events(*EVENTS) if event.seq <= last]
    return _owed(viewer, snapshot, events, snapshot.now.date())


def _owed(viewer: Viewer, snapshot: Snapshot, events: Iterable[Event], today: date) -> tuple[Owed, ...]:
    own = held_to_own(viewer, "followups", None)
    short = rows(snapshot, "SELECT code, short_name FROM member").set_index("code")["short_name"].to_dict()
    raised = rows(snapshot, "SELECT id, rule, subject FROM trigger_case").set_index("id")
    known = [
        Owed(
            followup,
            _owner_name(followup, short),
            _source_name(followup, short, raised),
            followup.overdue(today),
            is_own(viewer, followup),
        )
        for followup in followups(events).values()
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


def _source_name(followup: Followup, short: Mapping[str, str], raised: pd.DataFrame) -> str:
    """`预警线索：海淀同比增速过低`, `校验问题：甲银行2026-10报送`; others by what they are called themselves."""
    sort, name = work_codes("followup_source")[followup.source], followup.source_id
    if followup.source == "trigger" and name in raised.index:
        subject = raised.at[name, "subject"]
        return f"{sort}：{short.get(subject, subject)}{rule_of(raised.at[name, 'rule']).name}"
    if followup.source == "finding":
        submitter, period, _ = name.split("/", 2)
        return f"{sort}：{short.get(submitter, submitter)}{period}报送"
    return f"{sort} {name}"


def _owner_name(followup: Followup, short: dict[str, str]) -> str:
    if followup.owner_kind == MEMBER:
        return short.get(followup.owner, followup.owner)
    return ROLES[followup.owner] if followup.owner_kind == ROLE else followup.owner
