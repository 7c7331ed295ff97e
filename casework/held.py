"""The ledger as it stands while its lock is held: what every act is checked against, and where it is appended.

So of two acts at once the second is checked against what the first has left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from contract.errors import CallError
from contract.parameters import Parameters
from contract.settings import Home
from etl.snapshot.publish import publish
from etl.warehouse.lock import writing
from ledger.archive import keep
from ledger.clock import reference_time
from ledger.events import Entry, Event, Ledger
from ledger.people import Actor, name_of
from ledger.policy import parameters_of
from ledger.proposals import EVENTS, Paper, Proposal, proposals
from ledger.roster import Member, members

Matter = TypeVar("Matter")
File = tuple[str, bytes]  # handed in with an act: its name and what is in it


@dataclass(frozen=True)
class Held:
    """A ledger whose lock is held: the list, list decisions, policy, and what time it is."""

    home: Home
    ledger: Ledger
    now: datetime
    listed: Mapping[str, Member]
    proposals: Mapping[int, Proposal]
    parameters: Parameters

    @property
    def today(self) -> date:
        return self.now.date()

    def append(self, kind: str, actor: str, subject: str, /, **payload: object) -> int:
        """Adds one event; gives its number."""
        (event,) = self.ledger.append(self.now, [Entry(kind, actor, subject, payload)])
        return event.seq

    def keep(self, file: File) -> Paper:
        """Keeps a file as evidence. Raises CallError for an empty one."""
        name, content = file
        if not content:
            raise CallError(f"文件{name}是空的")
        return Paper(name, keep(self.home.archive, content))

    def known(
        self, read: Callable[[Iterable[Event]], Mapping[int, Matter]], kinds: Sequence[str], number: int, called: str
    ) -> Matter:
        """What is `called` 使用者提议, 督办事项 and the like, by its number in the ledger, with what has been appended
        about it so far; `read` reads them from events of some kinds. Raises CallError where there is none."""
        matter = read(self.ledger.events(*kinds)).get(number)
        if matter is None:
            raise CallError(f"没有第{number}号{called}")
        return matter

    def reread(self, number: int) -> Proposal:
        """A list decision with what has been appended about it since the lock was taken."""
        return proposals(self.ledger.events(*EVENTS))[number]


@dataclass(frozen=True)
class Past(Home):
    """A home as it stood when an act was done, on which the act is done once more: nothing is written by it."""

    held: Held


@contextmanager
def holding(home: Home) -> Iterator[Held]:
    """The ledger for one act, with the lock held until it is done; of a `Past`, the ledger as it stood then."""
    if isinstance(home, Past):
        yield home.held
        return
    with writing(home):
        ledger = Ledger(home.ledger)
        yield Held(
            home,
            ledger,
            reference_time(ledger),
            members(ledger.events("decision")),
            proposals(ledger.events(*EVENTS)),
            parameters_of(ledger),
        )


def act_and_publish(act: Callable[..., object], home: Home, *given: object, by: Actor, **named: object) -> int:
    """Does an act, then makes the data version that shows it; gives its number. Raises as the act does."""
    act(home, *given, by=by, **named)
    return publish(home, Ledger(home.ledger), name_of(by))
