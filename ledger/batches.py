"""Batches (布置): a period opened once, with who must file what by when and the notice, read back from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ledger.events import Event
from ledger.proposals import Paper

EVENT = "batch"


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
