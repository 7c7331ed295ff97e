"""A data version made after an act was acknowledged, in the background of the process that people act in.

The act itself is in the ledger before anybody asks here, so nothing hangs on the thread: what a killed process left
unpublished is published by the next one that asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

Tell = Callable[[int, int], None]  # how many steps are behind us, and of how many
Make = Callable[[str, Tell], int]  # publishes under a name, telling of its steps; gives the number


@dataclass(frozen=True)
class Publication:
    """How the publication that somebody waits for stands: running, made (its number), or failed (why, in words)."""

    running: bool
    steps: tuple[int, int] = (0, 0)
    number: int | None = None
    failure: str = ""


class Publisher:
    """Publishes when asked, one at a time; who asks while one runs is served by the next, together with all others."""

    def __init__(self, make: Make, failed: Callable[[Exception], str]) -> None:
        """`failed` notes an error and gives the words for it."""
        self._make, self._failed = make, failed
        self._lock = threading.Lock()
        self._asked = self._served = 0  # tickets: the last given out, and the last that a publication was ended for
        self._by = ""
        self._last = Publication(False)
        self._steps = (0, 0)
        self._running = False

    def ask(self, by: str) -> int:
        """Has all that the ledger holds by now published; gives a ticket. Returns at once."""
        with self._lock:
            self._asked, self._by = self._asked + 1, by
            if not self._running:
                self._running, self._steps = True, (0, 0)
                threading.Thread(target=self._run, name="publication").start()
            return self._asked

    def standing(self, ticket: int) -> Publication:
        """How the publication that serves a ticket stands."""
        with self._lock:
            return self._last if ticket <= self._served else Publication(True, self._steps)

    @property
    def is_running(self) -> bool:
        return self._running

    def _run(self) -> None:
        while True:
            with self._lock:
                ticket, by = self._asked, self._by
                if ticket == self._served:
                    self._running = False
                    return
                self._steps = (0, 0)
            try:
                ended = Publication(False, number=self._make(by, self._tell))
            except Exception as error:  # whatever it is: those who wait are told
                ended = Publication(False, failure=self._failed(error))
            with self._lock:
                self._served, self._last = ticket, ended

    def _tell(self, done: int, total: int) -> None:
        self._steps = (done, total)
