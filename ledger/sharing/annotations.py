"""Annotations (批注): a text pinned to a month of a series, withdrawn by a further event, read back from the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ledger.events import Event

ANNOTATED, WITHDRAWN = EVENTS = ("annotation", "annotation_withdrawal")


@dataclass(frozen=True)
class Withdrawal:
    """Who took an annotation back, when, and why."""

    by: str
    on: date
    reason: str


@dataclass(frozen=True)
class Annotation:
    """A text about an indicator of a scope's entity at a period. `id` is the number of its event."""

    id: int
    indicator: str
    scope: str
    entity: str
    period: str
    text: str
    by: str
    on: date
    withdrawn: Withdrawal | None = None

    @property
    def series(self) -> tuple[str, str, str]:
        return self.indicator, self.scope, self.entity


def annotations(events: Iterable[Event]) -> dict[int, Annotation]:
    """Number → annotation, oldest first, from ledger events of the kinds in `EVENTS`."""
    pinned: dict[int, Annotation] = {}
    for event in events:
        facts, on = event.payload, date.fromisoformat(event.payload["on"])
        if event.kind == ANNOTATED:
            about = (facts[name] for name in ("indicator", "scope", "entity", "period", "text"))
            pinned[event.seq] = Annotation(event.seq, *about, event.actor, on)
        else:
            taken_back = Withdrawal(event.actor, on, facts["reason"])
            pinned[facts["annotation"]] = replace(pinned[facts["annotation"]], withdrawn=taken_back)
    return pinned
