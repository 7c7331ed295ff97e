"""`python bindings.py NAME sheets.tsv out.xlsx`: pyexcelerate, rustpy_xlsxwriter, and excelize (Go) from Python."""

import sys
from datetime import datetime
from pathlib import Path

import excelize
import pyexcelerate
import rustpy_xlsxwriter

NAME, FROM, TO = sys.argv[1:]
CELLS = [line.split("\t") for line in Path(FROM).read_text(encoding="utf-8").splitlines()]
NAMES = list(dict.fromkeys(cell[0] for cell in CELLS))


def value(kind: str, text: str) -> object:
    match kind:
        case "text":
            return text
        case "date":
            return datetime.fromisoformat(text)
        case "boolean":
            return text == "1"
        case _:
            return float(text)


if NAME == "pyexcelerate":
    book = pyexcelerate.Workbook()
    sheets = {name: book.new_sheet(name) for name in NAMES}
    for name, row, column, kind, text in CELLS:
        sheets[name].set_cell_value(int(row), int(column), value(kind, text))
        if kind in ("date", "percent"):
            style = pyexcelerate.Style(format=pyexcelerate.Format("yyyy/mm/dd" if kind == "date" else "0.00%"))
            sheets[name].set_cell_style(int(row), int(column), style)
    book.save(TO)
elif NAME == "excelize":
    book = excelize.new_file()
    styles = {"percent": book.new_style(excelize.Style(num_fmt=10)), "date": book.new_style(excelize.Style(num_fmt=14))}
    for name in NAMES:
        book.new_sheet(name)
    for name, row, column, kind, text in CELLS:
        address = excelize.coordinates_to_cell_name(int(column), int(row))
        # The binding of Python hands a moment after 2038 on as one of 1903: dates are given as their numbers.
        given = (value(kind, text) - datetime(1899, 12, 30)).days if kind == "date" else value(kind, text)
        book.set_cell_value(name, address, given)
        if kind in styles:
            book.set_cell_style(name, address, address, styles[kind])
    book.delete_sheet("Sheet1")
    book.save_as(TO)
else:  # a record a row under its headers, so without titles and formats
    sheets = {}
    for name in NAMES:
        own = [cell for cell in CELLS if cell[0] == name]
        top = 1 if name == "封面" else 3
        headers = {cell[2]: cell[4] for cell in own if int(cell[1]) == top}
        records: dict[str, dict] = {}
        for _, row, column, kind, text in own:
            if int(row) > top:
                kind, text = ("text", f"{float(text) * 100:.2f}") if kind == "percent" else (kind, text)
                records.setdefault(row, dict.fromkeys(headers.values()))[headers[column]] = value(kind, text)
        sheets[name] = list(records.values())
    rustpy_xlsxwriter.write_worksheets(list(sheets.items()), TO)
