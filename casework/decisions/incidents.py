"""Incidents entered by an analyst with a file as evidence, confirmed by another person, taken back by a further event.

Each raises a trigger; those that decide the year's grade do so once they are confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from casework.held import File, holding
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from ledger.archive import digest
from ledger.events import Ledger
from ledger.incidents import EVENTS, Incident, IncidentKind, incident_kinds, incidents
from ledger.people import Actor, Earlier, check_person, second_person
from ledger.roster import ON_LIST

ENTERS, CONFIRMS = "incidents", "approve"  # areas of `data/access.csv`


def recorded(ledger: Ledger) -> dict[int, Incident]:
    """Number → incident, those taken back left out."""
    return incidents(ledger.events(*EVENTS))


def known_incidents(viewer: Viewer, home: Home) -> tuple[Incident, ...]:
    """Every incident that stands, the latest first. Raises AccessDenied."""
    own_only(viewer, ENTERS)
    return tuple(reversed(recorded(Ledger(home.ledger)).values()))


def record(
    home: Home, kind: IncidentKind, subject: str, file: File, by: Actor, on: date | None = None, note: str = ""
) -> Incident:
    """Enters an incident of a member on the list; `on` is the day it happened, today unless told otherwise.

    Raises:
        CallError: the member is not on the list, the day is still to come, or the same file is in for it already.
        AccessDenied: the user's role enters no incidents.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, ENTERS, "登记事件")
        member, happened_on = held.listed.get(subject), on or held.today
        if member is None or member.states[-1].value not in ON_LIST:
            raise CallError(f"{subject}不在试点名单上，不能登记“{kind.name}”")
        if happened_on > held.today:
            raise CallError(f"发生日{happened_on}在今天（{held.today}）之后")
        content_hash = digest(file[1])
        for other in recorded(held.ledger).values():
            if (other.kind, other.subject, other.paper.sha256) == (kind, subject, content_hash):
                raise CallError(f"同一文件已作为{subject}“{kind.name}”的依据登记为{other.number}事件")
        days = {"entered_on": held.today.isoformat(), "happened_on": happened_on.isoformat()}
        paper = asdict(held.keep(file))
        number = held.append("incident", actor, subject, kind=kind.code, **days, note=note, paper=paper)
        return recorded(held.ledger)[number]


def confirm(home: Home, number: int, subject: str, file: File, by: Actor) -> Incident:
    """Confirms an incident of a kind that decides the year's grade, with a file, by another person than entered it.

    Raises:
        CallError: the member has no such incident, its kind needs no confirmation, it has one, or it is the person's
            own.
        AccessDenied: the user's role confirms no incidents.
    """
    with holding(home) as held:
        actor = second_person(held.ledger, by, CONFIRMS, "确认", "事件", _entered(held.ledger, number, subject))
        incident = _incident(held.ledger, number, subject)
        if not incident.kind.veto:
            vetoing = "、".join(kind.name for kind in incident_kinds().values() if kind.veto)
            raise CallError(f"“{incident.kind.name}”无须确认；须确认的是{vetoing}")
        if incident.confirmation:
            raise CallError(f"第{number}号事件已于{incident.confirmation.on}由{incident.confirmation.by}确认")
        paper = held.keep(file)
        facts = {"incident": number, "on": held.today.isoformat(), "paper": asdict(paper)}
        held.append("incident_confirmation", actor, subject, **facts, content_hash=paper.sha256)
        return recorded(held.ledger)[number]


def annul(home: Home, number: int, subject: str, file: File, by: Actor) -> Incident:
    """Takes an incident back that was entered by mistake, with a file as evidence; gives it as it stood.

    Raises:
        CallError: the member has no such incident, or it is taken back already.
        AccessDenied: the user's role takes none back.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, ENTERS, "撤销事件")
        taken_back = _incident(held.ledger, number, subject)
        held.append("annulment", actor, subject, incident=number, paper=asdict(held.keep(file)))
        return taken_back


def _entered(ledger: Ledger, number: int, subject: str) -> Iterator[Earlier]:
    incident = _incident(ledger, number, subject)
    yield incident.entered_by, f"{incident.number}事件由{incident.entered_by}登记"


def _incident(ledger: Ledger, number: int, subject: str) -> Incident:
    incident = recorded(ledger).get(number)
    if incident is None or incident.subject != subject:
        raise CallError(f"{subject}没有第{number}号事件，或已撤销")
    return incident
