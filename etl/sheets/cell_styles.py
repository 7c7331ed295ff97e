"""The styles of a workbook's cells: the number format of each, and what a stored number says under it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

from lxml import etree

from etl.sheets.book_parts import children, local_name
from etl.sheets.grids import EXACT_LIMIT, HIDDEN_ZERO, formatted, number_text
from etl.sheets.number_formats import NumberFormat, number_format

DAY, TIME, LENGTH = "yyyy-mm-dd", "h:mm:ss", "[h]:mm:ss"
# Formats that every workbook has without declaring them, where a number under them is more than itself; days and times
# of Chinese Excel too (27 to 36, 50 to 58).
BUILT_IN = (
    {9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 46: LENGTH, 48: "##0.0E+0"}
    | dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), DAY)
    | dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), TIME)
)
FIRST_OWN_FORMAT = 164
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
LAST_DATE = 2_958_465  # 9999-12-31: what is beyond, or negative, Excel shows as ####
DAYS_TO_1904 = 1_462
DAY_OF_MILLISECONDS = 86_400_000


def styles_in(styles: etree._Element) -> list[NumberFormat | None]:
    """By number of a style, its format; None where this is not among the workbook's."""
    own: dict[int, str] = {}
    listed: list[etree._Element] = []
    for group in children(styles):
        if local_name(group) == "numFmts":
            formats = [element for element in children(group) if local_name(element) == "numFmt"]
            own = {_number(element): element.get("formatCode", "") for element in formats}
        elif local_name(group) == "cellXfs":
            listed = [element for element in children(group) if local_name(element) == "xf"]
    return [_format(_number(element), own) for element in listed]


def _number(element: etree._Element) -> int:
    return int(element.get("numFmtId", "0"))


def _format(number: int, own: dict[int, str]) -> NumberFormat | None:
    if number in own:
        return number_format(own[number])
    return number_format(BUILT_IN.get(number, "")) if number < FIRST_OWN_FORMAT else None


def under_format(shape: NumberFormat, value: float) -> str | None:
    """A stored number as a grid has it under a format; None where it is the number itself that shows."""
    if abs(value) >= EXACT_LIMIT:
        return None  # has lost its tail, however it shows
    text = number_text(value)
    number = Decimal(text)
    if shape.is_hidden(number):
        return HIDDEN_ZERO if number == 0 else formatted(text, shape.code)
    if shape.shows_itself(number):
        return None
    counted = shape.number(number)
    return counted if counted and counted.endswith("%") else formatted(text, shape.code)


def date_text(shape: NumberFormat, value: float, since_1904: bool) -> str | None:
    """A number of days as its format has it, in ISO form; None for what Excel shows as no date."""
    if ELAPSED.search(shape.code):
        whole = abs(value) < timedelta.max.days
        return str(timedelta(milliseconds=round(value * DAY_OF_MILLISECONDS))) if whole else None
    if not 0 <= value < LAST_DATE + 1 - DAYS_TO_1904 * since_1904:
        return None
    days, milliseconds = divmod(round(value * DAY_OF_MILLISECONDS), DAY_OF_MILLISECONDS)
    time = timedelta(milliseconds=milliseconds)
    if days == 0:
        return (datetime.min + time).time().isoformat()
    if since_1904:
        days += DAYS_TO_1904
    # Excel counts a 29th of February in 1900, which was none; before it, a day is one later.
    return moment_text(datetime(1899, 12, 31) + timedelta(days if days < 60 else days - 1) + time)


def moment_text(moment: datetime) -> str:
    """A day in ISO form, with the time where there is one."""
    return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ")
