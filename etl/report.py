"""The marked workbook: the submitter's own sheets with offending cells coloured, and the findings to work from."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from etl.check import VERDICT_WORDS, Checked
from etl.csvfiles import read_csv
from etl.packagereading import csv_files
from etl.reading import Reading
from etl.rulebook import header_of

LEVEL_WORDS = {"S": "格式性", "V": "有效性", "Q": "合理性", "M": "一致性"}
FILLS = {"S": "F8CBAD", "V": "F8CBAD", "Q": "FFE699", "M": "FFE699"}
COLUMNS = ("序号", "级别", "工作表", "行", "列", "填报值", "问题", "怎么改", "校验编号", "说明原因")
WIDTHS = (6, 8, 22, 7, 22, 22, 52, 42, 14, 30)
RESULT, SUMMARY = "校验结果", "校验汇总"
COVER_VALUE_COLUMN = 2


def _own_workbook(checked: Checked) -> Workbook:
    """The submitter's workbook as it came; CSV files as a sheet each, every cell as text."""
    package = checked.package
    files = csv_files(package)
    if files is None:
        return openpyxl.load_workbook(io.BytesIO(package.files[package.name]))
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, content in files.items():
        sheet = book.create_sheet(name[:31])
        for row, cells in read_csv(content, name).rows:
            for column, text in enumerate(cells, 1):
                if text is not None:
                    _put(sheet, row, column, text)
    return book


def _put(sheet: Worksheet, row: int, column: int, value: object) -> Cell:
    """Writes a value; a text that begins like a formula stays a text."""
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _sheet_of(book: Workbook, name: str) -> Worksheet | None:
    """The sheet that a finding names; a CSV file's sheet bears the file's name, cut to Excel's length."""
    return book[name[:31]] if name[:31] in book.sheetnames else None


def _place(reading: Reading, finding: dict) -> tuple[int, int] | None:
    """Row and column of the offending cell, where the finding has one."""
    if finding["form"] == "cover":
        item = reading.cover.get(finding["column"] or "")
        return (item.row, COVER_VALUE_COLUMN) if item else None
    table = reading.tables.get(finding["form"])
    if table is None or finding["row"] is None:
        return None
    position = table.positions.get(finding["column"] or "", 0)
    return finding["row"], position + 1


def _mark(cell: Cell, finding: dict) -> None:
    text = f"{LEVEL_WORDS[finding['level']]}：{finding['message']}。{finding['advice']}（{finding['check']}）"
    before = f"{cell.comment.text}\n" if cell.comment else ""
    cell.fill = PatternFill("solid", start_color=FILLS[finding["level"]])
    cell.comment = Comment(before + text, "校验系统", width=320, height=110)


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
            f["sheet"],
            f["row"],
            _column_title(f),
            f["value"],
            f["message"],
            f["advice"],
            f["check"],
            None,
        )
        for number, f in enumerate(checked.findings, 1)
    ]
    _table(sheet, 3, COLUMNS, rows)
    for letter, width in zip("ABCDEFGHIJ", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A4"
    sheet.auto_filter.ref = f"A3:J{3 + len(rows)}"


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
    """Writes the marked workbook: results and summary first, then the submitter's sheets as they came."""
    book = _own_workbook(checked)
    for finding in checked.findings:
        sheet, place = _sheet_of(book, finding["sheet"] or ""), _place(checked.reading, finding)
        if sheet is not None and place is not None:
            _mark(sheet.cell(*place), finding)
    for name in (RESULT, SUMMARY):
        if name in book.sheetnames:
            del book[name]
    _add_results(book, checked)
    _add_summary(book, checked)
    book.active = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
