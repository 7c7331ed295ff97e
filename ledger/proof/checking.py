"""Before anyone writes: is the chain sound? What was added since the last check each time, the whole at least daily.

The last check is kept with its hash beside the snapshots, so that an end that is cut off is found as well.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from contract.settings import Home, wall_time
from ledger.events import Ledger
from ledger.guard.chain import FIRST
from ledger.guard.private import FILE_MODE

WHOLE_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Checked:
    """How far the ledger was found sound, and when all of it was last looked at (by the clock on the wall)."""

    seq: int = 0
    hash: str = FIRST
    whole_at: str = ""

    def is_due(self, now: datetime) -> bool:
        """Whether the whole has to be looked at again; also where the clock was set back."""
        if not self.whole_at:
            return True
        return not timedelta() <= now - datetime.fromisoformat(self.whole_at) < WHOLE_EVERY


def note_path(home: Home) -> Path:
    return home.warehouse / ".ledger-checked"


def last_check(home: Home) -> Checked:
    """What the last check left; nothing checked where there is no note, or none that can be read."""
    try:
        return Checked(**json.loads(note_path(home).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return Checked()


def check(home: Home, ledger: Ledger, whole: bool = False) -> None:
    """Looks at what was added since the last check, at the whole where that is asked for or due, and notes it.

    Raises LedgerError where the ledger was changed, has lost its end or is damaged. Nothing is noted then.
    """
    now, last = wall_time(), last_check(home)
    seq, head = ledger.head()
    is_whole = whole or last.is_due(now)
    if is_whole:
        ledger.demand(last.seq, last.hash)
        ledger.verify()
    else:
        ledger.verify_after(last.seq, last.hash)
    _note(home, Checked(seq, head, now.isoformat() if is_whole else last.whole_at), last)


def _note(home: Home, checked: Checked, last: Checked) -> None:
    if checked == last:
        return
    path = note_path(home)
    aside = path.with_suffix(f".{os.getpid()}")
    aside.touch(FILE_MODE)
    aside.write_text(json.dumps(asdict(checked)), encoding="utf-8")
    os.replace(aside, path)
