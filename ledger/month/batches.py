"""Batches (布置), with who must file what by when, and reminders (催报) with their answers, from ledger events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from ledger.events import Event
from ledger.numbering import Numbering
from ledger.proposals import Paper

EVENT = "batch"
EVENTS = ("reminder", "reminder_answer")


@dataclass(frozen=True)
class Batch:
    """One period as it was opened. `expected`: member → codes of the forms it files; `deadline` is 24:00 of its day."""

    period: str
    opened_on: date
    opened_by: str
    deadline: datetime
    expected: Mapping[str, tuple[str, ...]]
    notice: Paper
    id: int = 0  # its number in the ledger

    def state(self, now: datetime, closed_at: datetime) -> str:
        """How it stands at a moment, in words; `closed_at` is when the period closes."""
        return "已关闭" if now >= closed_at else "已截止" if now >= self.deadline else "报送中"


def batches(events: Iterable[Event]) -> dict[str, Batch]:
    """Period → batch, in the order of periods, from ledger events `batch`."""
    opened = {
        event.subject: Batch(
            event.subject,
            date.fromisoformat(event.payload["on"]),
            event.actor,
            datetime.fromisoformat(event.payload["deadline"]),
            {code: tuple(forms) for code, forms in event.payload["expected"].items()},
            Paper(**event.payload["notice"]),
            event.seq,
        )
        for event in events
    }
    return dict(sorted(opened.items()))


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
    number: str = ""  # as people call it: 2026年第7号


def reminders(events: Iterable[Event]) -> dict[int, Reminder]:
    """Number → reminder, oldest first, from ledger events of the kinds in `EVENTS`. The latest answer counts."""
    sent: dict[int, Reminder] = {}
    numbering = Numbering()
    for event in events:
        facts = event.payload
        papers = tuple(Paper(**paper) for paper in facts["papers"])
        on = date.fromisoformat(facts["on"])
        if event.kind == "reminder":
            names = (facts["period"], facts["means"], facts["to"])
            said = (event.subject, *names, on, event.actor, papers)
            sent[event.seq] = Reminder(event.seq, *said, number=numbering.of(event))
        else:
            reminder = sent[facts["reminder"]]
            answered = {"answer": facts["answer"], "answered_on": on, "answered_by": event.actor}
            sent[reminder.id] = replace(reminder, **answered, papers=(*reminder.papers, *papers))
    return sent
