"""What a district adds to the record of its key firms (对接记录), read back from ledger events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ledger.events import Event

EVENT = "firm_note"


@dataclass(frozen=True)
class FirmNote:
    """One thing that was done for a firm that a district put forward, or learnt of it: when, in words, by whom."""

    id: int
    district: str
    uscc: str
    text: str
    on: date
    by: str


def firm_notes(events: Iterable[Event]) -> list[FirmNote]:
    """The notes in the order of their days, of one day in that of the ledger."""
    notes = [
        FirmNote(
            event.seq,
            event.payload["district"],
            event.subject,
            event.payload["text"],
            date.fromisoformat(event.payload["on"]),
            event.actor,
        )
        for event in events
    ]
    return sorted(notes, key=lambda note: (note.on, note.id))
