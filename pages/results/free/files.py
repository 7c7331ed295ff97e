"""A free table as a workbook, as it is seen: heads in levels, merged where they span, figures as numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from contract.console.output import new_workbook
from pages.results.free.arranged import Arranged, Figure, Head
from pages.shared.downloads import OPTIONS, number_format, sheet_name

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LINE = {"border": 1, "border_color": "#DFE5EB", "valign": "vcenter"}
WIDEST, NARROWEST = 34, 10  # of a column, in half-width characters


def as_seen(table: Arranged, title: str, notes: Sequence[str]) -> bytes:
    """The workbook: title and notes above, then the table with its merges; heads stay in sight."""
    target = io.BytesIO()
    with new_workbook(target, OPTIONS) as book:
        sheet = book.add_worksheet(sheet_name(title))
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 13}))
        quiet = book.add_format({"font_color": "#5B6774"})
        for row, note in enumerate(notes, 1):
            sheet.write_string(row, 0, note, quiet)
        head = book.add_format(LINE | {"bold": True, "bg_color": "#E9EEF3", "align": "center", "text_wrap": True})
        top, left = len(notes) + 2, len(table.corner)
        first = top + max(len(table.over), 1)
        for place, name in enumerate(table.corner):
            span(sheet, top, place, first - 1, place, name, head)
        for depth, level in enumerate(table.over):
            _across(sheet, top + depth, left, level, head)
        side = book.add_format(LINE | {"bg_color": "#F6F8FA"})
        for down, heads in enumerate(table.beside):
            for place, beside in enumerate(heads):
                if beside is not None:
                    span(sheet, first + down, place, first + down + beside.span - 1, place, beside.text, side)
        word = book.add_format(LINE | {"align": "right", "font_color": "#5B6774"})
        kinds = {cell.places for line in table.cells for cell in line if isinstance(cell, Figure)}
        figures = {places: book.add_format(LINE | {"num_format": number_format(places)}) for places in kinds}
        for down, line in enumerate(table.cells, first):
            for across, cell in enumerate(line, left):
                if isinstance(cell, Figure):
                    sheet.write_number(down, across, float(cell.value), figures[cell.places])
                else:
                    sheet.write_string(down, across, cell, word)
        for place in range(left):
            texts = [heads[place].text for heads in table.beside if heads[place] is not None]
            sheet.set_column(place, place, min(WIDEST, max(NARROWEST, *(2 * len(text) + 2 for text in texts))))
        sheet.set_column(left, left + max(len(table.cells[0]) - 1, 0), 14)
        sheet.freeze_panes(first, left)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top, first - 1)
    return target.getvalue()


def _across(sheet: Worksheet, row: int, left: int, level: Sequence[Head], style: Format) -> None:
    at = left
    for head in level:
        span(sheet, row, at, row, at + head.span - 1, head.text, style)
        at += head.span


def span(sheet: Worksheet, top: int, left: int, bottom: int, right: int, text: str, style: Format) -> None:
    """A text over a block of cells, merged where it is more than one."""
    if (top, left) == (bottom, right):
        sheet.write_string(top, left, text, style)
    else:
        sheet.merge_range(top, left, bottom, right, "", style)
        sheet.write_string(top, left, text, style)
