"""`python -m tests.faults.appending URL NAME FROM FOLDER`: appends for ever, noting before and after what it was told.

Each entry has a name of its own, NAME/NUMBER. A line of the note is `try`, `yes` with number and hash, `no` or
`unknown`, then the entry's name. What was refused, or left open, is given again every other time, by the same process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random

from contract.errors import LedgerError, OutcomeUnknown
from contract.places import Server
from ledger.database import connecting, postgres
from ledger.events import Entry, Ledger

AT = datetime(2026, 11, 16, 9)
MOST = 3  # entries of one append
PAUSE = 0.05  # seconds after a refusal


def write(ledger: Ledger, name: str, number: int, note: Callable[..., None], is_over: Callable[[], bool]) -> None:
    """Goes on until it is over; `note` keeps a line whatever becomes of this process."""
    chance = Random(f"{name}/{number}")
    while not is_over():
        entries = [
            Entry("try", name, f"{name}/{number}/{place}", {"n": number}) for place in range(chance.randint(1, MOST))
        ]
        number += 1
        while True:
            for entry in entries:
                note("try", entry.subject)
            try:
                events = ledger.append(AT, entries)
            except LedgerError as error:
                word = "unknown" if isinstance(error, OutcomeUnknown) else "no"
                for entry in entries:
                    note(word, entry.subject)
                time.sleep(PAUSE)
                if chance.random() < 0.5:
                    break
            else:
                for event in events:
                    note("yes", event.subject, event.seq, event.hash)
                break


def main(url: str, name: str, number: str, folder: str) -> None:
    # Short, so that patience ends while something is stalled, and the server's absence outlasts the search.
    connecting.CONNECT_SECONDS = postgres.LOOK_SECONDS = 1
    postgres.ANSWER_SECONDS, postgres.FIND_SECONDS = 1, 1
    notes = Path(folder, f"{name}.notes")
    with notes.open("a", buffering=1, encoding="utf-8") as file:
        ledger = None
        while ledger is None:
            try:
                ledger = Ledger(Server(url, "ledger"))
            except LedgerError:
                continue
        write(ledger, name, int(number), lambda *words: print(*words, file=file), Path(folder, "over").exists)


if __name__ == "__main__":
    main(*sys.argv[1:])
