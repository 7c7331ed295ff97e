"""How the sheets of a submission's workbook look: fonts, colours, number formats, widths."""

from __future__ import annotations

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from contract.declarations import Column

FONT = "宋体"
NUMBER_FORMATS = {"int": "0", "days": "0", "money": "#,##0.00####", "rate": "0.00##", "date": "yyyy-mm-dd"}
WIDTHS = {"date": 12, "flag": 8, "int": 9, "days": 9, "money": 14, "rate": 9, "district": 12, "ip": 18}
HEADER_COLOURS = {True: ("#1F4E79", "#FFFFFF"), False: ("#DDEBF7", "#1F2937")}  # required: background, text
TO_FILL, FAULTY = "#FFF2CC", "#F8CBAD"  # a required cell that is blank in a row begun; one that breaks a rule


class Style:
    """The cell formats of one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self.title = self._format(bold=True, font_size=14)
        self.units = self._format(font_color="#6B7280", font_size=9)
        self.text = self._format(num_format="@")
        self.wrapped = self._format(text_wrap=True, valign="top", border=1, border_color="#D1D5DB")
        self.headers = {
            required: self._format(
                bold=True, bg_color=colours[0], font_color=colours[1], border=1, text_wrap=True, valign="vcenter"
            )
            for required, colours in HEADER_COLOURS.items()
        }
        self.to_fill = workbook.add_format({"bg_color": TO_FILL})
        self.faulty = workbook.add_format({"bg_color": FAULTY})
        self.numbers = {kind: self._format(num_format=pattern) for kind, pattern in NUMBER_FORMATS.items()}

    def _format(self, **properties: object) -> Format:
        return self._workbook.add_format({"font_name": FONT, "font_size": 10} | properties)

    def of(self, column: Column) -> Format:
        return self.numbers.get(column.type, self.text)


def width(column: Column) -> float:
    if column.type == "text":
        return min(40, max(12, (column.length or 12) * 0.6))
    return max(WIDTHS.get(column.type, 14), len(column.header) * 1.2)
