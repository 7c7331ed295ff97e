"""What was being handed in when its process was ended: noted before it begins, and told to its person afterwards.

What was acknowledged is in the ledger and what was not is nowhere; but a page that is gone has told nobody which.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casework.filing.intake import Upload
from contract.errors import PilotError
from contract.settings import Home, wall_time
from contract.storage import system_words
from contract.unseen import shown
from contract.viewer import Viewer
from ledger.archive import digest
from ledger.events import Event, Ledger
from ledger.guard.private import FILE_MODE, FOLDER_MODE
from ledger.people import same_person

NOTES = "handing-in"  # a folder of the warehouse, a file a hand-in: locked as long as its process lives


@dataclass(frozen=True)
class Became:
    """What became of one file: the number of its receipt, the reason for which it was refused, or neither."""

    name: str
    receipt: int = 0
    refusal: str = ""

    @property
    def words(self) -> str:
        if self.receipt:
            return f"“{self.name}”已登记，回执号{self.receipt}，不必再报"
        if self.refusal:
            return f"“{self.name}”未受理：{self.refusal}"
        return f"“{self.name}”没有登记，请再报一次"


@dataclass(frozen=True)
class Unfinished:
    """A hand-in that nobody was told the end of: when it began, and what became of each of its files."""

    begun: datetime
    files: tuple[Became, ...]
    note: Path


@contextmanager
def noted(viewer: Viewer, home: Home, uploads: Sequence[Upload]) -> Iterator[None]:
    """Holds a note of what is handed in until whoever hands it in is told what became of it.

    It stays where that did not come about: the process was killed, or the page was left meanwhile. Of the same person
    those that stayed before are gone afterwards. Raises PilotError where it cannot be written: nothing is begun then.
    """
    before = [one.note for one in unfinished(viewer, home)]
    files = [{"name": shown(upload.name), "sha256": digest(upload.content)} for upload in uploads]
    facts = {"user": viewer.user, "begun": wall_time().isoformat(), "after": _head(home), "files": files}
    path = home.warehouse / NOTES / f"{secrets.token_hex(8)}.json"
    with _laid(path, facts):
        try:
            yield
        except PilotError:  # said on the page
            path.unlink()
            raise
        for done in (path, *before):
            done.unlink(missing_ok=True)


@contextmanager
def _laid(path: Path, facts: dict) -> Iterator[None]:
    """The note in its file, locked; the lock goes with its process."""
    with ExitStack() as stack:
        try:
            path.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
            file = stack.enter_context(path.open("x", encoding="utf-8"))
            fcntl.flock(file, fcntl.LOCK_EX)
            path.chmod(FILE_MODE)
            file.write(f"{json.dumps(facts, ensure_ascii=False)}\n")
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            raise PilotError(f"{system_words(error)}，没有报送，请稍后再试") from error
        yield


def unfinished(viewer: Viewer, home: Home) -> list[Unfinished]:
    """What this person handed in and was not told the end of, the oldest first."""
    found = []
    for path in sorted((home.warehouse / NOTES).glob("*.json")):
        facts = _left_behind(path)
        if facts and same_person(facts["user"], viewer.user):
            events = [event for event in _events(home, facts["after"]) if same_person(event.actor, viewer.user)]
            files = tuple(_became(file["name"], file["sha256"], events) for file in facts["files"])
            found.append(Unfinished(datetime.fromisoformat(facts["begun"]), files, path))
    return sorted(found, key=lambda one: one.begun)


def forget(told: Unfinished) -> None:
    """Drops the note: its person has seen it."""
    told.note.unlink(missing_ok=True)


def _left_behind(path: Path) -> dict | None:
    """A note that nobody holds any more; None for one whose process is at it still, or whose writing never ended: then
    nothing was begun."""
    try:
        with path.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            written = file.read()
    except (BlockingIOError, FileNotFoundError):
        return None
    return json.loads(written) if written.endswith("\n") else None


def _became(name: str, sha256: str, events: Sequence[Event]) -> Became:
    for event in events:
        if event.payload["content_hash"] == sha256:
            return Became(name, event.seq) if event.kind == "submission" else Became(name, 0, event.payload["reason"])
    return Became(name)


def _head(home: Home) -> int:
    return Ledger(home.ledger).head()[0] if home.ledger.exists() else 0


def _events(home: Home, after: int) -> list[Event]:
    if not home.ledger.exists():
        return []
    return [event for event in Ledger(home.ledger).events("submission", "refusal") if event.seq > after]
