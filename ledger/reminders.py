"""Reminders (催报): each time that a member was asked for a missing report, and what it said, read from the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ledger.events import Event
from ledger.proposals import Paper

EVENTS = ("reminder", "reminder_answer")


@dataclass(frozen=True)
class Reminder:
    """One reminder, by its number in the ledger. `means` is of the list `reminder_means`; `to`: who was spoken to."""

    id: int
    submitter: str
    period: str
    means: str
    to: str
    on: date
    by: str
    papers: tuple[Paper, ...]
    answer: str = ""
    answered_on: date | None = None
    answered_by: str = ""


def reminders(events: Iterable[Event]) -> dict[int, Reminder]:
    """Number → reminder, oldest first, from ledger events of the kinds in `EVENTS`. The latest answer counts."""
    sent: dict[int, Reminder] = {}
    for event in events:
        facts = event.payload
        papers = tuple(Paper(**paper) for paper in facts["papers"])
        on = date.fromisoformat(facts["on"])
        if event.kind == "reminder":
            names = (facts["period"], facts["means"], facts["to"])
            sent[event.seq] = Reminder(event.seq, event.subject, *names, on, event.actor, papers)
        else:
            reminder = sent[facts["reminder"]]
            answered = {"answer": facts["answer"], "answered_on": on, "answered_by": event.actor}
            sent[reminder.id] = replace(reminder, **answered, papers=(*reminder.papers, *papers))
    return sent
