"""The marked workbook: the submitter's own sheets with offending cells coloured, and the findings to work from."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path, PurePosixPath

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.workbook.child import INVALID_TITLE_REGEX
from openpyxl.worksheet.worksheet import Worksheet

from etl.check import VERDICT_WORDS, Checked
from etl.csvfiles import read_csv
from etl.errors import CallError
from etl.grids import UNREADABLE, Grid
from etl.output import plain
from etl.packagereading import csv_files
from etl.reading import Reading
from etl.rulebook import header_of
from etl.workbook import read_workbook

LEVEL_WORDS = {"S": "格式性", "V": "有效性", "Q": "合理性", "M": "一致性"}
FILLS = {"S": "F8CBAD", "V": "F8CBAD", "Q": "FFE699", "M": "FFE699"}
_WHERE = ("序号", "级别", "类别", "工作表", "行", "列")
COLUMNS = (*_WHERE, "填报值", "对照值", "差额", "问题", "怎么改", "校验编号", "说明原因")
WIDTHS = (6, 8, 12, 22, 7, 22, 22, 18, 14, 52, 42, 14, 30)
RESULT, SUMMARY = "校验结果", "校验汇总"
MAX_TEXT = 32_000
NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")


def _own_workbook(checked: Checked) -> Workbook:
    """The submitter's workbook as it came; CSV files as a sheet each, every cell as text."""
    package = checked.package
    files = csv_files(package)
    if files is not None:
        return _as_texts(read_csv(files[name], PurePosixPath(name).name) for name in files if files[name].strip())
    content = package.files[package.name]
    try:
        return openpyxl.load_workbook(io.BytesIO(content))
    except Exception:  # what other programs write, and the reader can read, breaks openpyxl in many ways
        return _as_texts(read_workbook(content))


def _as_texts(grids: Iterable[Grid]) -> Workbook:
    """A sheet a grid, every cell as text."""
    book = openpyxl.Workbook()
    book.remove(book.active)
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


def _place(reading: Reading, finding: dict) -> tuple[int, int] | None:
    """Row and column of the offending cell, where the finding has one."""
    if finding["form"] == "cover":
        item = reading.cover.get(finding["column"] or "")
        return (finding["row"] or item.row, item.position + 1) if item else None
    table = reading.tables.get(finding["form"])
    if table is None or finding["row"] is None:
        return None
    position = table.positions.get(finding["column"] or "", 0)
    return finding["row"], position + 1


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell that shows at a place: of merged cells, the first."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        return sheet.cell(area.min_row, area.min_col)
    return cell


def _mark(cell: Cell, finding: dict) -> None:
    text = f"{LEVEL_WORDS[finding['level']]}：{finding['message']}。{finding['advice']}（{finding['check']}）"
    before = f"{cell.comment.text}\n" if cell.comment else ""
    cell.fill = PatternFill("solid", start_color=FILLS[finding["level"]])
    cell.comment = Comment(before + _clean(text), "校验系统", width=320, height=110)


def _table(sheet: Worksheet, start: int, headers: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    for column, header in enumerate(headers, 1):
        cell = _put(sheet, start, column, header)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="D9E2EC")
    for offset, row in enumerate(rows, start + 1):
        for column, value in enumerate(row, 1):
            _put(sheet, offset, column, value).alignment = Alignment(wrap_text=True, vertical="top")


def _column_title(finding: dict) -> str:
    return header_of(finding["form"], finding["column"])


def _difference(finding: dict) -> str | None:
    """Value less expected value, where both are numbers."""
    value, expected = (NUMBER.fullmatch(finding[name] or "") for name in ("value", "expected"))
    if not value or not expected:
        return None
    return plain(Decimal(value[0].replace(",", "")) - Decimal(expected[0].replace(",", "")))


def _add_results(book: Workbook, checked: Checked) -> None:
    sheet = book.create_sheet(RESULT, 0)
    blockers = sum(finding["level"] in "SV" for finding in checked.findings)
    verdict = f"{checked.submitter} {checked.period}：{VERDICT_WORDS[checked.verdict]}"
    lead = f"{verdict}，须改正{blockers}处，待说明{len(checked.findings) - blockers}处；全部列出，没有省略"
    _put(sheet, 1, 1, lead).font = Font(bold=True, size=13)
    rows = [
        (
            number,
            LEVEL_WORDS[f["level"]],
            f["category"],
            f["sheet"],
            f["row"],
            _column_title(f),
            f["value"],
            f["expected"],
            _difference(f),
            f["message"],
            f["advice"],
            f["check"],
            None,
        )
        for number, f in enumerate(checked.findings, 1)
    ]
    _table(sheet, 3, COLUMNS, rows)
    for letter, width in zip("ABCDEFGHIJKLM", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A4"
    sheet.auto_filter.ref = f"A3:M{3 + len(rows)}"


def _add_summary(book: Workbook, checked: Checked) -> None:
    counts: dict[tuple[str, str, str], int] = {}
    for finding in checked.findings:
        key = (LEVEL_WORDS[finding["level"]], finding["check"], _column_title(finding) or finding["sheet"])
        counts[key] = counts.get(key, 0) + 1
    sheet = book.create_sheet(SUMMARY, 1)
    rows = [(*key, count) for key, count in sorted(counts.items(), key=lambda item: -item[1])]
    _table(sheet, 1, ("级别", "校验编号", "列或表", "处数"), rows)
    for letter, width in zip("ABCD", (10, 16, 36, 8), strict=True):
        sheet.column_dimensions[letter].width = width


def write_report(path: Path, checked: Checked) -> None:
    """Writes the marked workbook: results and summary first, then the submitter's sheets as they came.

    Raises CallError where the path cannot be written.
    """
    book = _own_workbook(checked)
    for finding in checked.findings:
        sheet, place = _sheet_of(book, finding["sheet"] or ""), _place(checked.reading, finding)
        if sheet is not None and place is not None:
            _mark(_cell(sheet, *place), finding)
    for name in (RESULT, SUMMARY):
        if name in book.sheetnames:
            del book[name]
    _add_results(book, checked)
    _add_summary(book, checked)
    book.active = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
    except OSError as error:
        raise CallError(f"校验报告无法写到{path}：{error.strerror}") from error
