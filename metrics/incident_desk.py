"""Incidents entered by an analyst with a file as evidence, and taken back by a further event; each raises a trigger."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from etl.errors import CallError
from etl.incidents import Incident, IncidentKind, incidents
from etl.ledger import Ledger
from etl.proposals import Paper
from etl.roster import ON_LIST
from etl.settings import Home
from metrics.deciding import desk
from metrics.people import PROPOSERS, check_person

EVENTS = ("incident", "annulment")


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


def annul(home: Home, number: int, subject: str, paper: Paper, by: str) -> None:
    """Takes an incident back that was entered by mistake, with a file as evidence.

    Raises CallError where the member has no such incident, or it is taken back already.
    """
    with desk(home) as found:
        actor = check_person(found.ledger, by, PROPOSERS, "撤销事件")
        incident = recorded(found.ledger).get(number)
        if incident is None or incident.subject != subject:
            raise CallError(f"{subject}没有第{number}号事件，或已撤销")
        found.append("annulment", actor, subject, incident=number, paper=asdict(paper))
