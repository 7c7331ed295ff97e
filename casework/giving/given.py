"""What is asked to be given to others, as those read it who may; and the file that is handed out, on record."""

from __future__ import annotations

from casework.giving.requests import GIVES, hand_out
from contract.settings import Home
from contract.viewer import Viewer, own_only
from ledger.archive import fetch
from ledger.audit import record_look
from ledger.events import Ledger
from ledger.givings import EVENTS, Giving, givings
from ledger.people import Actor

WHAT = "giving"  # in the audit


def givings_for(viewer: Viewer, home: Home) -> tuple[Giving, ...]:
    """Every request, the latest first. Raises AccessDenied."""
    own_only(viewer, GIVES)
    return tuple(reversed(givings(Ledger(home.ledger).events(*EVENTS)).values()))


def taken_out(home: Home, number: int, by: Actor) -> tuple[str, bytes]:
    """Name and content of the file of an approved request, handed out now and never again: in the ledger first, then in
    the audit with whom it is for, why, how many rows of which level, and its hash.

    Raises as `hand_out`; RefusedFile where the archive lacks it; LedgerError where it cannot be recorded: then nothing
    is handed out.
    """
    giving = hand_out(home, number, by)
    content = fetch(home.archive, giving.paper.sha256)
    draft = giving.draft
    asked = {"接收单位": draft.recipient, "用途": draft.purpose, "批准": giving.approver, "编号": giving.number}
    record_look(home, by, WHAT, asked, draft.rows, draft.version, content, level=draft.level, area=GIVES)
    return giving.paper.name, content
