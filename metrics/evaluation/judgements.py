"""What people judge beside the figures: initiatives recognised for a bonus, items assessed with evidence.

Both are ledger events; here they become the tables `recognition` and `assessment` that scores read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol, TypeVar

import duckdb

from etl.snapshot.context import BuildContext
from etl.warehouse.tables import insert
from ledger.events import Event
from metrics.indicators import inputs

RECOGNISE, ASSESSMENT = "recognise", "assessment"  # kinds of ledger events
I1Row = tuple[str, str, str]  # submitter, period, title


class Recognition(Protocol):
    """What is read of a ledger event `recognise`: payload submitter, period, title; `revoked` where it takes back."""

    payload: Mapping[str, Any]


Told = TypeVar("Told", bound=Recognition)


def recognised_rows(events: Iterable[Told]) -> dict[I1Row, Told]:
    """The I1 rows that stand recognised, each with the event that says so; a later event may have revoked others."""
    recognised: dict[I1Row, Told] = {}
    for event in events:
        row = tuple(event.payload[name] for name in ("submitter", "period", "title"))
        if event.payload.get("revoked"):
            recognised.pop(row, None)
        else:
            recognised[row] = event
    return recognised


def assessments(events: Iterable[Event]) -> dict[tuple[str, str, str], Event]:
    """(period, member, item) → the latest ledger event `assessment`."""
    return {(event.payload["period"], event.subject, event.payload["item"]): event for event in events}


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Fills `recognition`, a row an I1 row that stands recognised, and `assessment`, a row a period, member and item.

    A recognition whose row is no longer in force stays here and counts for nothing.
    """
    inputs.create(connection, "recognition", "assessment")
    recognised = recognised_rows(context.ledger.events(RECOGNISE))
    rows = [(*row, said.at.date(), said.actor, said.payload.get("reason", "")) for row, said in recognised.items()]
    insert(connection, "recognition", sorted(rows))
    assessed = assessments(context.ledger.events(ASSESSMENT))
    insert(connection, "assessment", [_assessed(*key, said) for key, said in sorted(assessed.items())])


def _assessed(period: str, subject: str, item: str, event: Event) -> tuple:
    facts, paper = event.payload, event.payload["paper"]
    score = Decimal(facts["score"])
    said = (facts["reason"], event.at.date(), event.actor, paper["name"], paper["sha256"])
    return (period, subject, item, score, *said)
