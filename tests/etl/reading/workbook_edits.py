"""Valid workbooks after an edit, by openpyxl or in the text of a part, and what is read of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openpyxl

from etl.reading.packages import read_package
from etl.reading.submission import Reading
from tests.etl.submissions import package, place, submission, workbook

FIRST_DATA_ROW = 4


def read(content: bytes) -> Reading:
    return read_package(package(content))


def edited(edit: Callable[[openpyxl.Workbook], None], content: bytes | None = None) -> bytes:
    """A valid workbook after an edit, written by openpyxl (which writes formulas without values)."""
    book = openpyxl.load_workbook(io.BytesIO(content or workbook(submission())))
    edit(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def rewritten(
    edit: Callable[[str], str], part: str = "xl/worksheets/sheet2.xml", content: bytes | None = None
) -> bytes:
    """A valid workbook with the text of one part changed; sheet2 is B1."""
    written = io.BytesIO()
    given = io.BytesIO(content or workbook(submission()))
    with zipfile.ZipFile(given) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, edit(data.decode()).encode() if name == part else data)
    return written.getvalue()


def cell(form: str, column: str, row: int = FIRST_DATA_ROW) -> tuple[int, int]:
    """Row and column of a form's cell, from 1 as Excel counts."""
    return row, place(submission(), form, column) + 1


def put(column: str, value: object, number_format: str | None = None) -> Callable[[openpyxl.Workbook], None]:
    """Sets a cell of the first loan."""

    def edit(book: openpyxl.Workbook) -> None:
        found = book["B1"].cell(*cell("B1", column))
        found.value = value
        if number_format:
            found.number_format = number_format

    return edit


def text_of(content: bytes, column: str) -> str | None:
    return read(content).tables["B1"].columns[column][0].as_py()
