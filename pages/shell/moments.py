"""Days, times and deadlines as the screen writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pandas as pd

from contract.wording import NO_VALUE


def day(moment: date | datetime | None) -> str:
    """`2026-11-16`, a dash where there is none."""
    return NO_VALUE if pd.isna(moment) else f"{moment:%Y-%m-%d}"


def minute(moment: datetime | None) -> str:
    """`2026-11-16 09:12`, a dash where there is none."""
    return NO_VALUE if pd.isna(moment) else f"{moment:%Y-%m-%d %H:%M}"


def due_at(deadline: datetime) -> str:
    """A deadline as people say it: the day before its midnight, at 24:00."""
    last = deadline - timedelta(days=1)
    return f"{last:%Y-%m-%d} 24时" if (deadline.hour, deadline.minute) == (0, 0) else f"{deadline:%Y-%m-%d %H:%M}"
