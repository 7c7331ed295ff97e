"""Saved views (常用视图): a page with its selection under a name, own or shared, read back from the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.events import Event
from ledger.people import key_of

SAVED, REMOVED = EVENTS = ("saved_view", "saved_view_removal")


@dataclass(frozen=True)
class SavedView:
    """A page's address and parameters under a name. `circle`: among whom it is shared, empty while it is its owner's
    alone. `id` is the number of its event."""

    id: int
    name: str
    page: str
    parameters: tuple[tuple[str, str], ...]
    owner: str
    circle: str


def saved_views(events: Iterable[Event]) -> dict[int, SavedView]:
    """Number → view, the oldest first, from ledger events of the kinds in `EVENTS`; of an owner's views of one name the
    latest counts."""
    kept: dict[int, SavedView] = {}
    for event in events:
        facts = event.payload
        if event.kind == REMOVED:
            kept.pop(facts["view"], None)
            continue
        view = SavedView(
            event.seq, event.subject, facts["page"], tuple(sorted(facts["parameters"].items())), event.actor,
            facts["circle"],
        )  # fmt: skip
        kept = {number: other for number, other in kept.items() if not _replaced(other, view)}
        kept[view.id] = view
    return kept


def _replaced(other: SavedView, view: SavedView) -> bool:
    return (key_of(other.owner), other.name) == (key_of(view.owner), view.name)
