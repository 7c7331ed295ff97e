"""The ledger as it stood before one event: enough of a ledger, and of a home, for an act to be done on it once more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from casework.held import File, Held, Past
from contract.errors import CallError
from contract.parameters import Parameters
from contract.settings import Home
from contract.viewer import OWN_ROLES, Viewer
from ledger.events import Entry, Event, Ledger
from ledger.people import USER, Actor, key_of, users
from ledger.policy import parameters_of
from ledger.proposals import EVENTS as CASES
from ledger.proposals import Paper, Proposal, proposals
from ledger.roster import Member, members

Told = TypeVar("Told")
SHA256 = re.compile(b"[0-9a-f]{64}")


class PastLedger(Ledger):
    """The events that were found sound so far, in memory; what an act appends is told apart, and kept by nobody."""

    def __init__(self) -> None:  # no file is opened: nothing here is stored
        self._kept: dict[str, list[tuple[int, Event]]] = {}
        self._order = 0
        self._memory: dict[Hashable, tuple[int, object]] = {}
        self._counts: dict[Hashable, int] = {}
        self.said: dict[tuple[str, str], dict] = {}  # member and finding → what the member said of it last
        self.made: list[Event] = []
        self.at, self.next_seq = datetime.min, 1

    def begin(self, event: Event, at: datetime) -> None:
        """Sets number and moment of the event that is judged next."""
        self.made, self.at, self.next_seq = [], at, event.seq

    def append(self, at: datetime, entries: Sequence[Entry]) -> list[Event]:
        """What an act would have appended, with the numbers that it would have had."""
        new = [
            Event(number, self.at, entry.kind, entry.actor, entry.subject, json.loads(json.dumps(entry.payload)), "")
            for number, entry in enumerate(entries, self.next_seq + len(self.made))
        ]
        self.made += new
        return new

    def events(self, *kinds: str) -> list[Event]:
        """Events in the order in which they were kept, then what the act at hand has appended."""
        known = [pair for kind in kinds or self._kept for pair in self._kept.get(kind, ())]
        made = [event for event in self.made if not kinds or event.kind in kinds]
        return [event for _, event in sorted(known, key=lambda pair: pair[0])] + made

    def keep(self, event: Event) -> None:
        """Takes an event that was found sound."""
        self._order += 1
        self._kept.setdefault(event.kind, []).append((self._order, event))
        self.made = []

    def told_by(self, read: Callable[[Sequence[Event]], Told], *kinds: str) -> Told:
        """What is read from the events of these kinds, read anew only once there are more of them."""
        count = sum(len(self._kept.get(kind, ())) for kind in kinds)
        known = self._memory.get((read, kinds))
        if known is None or known[0] != count:
            known = self._memory[(read, kinds)] = (count, read(self.events(*kinds)))
        return known[1]

    def tally(self, kind: str, key: tuple[str, ...]) -> int:
        """How many events of a kind were counted under a key."""
        return self._counts.get((kind, key), 0)

    def count(self, kind: str, key: tuple[str, ...]) -> None:
        self._counts[(kind, key)] = self.tally(kind, key) + 1


class PastHeld(Held):
    """The ledger for an act as it stood then. Of a file that was handed in, its hash stands for its content."""

    def keep(self, file: File) -> Paper:
        name, sha256 = file
        if not SHA256.fullmatch(sha256):
            raise CallError(f"文件{name}没有校验值")
        return Paper(name, sha256.decode())


class Before:
    """What stood before one event, read only where it is asked for."""

    def __init__(self, home: Home, ledger: PastLedger, event: Event, at: datetime) -> None:
        self.ledger, self.now = ledger, at
        self._home, self._event = home, event

    @cached_property
    def held(self) -> Held:
        return PastHeld(self._home, self.ledger, self.now, self.listed, self.cases, self.parameters)

    @cached_property
    def home(self) -> Past:
        return Past(self._home.root, self.held)

    @cached_property
    def listed(self) -> dict[str, Member]:
        return self.ledger.told_by(members, "decision")

    @cached_property
    def cases(self) -> dict[int, Proposal]:
        return self.ledger.told_by(proposals, *CASES)

    @cached_property
    def parameters(self) -> Parameters:
        return parameters_of(self.ledger)

    @cached_property
    def actor(self) -> Actor:
        """Who acted: where that is a member's user, as on the screen, held to its member; anybody else by name."""
        name = self._event.actor
        user = self.ledger.told_by(users, USER).get(key_of(name))
        return Viewer(name, name, user.role, user.scope) if user and user.role in OWN_ROLES else name


def as_file(paper: dict[str, str]) -> File:
    """A paper as an event states it, as an act takes it in a replay."""
    return paper["name"], paper["sha256"].encode()


def as_handed_in(facts: dict[str, object]) -> File | None:
    """The file of an event that names it by `file_name` and `content_hash`; None where it has none."""
    return (facts["file_name"], facts["content_hash"].encode()) if facts.get("content_hash") else None
