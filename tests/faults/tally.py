"""What a part of the harness did: rounds, kills, where they fell, and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts of one part. A failure is kept with its reason and the part goes on."""

    name: str
    rounds: int = 0
    kills: int = 0
    places: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def killed(self, place: str) -> None:
        self.kills += 1
        self.count(place)

    def count(self, place: str) -> None:
        self.rounds += 1
        self.places[place] += 1

    @contextmanager
    def round(self, where: str) -> Iterator[None]:
        """What is found wrong within is a failure of the round; the next round goes on."""
        try:
            yield
        except AssertionError as error:
            self.failures.append(f"{where}: {error}")

    def lines(self) -> list[str]:
        head = f"{self.name}: {self.rounds} rounds, {self.kills} kills, {len(self.failures)} failures"
        places = [f"  {count:>5} {place}" for place, count in self.places.most_common()]
        return [head, *places, *(f"  FAILED {failure}" for failure in self.failures)]
