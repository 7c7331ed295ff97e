"""What is printed beside the briefing (lists, case files), as content: title, sections, tables; and as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contract.console.output import Row, as_text, plain


@dataclass(frozen=True)
class Section:
    """A heading with lines of text, and a table where there is one: column names and rows of cells as text."""

    heading: str
    lines: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Printed:
    """What goes on paper. `notes` stand under the title; `warning` above it; `wide`: across the page."""

    title: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    dated: datetime
    warning: str = ""
    wide: bool = False


def table(heading: str, columns: dict[str, str], rows: Sequence[Row], lines: tuple[str, ...] = ()) -> Section:
    """A section with a table of rows, a column an entry (name → header)."""
    cells = tuple(tuple(plain(row.get(name)) for name in columns) for row in rows)
    return Section(heading, lines, tuple(columns.values()), cells)


def plain_text(printed: Printed) -> str:
    """The same content as text."""
    parts = [*filter(None, (printed.warning,)), printed.title, *printed.notes]
    for section in printed.sections:
        parts += ["", section.heading, *section.lines]
        if section.rows:
            rows = [dict(zip(section.header, row, strict=True)) for row in section.rows]
            parts.append(as_text(rows, section.header).rstrip("\n"))
    return "\n".join(parts) + "\n"
