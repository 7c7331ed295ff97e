"""Data given to others (对外提供): each request with its file, its outcome and its giving out, read back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ledger.events import Event
from ledger.numbering import Numbering
from ledger.proposals import APPROVED, PROPOSED, REJECTED, Paper

GIVING, APPROVAL, REJECTION, GIVEN = "giving", "giving_approval", "giving_rejection", "giving_out"
EVENTS = (GIVING, APPROVAL, REJECTION, GIVEN)


@dataclass(frozen=True)
class GivingDraft:
    """What is to be given to whom: `recipient` and `purpose` in words, `what` the file holds, how many `rows` (0: it is
    no table), of which `level` of `data/levels.csv`, from which data version (0: from none)."""

    recipient: str
    purpose: str
    what: str
    level: str
    rows: int = 0
    version: int = 0


@dataclass(frozen=True)
class Giving:
    """One request from its beginning to the giving out; `id` is its number in the ledger."""

    id: int
    number: str  # as people call it: 2026年第7号
    draft: GivingDraft
    paper: Paper
    proposer: str
    proposed_on: date
    status: str = PROPOSED
    decided_on: date | None = None
    approver: str = ""
    rejected_because: str = ""
    given_on: date | None = None
    given_by: str = ""


def givings(events: Iterable[Event]) -> dict[int, Giving]:
    """Number → request, oldest first, from ledger events of the kinds in `EVENTS`."""
    found: dict[int, Giving] = {}
    numbering = Numbering()
    for event in events:
        facts = event.payload
        if event.kind == GIVING:
            said = (facts["purpose"], facts["what"], facts["level"], facts["rows"], facts["version"])
            paper, on = Paper(**facts["paper"]), date.fromisoformat(facts["proposed_on"])
            draft = GivingDraft(event.subject, *said)
            found[event.seq] = Giving(event.seq, numbering.of(event), draft, paper, event.actor, on)
            continue
        known, on = found.get(facts.get("giving")), date.fromisoformat(facts["on"])
        if known is None:
            continue
        if event.kind == GIVEN:
            found[known.id] = replace(known, given_on=on, given_by=event.actor)
        else:
            rejected = event.kind == REJECTION
            found[known.id] = replace(
                known,
                status=REJECTED if rejected else APPROVED,
                decided_on=on,
                approver=event.actor,
                rejected_because=facts["reason"] if rejected else "",
            )
    return found
