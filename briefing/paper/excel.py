"""The briefing as Excel: a sheet a table, numbers as numbers, native charts; text never turns into a formula."""

from __future__ import annotations

import math
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from briefing.issue.content import (
    Cell,
    Chart,
    Column,
    Document,
    Note,
    Number,
    Panel,
    Paragraph,
    Section,
    Table,
    blocks,
    charts,
    tables,
)
from briefing.paper.charts import BLUE, GREY, RED
from briefing.paper.packing import timeless

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
FONT = "等线"
COLOURS = {"main": BLUE, "alert": RED, "context": GREY}
CHART_KINDS = {"columns": "column", "line": "line", "bars": "bar"}
LINE_HEIGHT = 15.5  # points
TEXT_WIDTH = 110  # half-width characters
HEADER_ROW = 3  # caption, issue, marking, then the header
TEXT_SHEET, DEFINITIONS_SHEET = "正文", "指标定义"
FORBIDDEN = str.maketrans("[]:*?/\\", "　" * 7)


class _Formats:
    """The formats of one workbook, made once each."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple, Format] = {}

    def __call__(self, **properties: object) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(
                {"font_name": FONT, "font_size": 11, "valign": "vcenter"} | properties
            )
        return self._made[key]


def _number_format(places: int, signed: bool = False, grouped: bool = False) -> str:
    whole = "#,##0" if grouped else "0"
    digits = whole if places == 0 else f"{whole}.{'0' * places}"
    return f"+{digits};-{digits};{digits}" if signed else digits


def _height(text: str, width: float) -> float:
    """The height, in points, that wrapped text needs in a column of a width in half-width characters."""
    half_widths = sum(2 if ord(letter) > 0x2E7F or letter in "“”—…" else 1 for letter in text)
    return LINE_HEIGHT * max(1, math.ceil(half_widths / (width - 1)))


def _width(column: Column) -> float:
    return max(9.0, min(60.0, column.width * 2.2))


def _printed(sheet: Worksheet) -> None:
    """On A4 across, as wide as the page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _head(sheet: Worksheet, document: Document, caption: str, formats: _Formats) -> None:
    sheet.write_string(0, 0, caption, formats(bold=True, font_size=14))
    sheet.write_string(1, 0, f"{document.scope_name}　{document.period_name}　{document.version_name}", formats())
    warning = f"　{document.demonstration}" if document.demonstration else ""
    sheet.write_string(2, 0, f"{document.marking}{warning}", formats(font_color=RED))


def _cell(sheet: Worksheet, row: int, at: int, cell: Cell, numeric: bool, formats: _Formats, total: bool) -> None:
    """A figure as a number, unrounded, in its header's unit (growth in percent, however high); a word as text."""
    weight = {"bold": True} if total else {}
    if isinstance(cell, Number):
        number = float(cell.value)
        sheet.write_number(
            row,
            at,
            number,
            formats(num_format=_number_format(cell.places, cell.signed, cell.grouped), bottom=4, **weight),
        )
    else:
        align = "right" if numeric else "left"
        sheet.write_string(row, at, cell, formats(align=align, bottom=4, text_wrap=not numeric, **weight))


def _table(book: Workbook, document: Document, table: Table, name: str, formats: _Formats) -> None:
    sheet = book.add_worksheet(name)
    _head(sheet, document, table.caption, formats)
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, _width(column))
        header = formats(bold=True, bg_color="#EEF1F5", align="center", text_wrap=True, top=1, bottom=1)
        sheet.write_string(HEADER_ROW, at, column.header, header)
    sheet.set_row(HEADER_ROW, max(_height(column.header, _width(column)) for column in table.columns))
    for down, row in enumerate(table.rows):
        wrapped = [(cell, _width(column)) for cell, column in zip(row, table.columns, strict=True)]
        height = max((_height(cell, width) for cell, width in wrapped if isinstance(cell, str)), default=LINE_HEIGHT)
        sheet.set_row(HEADER_ROW + 1 + down, height)
        total = down >= len(table.rows) - table.totals
        for at, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            _cell(sheet, HEADER_ROW + 1 + down, at, cell, column.numeric, formats, total)
    for down, note in enumerate(table.notes):
        sheet.write_string(HEADER_ROW + 2 + len(table.rows) + down, 0, f"注：{note}", formats(font_color="#4B5563"))
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    _printed(sheet)
    sheet.repeat_rows(HEADER_ROW)


def _panel(book: Workbook, sheet: Worksheet, panel: Panel, top: int, formats: _Formats) -> int:
    """The figures of a panel and its native chart beside them; returns the first row below both."""
    name, rows = sheet.get_name(), len(panel.categories)
    header = formats(bold=True, bg_color="#EEF1F5", align="center", top=1, bottom=1)
    for at, text in enumerate(
        ("月份" if panel.form != "bars" else "名称", *(f"{s.name}（{panel.unit}）" for s in panel.series))
    ):
        sheet.write_string(top, at, text, header)
    for down, category in enumerate(panel.categories):
        sheet.write_string(top + 1 + down, 0, category, formats(bottom=4))
    chart = book.add_chart({"type": CHART_KINDS[panel.form]})
    number_format = _number_format(panel.places)
    for at, series in enumerate(panel.series, start=1):
        for down, value in enumerate(series.values):
            if value is not None:
                sheet.write_number(top + 1 + down, at, float(value), formats(num_format=number_format, bottom=4))
        colour = COLOURS[series.role]
        chart.add_series(
            {
                "name": [name, top, at],
                "categories": [name, top + 1, 0, top + rows, 0],
                "values": [name, top + 1, at, top + rows, at],
                "fill": {"color": colour},
                "line": {"color": colour, "width": 2 if panel.form == "line" else 0.75},
                "points": [{"fill": {"color": GREY}} if down in panel.muted else None for down in range(rows)],
                "data_labels": {"value": panel.form == "bars", "num_format": number_format},
                "gap": 50,
            }
        )
    chart.set_title({"name": panel.title, "overlay": False, "name_font": {"name": FONT, "size": 11, "bold": False}})
    chart.set_legend({"none": len(panel.series) == 1, "position": "bottom"})
    chart.set_x_axis({"major_gridlines": {"visible": False}, "visible": panel.form != "bars"})
    chart.set_y_axis({"major_gridlines": {"visible": panel.form != "bars", "line": {"color": "#E5E7EB"}}})
    if panel.form == "bars":
        chart.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 760, "height": max(300, 24 * rows if panel.form == "bars" else 300)})
    sheet.insert_chart(top, len(panel.series) + 2, chart)
    return top + max(rows, 16) + 3


def _chart(book: Workbook, document: Document, chart: Chart, name: str, formats: _Formats) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 4, 16)
    _printed(sheet)
    _head(sheet, document, chart.caption, formats)
    top = HEADER_ROW
    for panel in chart.panels:
        top = _panel(book, sheet, panel, top, formats)
    for down, note in enumerate(chart.notes):
        sheet.write_string(top + down, 0, f"注：{note}", formats(font_color="#4B5563"))
    sheet.freeze_panes(HEADER_ROW, 0)


def _text(book: Workbook, document: Document, formats: _Formats) -> None:
    """The text of the briefing, a row a paragraph, so that the file stands alone."""
    sheet = book.add_worksheet(TEXT_SHEET)
    sheet.set_column(0, 0, TEXT_WIDTH)
    _printed(sheet)
    _head(sheet, document, document.title, formats)
    row = HEADER_ROW
    for block in blocks(document):
        match block:
            case Section(heading=heading, level=level):
                sheet.write_string(row, 0, heading, formats(bold=level == 1, font_size=12))
            case Paragraph(text=text) | Note(text=text):
                sheet.set_row(row, _height(text, TEXT_WIDTH))
                sheet.write_string(row, 0, text, formats(text_wrap=True, valign="top"))
            case _:
                continue
        row += 1
    sheet.freeze_panes(HEADER_ROW, 0)


def _sheet_name(key: str, taken: set[str]) -> str:
    """A sheet's name from a table's or chart's key: legal, at most 31 characters, not used before."""
    name = key.translate(FORBIDDEN)[:31]
    number = 2
    while name in taken:
        name = f"{key.translate(FORBIDDEN)[:27]}（{number}）"
        number += 1
    taken.add(name)
    return name


def write(document: Document) -> bytes:
    """The xlsx file; the same document gives the same bytes."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    book.set_properties(
        {
            "title": document.title,
            "subject": f"{document.period_name}　{document.version_name}",
            "keywords": document.marking,
            "created": document.built_at,
        }
    )
    shown = (*document.sections, *document.annexes)
    formats, taken = _Formats(book), {TEXT_SHEET, DEFINITIONS_SHEET}
    _text(book, document, formats)
    for table in tables(shown):
        _table(book, document, table, _sheet_name(table.key, taken), formats)
    for chart in charts(shown):
        _chart(book, document, chart, _sheet_name(chart.key, taken), formats)
    _table(book, document, document.definitions, DEFINITIONS_SHEET, formats)
    book.close()
    return timeless(target.getvalue())
