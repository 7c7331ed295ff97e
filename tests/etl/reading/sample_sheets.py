"""The submission that other programs were given to write: `python -m tests.etl.reading.sample_sheets json` (or `tsv`).

It is the valid one of `tests.etl.submissions` as a person would type it into a spreadsheet: numbers and dates as such,
a rate in per cent, logical values, a formula with its result, two title rows of which the first is merged.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from contract.declarations import forms
from tests.etl.submissions import submission

NUMERIC = {"int", "money", "rate", "days"}
# A cell is a text, a number, null, or an object of one of these names.
FORMATS = {"date": "yyyy-mm-dd", "percent": "0.00%"}
DATE, PERCENT, BOOLEAN, FORMULA = "date", "percent", "boolean", "formula"


def _cell(form: str, code: str, kind: str, text: str, row: int) -> object:
    if not text:
        return None
    if (form, code) == ("B1", "rate"):
        return {PERCENT: float(Decimal(text) / 100)}
    if (form, code) == ("B1", "green_channel"):
        return {BOOLEAN: text == "是"}
    if (form, code, row) == ("B1", "amount", 1):
        return {FORMULA: "500*2", "value": 1000}
    if kind == "date":
        return {DATE: text}
    return float(text) if kind in NUMERIC else text


def sheets() -> list[dict]:
    """Name and rows of each sheet, in their order."""
    written = []
    for name, rows in submission().items():
        if name == "cover":
            totals = ("行数", "金额")
            typed = [[label, float(value) if label.startswith(totals) else value] for label, value in rows]
            written.append({"name": "封面", "titles": 0, "rows": typed})
            continue
        columns = forms()[name].columns
        body = [
            [_cell(name, column.code, column.type, text, number) for column, text in zip(columns, row, strict=True)]
            for number, row in enumerate(rows[1:], 1)
        ]
        head = [[f"{name} {forms()[name].name}"], ["金额单位：万元"], rows[0]]
        written.append({"name": f"{name} {forms()[name].name}", "titles": 2, "rows": [*head, *body]})
    return written


def lines() -> Iterator[str]:
    """A filled cell a line: sheet, row and column from 1, kind, value."""
    for sheet in sheets():
        for row, cells in enumerate(sheet["rows"], 1):
            for column, cell in enumerate(cells, 1):
                if cell in (None, ""):
                    continue
                kind, value = "text" if isinstance(cell, str) else "number", cell
                if isinstance(cell, dict):
                    kind, value = next(iter(cell)), cell.get("value", next(iter(cell.values())))
                value = int(value) if isinstance(value, bool) else value
                yield "\t".join(map(str, (sheet["name"], row, column, kind, value)))


@cache
def as_workbook() -> bytes:
    """The sheets as xlsxwriter writes them."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2026, 10, 9, 9)})
        formats = {kind: book.add_format({"num_format": code}) for kind, code in FORMATS.items()}
        for given in sheets():
            sheet = book.add_worksheet(given["name"])
            for row, cells in enumerate(given["rows"]):
                for column, cell in enumerate(cells):
                    if isinstance(cell, dict):
                        _write(sheet, row, column, cell, formats)
                    elif cell not in (None, ""):
                        sheet.write(row, column, cell)
            if given["titles"]:
                sheet.merge_range(0, 0, 0, 3, given["rows"][0][0])
    return content.getvalue()


def _write(sheet: Worksheet, row: int, column: int, cell: dict, formats: dict[str, Format]) -> None:
    kind, value = next(iter(cell.items()))
    match kind:
        case "date":
            sheet.write_datetime(row, column, datetime.fromisoformat(value), formats[kind])
        case "percent":
            sheet.write_number(row, column, value, formats[kind])
        case "boolean":
            sheet.write_boolean(row, column, value)
        case "formula":
            sheet.write_formula(row, column, f"={value}", None, cell["value"])


if __name__ == "__main__":
    print("\n".join(lines()) if sys.argv[1:] == ["tsv"] else json.dumps(sheets(), ensure_ascii=False))
