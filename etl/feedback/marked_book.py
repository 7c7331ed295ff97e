"""Writes feedback as a workbook: before the submitter's own sheets with the offending cells coloured, or alone.

`as_bytes` runs in the child of `etl.reading.sandbox`: the submitter's file is opened there.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import PurePosixPath

import openpyxl
import xlsxwriter
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.workbook.child import INVALID_TITLE_REGEX
from openpyxl.worksheet.worksheet import Worksheet

from etl.reading.csv_files import read_csv
from etl.reading.packages import csv_files
from etl.reading.remarks import MARK
from etl.receiving.receive import Package
from etl.sheets.grids import UNREADABLE, Grid
from etl.sheets.workbook import is_usual, read_workbook

RED, YELLOW = (PatternFill("solid", start_color=colour) for colour in ("F8CBAD", "FFE699"))
FILLS = {"S": RED, "V": RED, "Q": YELLOW, "M": YELLOW}
HEADER_FILL, INPUT_FILL = "D9E2EC", "FFFBE6"
MAX_TEXT = 32_000
AUTHOR = "校验系统"
# Of feedback alone. A text stays a text, whatever it begins with; rows leave memory as they are written.
ALONE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True)
class Mark:
    """One offending cell of the submitter's file, and what is said there; without a text it is coloured alone."""

    sheet: str
    row: int
    column: int
    level: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """One sheet of feedback: lines above, then a table; the column `to_fill` (from 0) is for the submitter's words."""

    name: str
    lines: tuple[str, ...]
    headers: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[object, ...], ...]
    to_fill: int | None = None


@dataclass(frozen=True)
class MarkedBook:
    """What is to be written."""

    package: Package
    sheets: tuple[Sheet, ...]
    marks: tuple[Mark, ...] = ()


def as_bytes(marked: MarkedBook) -> bytes:
    """The workbook as xlsx. Raises RefusedFile where the submitter's file cannot be read."""
    book = _own_workbook(marked.package)
    for mark in marked.marks:
        sheet = _sheet_of(book, mark.sheet)
        if sheet is not None:
            _mark(_shown_at(sheet, mark.row, mark.column), mark)
    for sheet in [sheet for sheet in book.worksheets if str(sheet.cell(1, 1).value or "").startswith(MARK)]:
        book.remove(sheet)  # an earlier feedback that was sent back
    for place, sheet in enumerate(marked.sheets):
        _write(book.create_sheet(sheet.name, place), sheet)
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is book.worksheets[0]
    book.active = 0
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _empty() -> Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    return book


def _own_workbook(package: Package) -> Workbook:
    """The submitter's workbook as it came; CSV files as a sheet each, every cell as text."""
    files = csv_files(package)
    if files is not None:
        return _as_texts(read_csv(files[name], PurePosixPath(name).name) for name in files if files[name].strip())
    content = package.files[package.name]
    if not is_usual(content):
        return _as_texts(read_workbook(content))
    try:
        return openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
    except MemoryError:
        raise
    except Exception:  # what other programs write, and the reader can read, breaks openpyxl in many ways
        return _as_texts(read_workbook(content))


def _as_texts(grids: Iterable[Grid]) -> Workbook:
    """A sheet a grid, every cell as text."""
    book = _empty()
    for grid in grids:
        sheet = book.create_sheet(_title(grid.name))
        for row, cells in grid.rows():
            for column, text in enumerate(cells, 1):
                if text is not None:
                    _put(sheet, row, column, text)
    return book


def _title(name: str) -> str:
    """A file's name as Excel allows it for a sheet."""
    return INVALID_TITLE_REGEX.sub("_", name)[:31]


def _clean(text: str) -> str:
    """The text without the characters that no workbook can hold, the reader's own marks included."""
    return ILLEGAL_CHARACTERS_RE.sub("", text.lstrip("".join(UNREADABLE)))[:MAX_TEXT]


def _put(sheet: Worksheet, row: int, column: int, value: object) -> Cell:
    """Writes a value; a text that begins like a formula stays a text."""
    if not isinstance(value, str):
        return sheet.cell(row, column, value)
    cell = sheet.cell(row, column, _clean(value))
    cell.data_type = "s"
    return cell


def _sheet_of(book: Workbook, name: str) -> Worksheet | None:
    """The sheet that a finding names; a CSV file's sheet bears the file's name, as far as Excel allows."""
    return next((sheet for sheet in book.worksheets if sheet.title in (name, _title(name))), None)


def _shown_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell that shows at a place: of merged cells, the first."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        return sheet.cell(area.min_row, area.min_col)
    return cell


def _mark(cell: Cell, mark: Mark) -> None:
    cell.fill = FILLS[mark.level]
    if mark.text:
        before = f"{cell.comment.text}\n" if cell.comment else ""
        cell.comment = Comment(before + _clean(mark.text), AUTHOR, width=320, height=110)


def top_of(content: Sheet) -> int:
    """The row of the table's headers, from 1: below the lines and a blank one."""
    return len(content.lines) + 2


def _write(sheet: Worksheet, content: Sheet) -> None:
    for row, line in enumerate(content.lines, 1):
        _put(sheet, row, 1, line).font = Font(bold=row == 1, size=13 if row == 1 else 11)
    top = top_of(content)
    for column, header in enumerate(content.headers, 1):
        cell = _put(sheet, top, column, header)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color=HEADER_FILL)
    pattern = Cell(sheet, top + 1, 1)  # stands in no row: it only gives the styles their numbers
    pattern.alignment = Alignment(wrap_text=True, vertical="top")
    wrapped = copy(pattern._style)
    pattern.fill = PatternFill("solid", start_color=INPUT_FILL)
    styles = [pattern._style if column == content.to_fill else wrapped for column in range(len(content.headers))]
    for row, values in enumerate(content.rows, top + 1):
        for column, (value, style) in enumerate(zip(values, styles, strict=True), 1):
            # Looking a style up by its properties, cell by cell, takes most of the time of writing a workbook.
            _put(sheet, row, column, value)._style = copy(style)
    for column, width in enumerate(content.widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{top + 1}"
    sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(content.headers))}{top + max(len(content.rows), 1)}"


def feedback_alone(sheets: Sequence[Sheet]) -> bytes:
    """The sheets of feedback alone as xlsx, for a file that is too large to be marked: nothing of it is opened."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, ALONE) as book:
        title, header = book.add_format({"bold": True, "font_size": 13}), {"bold": True, "bg_color": f"#{HEADER_FILL}"}
        head, cell = book.add_format(header), book.add_format({"text_wrap": True, "valign": "top"})
        to_fill = book.add_format({"text_wrap": True, "valign": "top", "bg_color": f"#{INPUT_FILL}"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for column, width in enumerate(sheet.widths):
                page.set_column(column, column, width)
            for row, line in enumerate(sheet.lines):
                page.write_string(row, 0, line, title if row == 0 else None)
            top = top_of(sheet) - 1
            for column, name in enumerate(sheet.headers):
                page.write_string(top, column, name, head)
            for row, values in enumerate(sheet.rows, top + 1):
                for column, value in enumerate(values):
                    style = to_fill if column == sheet.to_fill else cell
                    if isinstance(value, str):
                        page.write_string(row, column, value[:MAX_TEXT], style)
                    else:
                        page.write(row, column, value, style)
            page.freeze_panes(top + 1, 0)
            page.autofilter(top, 0, top + max(len(sheet.rows), 1), len(sheet.headers) - 1)
    return content.getvalue()
