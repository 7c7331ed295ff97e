"""Meetings (会商): held on a day, with minutes and what was only noted, read back from the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contract.calendar import period_of, previous
from ledger.events import Event
from ledger.proposals import Paper

EVENT = "meeting"


@dataclass(frozen=True)
class Meeting:
    """One meeting. Its day names it: there is one a day. Its outcomes that someone must do are follow-ups.

    `noted`: what was decided and asks nothing of anybody. `ledger_seq`: its event, so what came after it can be told.
    """

    held_on: date
    minutes: Paper
    noted: tuple[str, ...]
    recorded_by: str
    ledger_seq: int

    @property
    def id(self) -> str:
        return self.held_on.isoformat()

    @property
    def period(self) -> str:
        """The period whose month of work the meeting belongs to: the month before it was held."""
        return previous(period_of(self.held_on))


def meetings(events: Iterable[Event]) -> dict[str, Meeting]:
    """Day → meeting, the earliest held first, from ledger events `meeting`."""
    held = [
        Meeting(
            date.fromisoformat(event.payload["held_on"]),
            Paper(**event.payload["minutes"]),
            tuple(event.payload["noted"]),
            event.actor,
            event.seq,
        )
        for event in events
    ]
    return {meeting.id: meeting for meeting in sorted(held, key=lambda meeting: meeting.held_on)}
