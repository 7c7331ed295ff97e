"""What an analyst enters with evidence because no figure shows it: violations, risk events, withdrawals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from etl.declarations import read_rows
from etl.errors import CallError
from etl.ledger import Event
from etl.proposals import Paper
from etl.settings import DECLARATIONS

COLUMNS = ("kind", "name", "rule")


@dataclass(frozen=True)
class IncidentKind:
    """One kind of incident and the trigger rule that it raises."""

    code: str
    name: str
    rule: str


@dataclass(frozen=True)
class Incident:
    """One incident of one member, by its number in the ledger; `entered_on` is when the Bureau recorded it."""

    id: int
    kind: IncidentKind
    subject: str
    entered_on: date
    happened_on: date
    note: str
    paper: Paper
    entered_by: str


@cache
def incident_kinds() -> dict[str, IncidentKind]:
    """Code → kind, as `data/incidents.csv` declares them."""
    rows = read_rows(DECLARATIONS / "incidents.csv", *COLUMNS)
    return {row["kind"]: IncidentKind(row["kind"], row["name"], row["rule"]) for row in rows}


def incident_kind(code: str) -> IncidentKind:
    """A declared kind. Raises CallError where there is none of that name."""
    try:
        return incident_kinds()[code]
    except KeyError:
        listed = "、".join(f"{kind.code}（{kind.name}）" for kind in incident_kinds().values())
        raise CallError(f"没有“{code}”这种事件，应为{listed}之一") from None


def incidents(events: Iterable[Event]) -> dict[int, Incident]:
    """Number → incident, oldest first, from ledger events `incident`; one annulled (`annulment`) is left out."""
    events = list(events)
    annulled = {event.payload["incident"] for event in events if event.kind == "annulment"}
    return {
        event.seq: Incident(
            event.seq,
            incident_kinds()[event.payload["kind"]],
            event.subject,
            date.fromisoformat(event.payload["entered_on"]),
            date.fromisoformat(event.payload["happened_on"]),
            event.payload["note"],
            Paper(**event.payload["paper"]),
            event.actor,
        )
        for event in events
        if event.kind == "incident" and event.seq not in annulled
    }
