"""What time it is for a ledger: a replay's moment, the demonstration's fixed moment, or the clock on the wall."""

from __future__ import annotations

from datetime import datetime

from contract.settings import clock, wall_time
from ledger.events import Ledger


def demonstration_moment(ledger: Ledger) -> datetime | None:
    """The fixed moment of a demonstration, where this ledger is one."""
    events = ledger.events("demonstration")
    return datetime.fromisoformat(events[-1].payload["moment"]) if events else None


def reference_time(ledger: Ledger) -> datetime:
    """What time it is for this ledger: `PILOT_NOW`, else the demonstration's moment, else the clock."""
    return clock() or demonstration_moment(ledger) or wall_time()
