"""A sheet as text: the one shape that workbook and CSV readers hand on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

# A cell that holds no usable value is handed on as a private-use character before what the person
# sees, so that no type accepts it and its finding can say why.
NO_CACHED_VALUE = "\ue000"
ERROR_VALUE = "\ue001"
PRECISION_LOST = "\ue002"
UNREADABLE = (NO_CACHED_VALUE, ERROR_VALUE, PRECISION_LOST)

# Excel keeps 15 digits: a longer whole number typed as a number has lost its tail.
EXACT_LIMIT = 10**15


@dataclass(frozen=True)
class Grid:
    """One sheet or CSV file. Grain: a list of cell texts (None = blank) a row, with the row number a person sees."""

    name: str
    rows: tuple[tuple[int, list[str | None]], ...]
    hidden: bool = False


def number_text(value: float) -> str:
    """A stored double as the digits that Excel shows for it, without exponent.

    Excel shows 15; of a number that other programs wrote with more, those of an amount (6 decimals) are kept.
    """
    if value == int(value) and abs(value) < EXACT_LIMIT:
        return str(int(value))
    shown, stored = Decimal(f"{value:.15g}"), Decimal(repr(value))
    return format(stored if shown != stored and stored.as_tuple().exponent >= -6 else shown, "f")


def cell_text(value: object) -> str | None:
    """A cell of a workbook as text; dates in ISO form."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        text = number_text(float(value))
        return PRECISION_LOST + text if abs(value) >= EXACT_LIMIT else text
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
