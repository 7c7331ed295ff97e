"""Where in a file the reader is: told to whoever listens, so that a reader that stops for good can be placed."""

from __future__ import annotations

from collections.abc import Callable

listeners: list[Callable[[str], None]] = []


def now_reading(sheet: str) -> None:
    """Tells that a sheet or CSV file is begun."""
    for tell in listeners:
        tell(sheet)
