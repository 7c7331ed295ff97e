"""The number by which people call a thing: 2026年第7号, counted by kind and calendar year in the order of the ledger.

Its place in the ledger is what machines go by: it counts every event of every kind.
"""

from __future__ import annotations

from collections import Counter

from ledger.events import Event


class Numbering:
    """Counts the things of one kind as they are read from the ledger, oldest first; every one has to be read."""

    def __init__(self) -> None:
        self._counted: Counter[int] = Counter()

    def of(self, event: Event) -> str:
        """The number of the thing that an event begins: the next of the year in which it was recorded."""
        year = event.at.year
        self._counted[year] += 1
        return f"{year}年第{self._counted[year]}号"
