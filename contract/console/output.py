"""How commands print rows: as text for people, csv and json for programs; values plain, absent ones empty."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from contract.console.program import later

if TYPE_CHECKING:
    import xlsxwriter

new_workbook = later("xlsxwriter:Workbook")  # most commands print

Row = Mapping[str, object]
STARTS_A_FORMULA = tuple("=+-@\t\r＝＋－＠")
NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")


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


def guarded(value: object) -> object:
    """A text that a spreadsheet would run gets an apostrophe before it; numbers, as texts too, stay as they are."""
    runs = isinstance(value, str) and value.startswith(STARTS_A_FORMULA) and not NUMBER.fullmatch(value)
    return f"'{value}" if runs else value


def as_csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([plain(guarded(row.get(column))) for column in columns] for row in rows)
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


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: title and notes, then headers (column → name) and rows."""

    title: str
    rows: Sequence[Row]
    columns: Mapping[str, str]
    notes: Sequence[str] = ()


def as_workbook(sheets: Sequence[Sheet]) -> bytes:
    """Some sheets, each named by its title, with a frozen header; numbers as numbers, text never runs."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with new_workbook(target, options) as book:
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            _write(book.add_worksheet(sheet.title if len(sheets) > 1 else None), sheet, bold)
    return target.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, bold: xlsxwriter.format.Format) -> None:
    for at, line in enumerate((sheet.title, *sheet.notes)):
        page.write_string(at, 0, line, bold if at == 0 else None)
    top = len(sheet.notes) + 1
    for at, (code, name) in enumerate(sheet.columns.items()):
        page.write_string(top, at, name, bold)
        cells = [row.get(code) for row in sheet.rows]
        for below, cell in enumerate(cells, top + 1):
            if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
                page.write_number(below, at, cell)
            elif cell is not None:
                page.write_string(below, at, plain(cell))
        page.set_column(at, at, min(60, 2 + max(_width(text) for text in (name, *map(plain, cells)))))
    page.freeze_panes(top + 1, 0)


def as_xlsx(rows: Sequence[Row], columns: Mapping[str, str], title: str, notes: Sequence[str] = ()) -> bytes:
    """A workbook of one sheet."""
    return as_workbook([Sheet(title, rows, columns, notes)])


FORMATS: dict[str, Callable[[Sequence[Row], Sequence[str]], str]] = {
    "text": as_text,
    "csv": as_csv,
    "json": as_json,
}


def print_rows(rows: list[Row], columns: tuple[str, ...], shape: str) -> None:
    """Writes rows to the output, in one of `FORMATS`."""
    if shape != "json":  # a float's shortest decimal, so that none prints with an exponent
        rows = [
            {name: Decimal(repr(value)) if isinstance(value, float) else value for name, value in row.items()}
            for row in rows
        ]
    click.echo(FORMATS[shape](rows, columns), nl=False)
