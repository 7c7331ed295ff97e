"""Writes the feedback without the submitter's own sheets: for files that are too large to be marked."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from etl.feedback.marked_book import HEADER_FILL, INPUT_FILL, MAX_TEXT, Sheet, top_of

# A text stays a text, whatever it begins with; rows leave memory as they are written.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def feedback_alone(sheets: Sequence[Sheet]) -> bytes:
    """The sheets of feedback as xlsx. Nothing of the submitter's file is opened for it."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        title, header = book.add_format({"bold": True, "font_size": 13}), {"bold": True, "bg_color": f"#{HEADER_FILL}"}
        head, cell = book.add_format(header), book.add_format({"text_wrap": True, "valign": "top"})
        to_fill = book.add_format({"text_wrap": True, "valign": "top", "bg_color": f"#{INPUT_FILL}"})
        for one in sheets:
            sheet = book.add_worksheet(one.name)
            for column, width in enumerate(one.widths):
                sheet.set_column(column, column, width)
            for row, line in enumerate(one.lines):
                sheet.write_string(row, 0, line, title if row == 0 else None)
            top = top_of(one) - 1
            for column, name in enumerate(one.headers):
                sheet.write_string(top, column, name, head)
            for row, values in enumerate(one.rows, top + 1):
                for column, value in enumerate(values):
                    style = to_fill if column == one.to_fill else cell
                    if isinstance(value, str):
                        sheet.write_string(row, column, value[:MAX_TEXT], style)
                    else:
                        sheet.write(row, column, value, style)
            sheet.freeze_panes(top + 1, 0)
            sheet.autofilter(top, 0, top + max(len(one.rows), 1), len(one.headers) - 1)
    return content.getvalue()
