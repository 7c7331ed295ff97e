"""Scorecards over time: those declared and the later ones of the ledger, a whole card of one kind from a day on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from contract.console.output import plain
from contract.errors import DeclarationError
from contract.wording import KINDS
from metrics.evaluation.scorecards import COLUMNS, Item, Scorecard, checked_items, declared_scorecards
from metrics.indicators.catalogue import catalogue

OF_THE_CARD = ("kind", "effective_from", "document_no")
ITEM_KEYS = tuple(column for column in COLUMNS if column not in OF_THE_CARD)
NUMBERS = ("weight", "floor", "full", "min_whole")


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
    for card in cards.values():
        check_direction(card.kind, card.items, "scorecards.csv")
    for event in events:
        facts = event.payload
        kind, day = facts["kind"], date.fromisoformat(facts["effective_from"])
        items = items_of(kind, facts["items"], f"台账第{event.seq}号事件")
        said = (facts.get(key, "") for key in ("reason", "proposer", "approver"))
        cards[kind, day] = Scorecard(kind, day, facts["document_no"], items, *said)
    return tuple(cards[key] for key in sorted(cards))


def items_of(kind: str, rows: Sequence[Mapping[str, str]], where: str) -> tuple[Item, ...]:
    """Items from rows of `ITEM_KEYS` as text, with all checks of a declared card. Raises DeclarationError."""
    numbered = [(f"{where}第{number}项", row) for number, row in enumerate(rows, start=1)]
    items = checked_items(numbered, frozenset(catalogue()), f"{where}的评分表")
    check_direction(kind, items, where)
    return items


def check_direction(kind: str, items: Iterable[Item], where: str) -> None:
    """Raises DeclarationError for an item whose indicator has no values of the kind, or is better the other way."""
    for item in items:
        source = catalogue().get(item.source)
        if source is None:
            continue
        if kind not in source.scopes:
            raise DeclarationError(f"{where}：评分项{item.code}的来源指标{item.source}没有{KINDS[kind]}的数值")
        if item.code == item.source and source.better == ("higher" if item.floor > item.full else "lower"):
            should = "越低越好，floor应大于full" if source.better == "lower" else "越高越好，floor应小于full"
            raise DeclarationError(f"{where}：评分项{item.code}{should}")


def rows_of(items: Iterable[Item]) -> list[dict[str, str]]:
    """Items as rows of `ITEM_KEYS`, numbers as text: what a ledger event holds."""
    return [{key: plain(getattr(item, _field(key))) for key in ITEM_KEYS} for item in items]


def item_of(row: Mapping[str, str]) -> Item:
    """An item from such a row, as it was once checked."""
    numbers = {key: Decimal(row[key]) if row[key] else None for key in NUMBERS}
    return Item(**{_field(key): numbers.get(key, text) for key, text in row.items()})


def _field(key: str) -> str:
    return "code" if key == "item" else key
