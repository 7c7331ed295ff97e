"""Cells and headers of a briefing's tables as text, the same in every format and on the screen."""

from __future__ import annotations

from briefing.issue.content import Cell, Number
from contract.wording import HUNDRED, plain, times

LONG_HEADER = 4  # characters


def shown(cell: Cell) -> str:
    """A cell as text; growth of more than 100 percent in times, as the text of the briefing says it."""
    if not isinstance(cell, Number):
        return cell
    if cell.growth and cell.value > HUNDRED:
        return times(cell.value)
    return plain(cell.value, cell.places, cell.signed, cell.grouped)


def headed(header: str) -> str:
    """A header with its unit on a line of its own, where both do not fit on one."""
    name, bracket, unit = header.partition("（")
    return f"{name}\n{bracket}{unit}" if bracket and len(header) > LONG_HEADER else header
