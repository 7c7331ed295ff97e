"""Lays out a submission's workbook: a cover and a sheet a form, with rows or to be filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from contract.declarations import Column, Form, cover_items
from contract.parameters import Policy
from etl.template.guidance import header_note, write_dictionary, write_guidance
from etl.template.sheet_style import Style, width
from etl.template.validation import at_least_zero, at_most, guard_rows, write_lists

HEADER_ROW = 2  # from 0: title, note on units, headers, data
ROOM = 20_000  # rows below those already there that validation reaches
EXACT_DIGITS = 15  # what a number in a workbook keeps
CREATED = datetime(2025, 1, 1)
UNITS = "金额单位：万元，最多六位小数；日期如2026-10-31；利率3.45%填3.45。深色表头为必填，浅色表头为选填或按条件填写。"


@dataclass(frozen=True)
class Sheet:
    """A form's sheet to lay out. Grain of `rows`: the cells of a data row, in the order of `columns`.

    `note` goes before the note on units.
    """

    form: Form
    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    rows: Sequence[Sequence[object]] = ()
    title: str = ""
    note: str = ""


def control_items(sent: Iterable[Form]) -> list[str]:
    """Labels of the cover's control totals for the forms sent."""
    codes = [form.code for form in sent]
    return [f"行数 {code}" for code in codes] + (["金额 B1"] if "B1" in codes else [])


def write_workbook(
    path: Path,
    cover: Mapping[str, object],
    sheets: Sequence[Sheet],
    *,
    guide: Policy | None,
    period: str | None = None,
    created: datetime = CREATED,
) -> None:
    """Writes a workbook: cover and a sheet a form; with `guide`, what helps to fill it in as well.

    That is notes on cells, validation with drop-down lists, guidance (by those parameters) and a dictionary.

    The same arguments give the same bytes. No text ever becomes a formula.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"created": created})
        style = Style(workbook)
        _write_cover(workbook, style, cover, guide is not None)
        for sheet in sheets:
            _write_form(workbook, style, sheet, guide is not None, period)
        if guide is not None:
            write_guidance(workbook, style, period, guide)
            write_dictionary(workbook, style, [sheet.form for sheet in sheets])
            write_lists(workbook)


def _write_cover(workbook: Workbook, style: Style, cover: Mapping[str, object], guide: bool) -> None:
    sheet = workbook.add_worksheet("封面")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 48, style.text)
    sheet.write_row(0, 0, ("项目", "内容"), style.headers[True])
    sheet.freeze_panes(1, 0)
    declared = {item.header: item for item in cover_items()}
    for row, (label, value) in enumerate(cover.items(), start=1):
        item = declared.get(label)
        sheet.write_string(row, 0, label, style.headers[item is None or item.required])
        _write_cell(sheet, row, 1, value, style.text if item else style.numbers["money" if "金额" in label else "int"])
        if guide:
            _guide_item(sheet, row, label, item)


def _guide_item(sheet: Worksheet, row: int, label: str, item: Column | None) -> None:
    """Note and validation of a cover item; `item` is None for a control total."""
    note = item.note if item else "控制数；没有数据行的填0"
    if note:
        sheet.write_comment(row, 0, note)
    sheet.data_validation(row, 1, row, 1, at_most(label, item.length) if item else at_least_zero(label))


def _write_form(workbook: Workbook, style: Style, sheet: Sheet, guide: bool, period: str | None) -> None:
    page = workbook.add_worksheet(sheet.form.sheet)
    page.write_string(0, 0, sheet.title or sheet.form.name, style.title)
    page.write_string(1, 0, sheet.note + UNITS, style.units)
    page.set_row(HEADER_ROW, 42)
    page.freeze_panes(HEADER_ROW + 1, 1 if sheet.form.rows == "any" else 0)
    formats = [style.of(column) for column in sheet.columns]
    for place, (column, heading) in enumerate(zip(sheet.columns, sheet.headings, strict=True)):
        page.set_column(place, place, width(column), formats[place])
        page.write_string(HEADER_ROW, place, heading, style.headers[column.required])
        if guide:
            page.write_comment(HEADER_ROW, place, header_note(column), {"x_scale": 1.8, "y_scale": 1.1})
    if guide:
        first, last = HEADER_ROW + 1, HEADER_ROW + len(sheet.rows) + ROOM
        guard_rows(page, style, sheet.form, sheet.columns, first, last, period)
    for row, cells in enumerate(sheet.rows, start=HEADER_ROW + 1):
        for place, value in enumerate(cells):
            _write_cell(page, row, place, value, formats[place])


def _write_cell(page: Worksheet, row: int, place: int, value: object, cell_format: Format) -> None:
    """A cell by the type of its value: a text stays a text, whatever it looks like."""
    if value is None or value == "":
        return
    if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) > EXACT_DIGITS:
        value = f"{value:f}"
    if isinstance(value, bool):
        page.write_boolean(row, place, value, cell_format)
    elif isinstance(value, int | float | Decimal):
        page.write_number(row, place, value, cell_format)
    elif isinstance(value, date):
        page.write_datetime(row, place, value, cell_format)
    else:
        page.write_string(row, place, str(value), cell_format)
