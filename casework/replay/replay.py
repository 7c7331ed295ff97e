"""Replays the whole ledger, event by event, and names each one that no act could have left there.

`data/replay.csv` names every kind of event with what judges it. What was found to be none of an act's is left out of
what stands before the events that follow, so that those which rest on it are named as well.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType

from casework.replay.past import Before, PastLedger
from contract.declarations import read_rows
from contract.errors import DeclarationError, PilotError, RefusedFile
from contract.levels import level_named
from contract.settings import DECLARATIONS, Home
from contract.viewer import areas
from ledger.events import Event

COLUMNS = ("kind", "name", "day", "level", "area", "callable")
# What a payload that no act has written makes a rule stumble on.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError)
# Words and files that an act was given with, or wrote by wording of its time: nothing is decided by them.
NOT_COMPARED = {"policy_proposal": {"changes", "file_name", "content_hash"}, "user_proposal": {"change"}}
EMPTY = ("", [], {}, ["", ""], None, False)


@dataclass(frozen=True)
class Kind:
    """One kind of event: what judges it, the field with the day on which it was done (empty: none), and the strictest
    level of data that it holds, or that the files have which it names; and the right that whoever acts uses, an area of
    `data/access.csv` (empty where nobody does)."""

    code: str
    name: str
    day: str
    level: str
    area: str
    judge: Callable[[Before, Event], None]


@cache
def kinds() -> dict[str, Kind]:
    """Code → kind, as `data/replay.csv` declares them."""
    return read_kinds(DECLARATIONS / "replay.csv")


def read_kinds(path: Path) -> dict[str, Kind]:
    """Code → kind. Raises DeclarationError where one is there twice, is of no level, names no area that there is, or
    nothing judges it."""
    declared: dict[str, Kind] = {}
    for number, row in enumerate(read_rows(path, *COLUMNS), start=2):
        module, _, function = row["callable"].partition(":")
        judge = getattr(_module(module), function, None)
        if judge is None:
            raise DeclarationError(f"{path.name}第{number}行：没有“{row['callable']}”")
        if row["kind"] in declared:
            raise DeclarationError(f"{path.name}第{number}行：事件种类{row['kind']}重复")
        level = level_named(row["level"], f"{path.name}第{number}行")
        if row["area"] and row["area"] not in areas():
            raise DeclarationError(f"{path.name}第{number}行的area“{row['area']}”不在access.csv中")
        declared[row["kind"]] = Kind(row["kind"], row["name"], row["day"], level, row["area"], judge)
    return declared


def _module(name: str) -> ModuleType | None:
    """A module by its name; None where there is none. What one that is there cannot import is told as it is."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        return None


def strange_events(home: Home, events: Sequence[Event]) -> list[str]:
    """A line an event that could not have come about through the acts, by number; none for a sound ledger."""
    first = next((event.kind for event in events if event.kind in ("demonstration", "submission")), "")
    replay = _Replay(home, first == "demonstration")
    for event in replay.in_order(events):
        replay.judge(event)
    replay.end()
    return [line for _, line in sorted(replay.found)]


class _Replay:
    """What was found sound so far, what an act at hand still has to leave, and what was found strange."""

    def __init__(self, home: Home, demonstration: bool) -> None:
        self.found: list[tuple[int, str]] = []
        self._home, self._demonstration = home, demonstration
        self._ledger = PastLedger()
        self._due: dict[int, Event] = {}  # by number, what came of one act with the event before

    def in_order(self, events: Iterable[Event]) -> list[Event]:
        """As they were appended. A demonstration enters months at once, so there each counts from its own day."""
        return sorted(events, key=self._moment) if self._demonstration else list(events)

    def _moment(self, event: Event) -> tuple[datetime, int]:
        """When an event of a demonstration was done: on the day that it states, if it was entered only after that."""
        if event.kind == "demonstration" or (event.kind == "decision" and "proposal" not in event.payload):
            return datetime.min, event.seq  # the mark and the first roster, which the rest begins with
        kind = kinds().get(event.kind)
        stated = event.payload.get(kind.day) if kind else None
        try:
            day = datetime.fromisoformat(stated).date() if isinstance(stated, str) else event.at.date()
        except ValueError:
            day = event.at.date()
        return (datetime.combine(day, event.at.time()) if day < event.at.date() else event.at), event.seq

    def judge(self, event: Event) -> None:
        """Finds an event strange, or takes it in."""
        because = self._fault(event)
        if because:
            kind = kinds().get(event.kind)
            about = "，".join(filter(None, (kind.name if kind else event.kind, event.subject, event.actor)))
            self.found.append((event.seq, f"台账第{event.seq}号事件（{about}）不是经办理产生的：{because}"))
        else:
            self._ledger.keep(event)

    def end(self) -> None:
        """Finds strange what an act should have left at once with its last event, and the ledger does not hold."""
        for seq, made in self._due.items():
            due = f"{made.actor}对{made.subject}的{kinds()[made.kind].name}"
            self.found.append((seq, f"台账缺少第{seq}号事件：应为{due}，与前一事件同时办理"))

    def _fault(self, event: Event) -> str:
        kind = kinds().get(event.kind)
        if kind is None:
            return "没有这种事件"
        if due := self._due.pop(event.seq, None):
            return _difference(due, event)
        at = self._moment(event)[0] if self._demonstration else event.at
        self._ledger.begin(event, at)
        try:
            kind.judge(Before(self._home, self._ledger, event, at), event)
        except RefusedFile:
            return ""  # the archive lacks what the act looked into, which is said of the archive
        except PilotError as error:
            return str(error)
        except MALFORMED as error:
            return f"所载内容不完整或不合规（{error}）"
        first, *more = self._ledger.made or [event]
        because = _difference(first, event)
        if not because:
            self._due |= {made.seq: made for made in more}
        return because


def _difference(made: Event, event: Event) -> str:
    """In what an event is another than the act would have left."""
    if made is event:
        return ""
    if (made.kind, made.actor, made.subject) != (event.kind, event.actor, event.subject):
        return f"应为{made.actor}对{made.subject}的{kinds()[made.kind].name}"
    ours, theirs = _told(made), _told(event)
    fields = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    return f"{'、'.join(fields)}与办理结果不符" if fields else ""


def _told(event: Event) -> dict[str, object]:
    """What an event says. What says nothing is left out: an early release had not all of the fields."""
    left_out = NOT_COMPARED.get(event.kind, set())
    return {name: value for name, value in event.payload.items() if name not in left_out and value not in EMPTY}
