"""Incidents entered by an analyst with a file as evidence, confirmed by another person, taken back by a further event.

Each raises a trigger; those that decide the year's grade do so once they are confirmed.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from casework.decisions.steps import desk
from contract.errors import CallError
from contract.settings import Home
from ledger.events import Ledger
from ledger.incidents import EVENTS, Incident, IncidentKind, incident_kinds, incidents
from ledger.people import APPROVERS, PROPOSERS, check_person, same_person
from ledger.proposals import Paper
from ledger.roster import ON_LIST


def recorded(ledger: Ledger) -> dict[int, Incident]:
    """Number → incident, those taken back left out."""
    return incidents(ledger.events(*EVENTS))


def record(
    home: Home, kind: IncidentKind, subject: str, paper: Paper, by: str, on: date | None = None, note: str = ""
) -> Incident:
    """Enters an incident of a member on the list; `on` is the day it happened, today unless told otherwise.

    Raises:
        CallError: the member is not on the list, the day is still to come, or the same file is in for it already.
        AccessDenied: the user's role enters no incidents.
    """
    with desk(home) as found:
        actor = check_person(found.ledger, by, PROPOSERS, "登记事件")
        member, happened_on = found.listed.get(subject), on or found.today
        if member is None or member.states[-1].value not in ON_LIST:
            raise CallError(f"{subject}不在试点名单上，不能登记“{kind.name}”")
        if happened_on > found.today:
            raise CallError(f"发生日{happened_on}在今天（{found.today}）之后")
        for other in recorded(found.ledger).values():
            if (other.kind, other.subject, other.paper.sha256) == (kind, subject, paper.sha256):
                raise CallError(f"同一文件已作为{subject}“{kind.name}”的依据登记为第{other.id}号事件")
        days = {"entered_on": found.today.isoformat(), "happened_on": happened_on.isoformat()}
        number = found.append("incident", actor, subject, kind=kind.code, **days, note=note, paper=asdict(paper))
        return recorded(found.ledger)[number]


def confirm(home: Home, number: int, subject: str, paper: Paper, by: str) -> Incident:
    """Confirms an incident of a kind that decides the year's grade, with a file, by another person than entered it.

    Raises:
        CallError: the member has no such incident, its kind needs no confirmation, it has one, or it is the person's
            own.
        AccessDenied: the user's role confirms no incidents.
    """
    with desk(home) as found:
        actor = check_person(found.ledger, by, APPROVERS, "确认事件")
        incident = _incident(found.ledger, number, subject)
        if not incident.kind.veto:
            vetoing = "、".join(kind.name for kind in incident_kinds().values() if kind.veto)
            raise CallError(f"“{incident.kind.name}”无须确认；须确认的是{vetoing}")
        if incident.confirmation:
            raise CallError(f"第{number}号事件已于{incident.confirmation.on}由{incident.confirmation.by}确认")
        if same_person(actor, incident.entered_by):
            raise CallError(f"第{number}号事件由{incident.entered_by}登记，须由另一人确认，换用其他角色也不可")
        facts = {"incident": number, "on": found.today.isoformat(), "paper": asdict(paper)}
        found.append("incident_confirmation", actor, subject, **facts, content_hash=paper.sha256)
        return recorded(found.ledger)[number]


def annul(home: Home, number: int, subject: str, paper: Paper, by: str) -> None:
    """Takes an incident back that was entered by mistake, with a file as evidence.

    Raises CallError where the member has no such incident, or it is taken back already.
    """
    with desk(home) as found:
        actor = check_person(found.ledger, by, PROPOSERS, "撤销事件")
        _incident(found.ledger, number, subject)
        found.append("annulment", actor, subject, incident=number, paper=asdict(paper))


def _incident(ledger: Ledger, number: int, subject: str) -> Incident:
    incident = recorded(ledger).get(number)
    if incident is None or incident.subject != subject:
        raise CallError(f"{subject}没有第{number}号事件，或已撤销")
    return incident
