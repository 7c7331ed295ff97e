"""Tie-outs with the national form S70 (对数): what was compared, what was apart and why, read back from the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.events import Event
from ledger.proposals import Paper

EVENT = "tie_out"


@dataclass(frozen=True)
class Difference:
    """One cell that did not tie, in the form's unit; None where a side has no figure. `reason` is the analyst's."""

    bank: str
    column: str
    s70: Decimal | None
    pilot: Decimal | None
    outcome: str
    reason: str


@dataclass(frozen=True)
class TieOut:
    """One period held beside the national form: `compared` cells, with the file of the form and the data version."""

    id: int
    period: str
    on: date
    by: str
    snapshot: int
    compared: int
    differences: tuple[Difference, ...]
    paper: Paper


def tie_outs(events: Iterable[Event]) -> dict[str, TieOut]:
    """Period → its tie-out from ledger events `tie_out`; a later one takes the place of an earlier one."""
    return {
        event.subject: TieOut(
            event.seq,
            event.subject,
            date.fromisoformat(event.payload["on"]),
            event.actor,
            event.payload["snapshot"],
            event.payload["compared"],
            tuple(map(_difference, event.payload["differences"])),
            Paper(**event.payload["paper"]),
        )
        for event in events
    }


def _difference(facts: dict[str, str | None]) -> Difference:
    s70, pilot = (None if facts[side] is None else Decimal(facts[side]) for side in ("s70", "pilot"))
    return Difference(facts["bank"], facts["column"], s70, pilot, facts["outcome"], facts["reason"])
