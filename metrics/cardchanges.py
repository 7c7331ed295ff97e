"""Scorecards over time: those declared and the later ones of the ledger, a whole card of one kind from a day on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from etl.output import plain
from metrics.catalogue import catalogue
from metrics.scorecards import Item, Scorecard, checked_items, declared_scorecards

ITEM_KEYS = ("theme", "item", "source", "weight", "floor", "full", "min_whole")


class CardEvent(Protocol):
    """What is read of a ledger event of kind `scorecard`: kind, items (rows of `ITEM_KEYS` as text), effective_from,
    document_no, reason, proposer, approver."""

    seq: int
    payload: Mapping[str, Any]


def cards_over_time(events: Iterable[CardEvent] = ()) -> tuple[Scorecard, ...]:
    """The declared scorecards with the ledger's; of two of one kind from the same day the later event counts.

    Raises:
        DeclarationError: a card of the ledger does not hold with the catalogue as it is now, say for an indicator
            that has gone.
    """
    cards = {(card.kind, card.effective_from): card for card in declared_scorecards(frozenset(catalogue()))}
    for event in events:
        facts = event.payload
        kind, day = facts["kind"], date.fromisoformat(facts["effective_from"])
        items = items_of(facts["items"], f"台账第{event.seq}号事件")
        said = (facts.get(key, "") for key in ("reason", "proposer", "approver"))
        cards[kind, day] = Scorecard(kind, day, facts["document_no"], items, *said)
    return tuple(cards[key] for key in sorted(cards))


def items_of(rows: Sequence[Mapping[str, str]], where: str) -> tuple[Item, ...]:
    """Items from rows of `ITEM_KEYS` as text, with all checks of a declared card. Raises DeclarationError."""
    numbered = [(f"{where}第{number}项", row) for number, row in enumerate(rows, start=1)]
    return checked_items(numbered, frozenset(catalogue()), f"{where}评分表")


def rows_of(items: Iterable[Item]) -> list[dict[str, str]]:
    """Items as rows of `ITEM_KEYS`, numbers as text: what a ledger event holds."""
    return [
        {
            "theme": item.theme,
            "item": item.code,
            "source": item.source,
            "weight": plain(item.weight),
            "floor": plain(item.floor),
            "full": plain(item.full),
            "min_whole": plain(item.min_whole),
        }
        for item in items
    ]
