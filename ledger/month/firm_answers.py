"""What banks say to the key firms of a district, and what the district adds to their record, from ledger events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ledger.events import Event
from ledger.numbering import Numbering
from ledger.proposals import Paper

EVENT = "firm_answer"
NOTE = "firm_note"


@dataclass(frozen=True)
class FirmAnswer:
    """One bank's answer about one firm that a district put forward; `answer` is of the list `firm_answer`."""

    id: int
    district: str
    uscc: str
    bank: str
    answer: str
    reason: str
    on: date
    by: str
    papers: tuple[Paper, ...]
    number: str = ""  # as people call it: 2026年第7号


def firm_answers(events: Iterable[Event]) -> list[FirmAnswer]:
    """The answers in the order in which they were given, of one day in that of the ledger."""
    numbering = Numbering()
    answers = [
        FirmAnswer(
            event.seq,
            event.payload["district"],
            event.subject,
            event.payload["bank"],
            event.payload["answer"],
            event.payload["reason"],
            date.fromisoformat(event.payload["on"]),
            event.actor,
            tuple(Paper(**paper) for paper in event.payload["papers"]),
            numbering.of(event),
        )
        for event in events
    ]
    return sorted(answers, key=lambda answer: (answer.on, answer.id))


@dataclass(frozen=True)
class FirmNote:
    """One thing that was done for a firm that a district put forward, or learnt of it: when, in words, by whom."""

    id: int
    district: str
    uscc: str
    text: str
    on: date
    by: str
    number: str = ""  # as people call it: 2026年第7号


def firm_notes(events: Iterable[Event]) -> list[FirmNote]:
    """The notes in the order of their days, of one day in that of the ledger."""
    numbering = Numbering()
    notes = [
        FirmNote(
            event.seq,
            event.payload["district"],
            event.subject,
            event.payload["text"],
            date.fromisoformat(event.payload["on"]),
            event.actor,
            numbering.of(event),
        )
        for event in events
    ]
    return sorted(notes, key=lambda note: (note.on, note.id))
