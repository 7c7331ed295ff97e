"""How commands print rows: as text for people, csv and json for programs; values plain, absent ones empty."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

Row = Mapping[str, object]


def plain(value: object) -> str:
    """A value as text: ISO dates, decimals without exponent and padding, an absent value as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def as_csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([plain(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def as_json(rows: Sequence[Row], columns: Sequence[str]) -> str:
    kept = (int, float, bool, type(None))
    shown = [
        {column: value if isinstance(value := row.get(column), kept) else plain(value) for column in columns}
        for row in rows
    ]
    return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def as_text(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Columns aligned for a terminal, wide characters counted twice."""
    cells = [list(columns), *([plain(row.get(column)) for column in columns] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)) for row in cells
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


FORMATS: dict[str, Callable[[Sequence[Row], Sequence[str]], str]] = {
    "text": as_text,
    "csv": as_csv,
    "json": as_json,
}
