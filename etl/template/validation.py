"""What Excel itself checks while a submitter types: drop-down lists, types, ranges, relations between cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from contract.declarations import Column, Form, code_lists, districts
from contract.standing import BLOCKING
from etl.checks.rulebook import Check, rule_book
from etl.template.excel_rules import Cells
from etl.template.sheet_style import Style

LISTS_SHEET = "代码表"
EARLIEST = date(1990, 1, 1)
LONGEST = 255  # what Excel takes as the formula, or the message, of a validation


def guard_rows(
    page: Worksheet, style: Style, form: Form, columns: Sequence[Column], first: int, last: int, period: str | None
) -> None:
    """Validation of the cells of a form's data rows, and colours: what is still to fill, and what breaks a rule.

    What is pasted escapes a validation, and not the colours. Rows from 0.
    """
    letters = {column.code: xl_col_to_name(place) for place, column in enumerate(columns)}
    cells = Cells(form, {code: f"${letter}{first + 1}" for code, letter in letters.items()}, period)
    begun = f'${letters[form.key[0]]}{first + 1}<>""' if form.key and form.key[0] in letters else "TRUE"
    checks = [check for check in rule_book() if check.form == form.code and check.level in BLOCKING]
    for place, column in enumerate(columns):
        cell = f"${letters[column.code]}{first + 1}"
        broken = {check: cells.breaks(check) for check in checks if check.column == column.code}
        broken = {check: formula for check, formula in broken.items() if formula}
        page.data_validation(first, place, last, place, _validation(column, cell, broken))
        area = (first, place, first if form.rows == "one" else last, place)
        if broken:
            formula = f"=OR({','.join(broken.values())})"
            page.conditional_format(*area, {"type": "formula", "criteria": formula, "format": style.faulty})
        if form.key == (column.code,):
            page.conditional_format(*area, {"type": "duplicate", "format": style.faulty})
        elif column.required:
            formula = f'=AND({begun},{cell}="")'
            page.conditional_format(*area, {"type": "formula", "criteria": formula, "format": style.to_fill})


def _error(message: str) -> dict[str, object]:
    return {"error_title": "填报提示", "error_message": message[:LONGEST], "ignore_blank": True}


def at_least_zero(label: str) -> dict[str, object]:
    """The validation of a control total."""
    return {"validate": "decimal", "criteria": ">=", "value": 0} | _error(f"{label}应为不小于0的数字")


def at_most(label: str, length: int) -> dict[str, object]:
    """The validation of a text."""
    return {"validate": "length", "criteria": "<=", "value": length} | _error(f"{label}不超过{length}字")


def _validation(column: Column, cell: str, broken: dict[Check, str]) -> dict[str, object]:
    """Excel's own rule for a column's cells; a mere hint where a cell may hold several codes."""
    if column.type == "ip":
        names = "、".join(code_lists()["ip"].values())
        return {"validate": "any", "input_title": column.header, "input_message": f"可多选，以顿号分隔：{names}"}
    if source := _list_ranges().get(_list_of(column)):
        return {"validate": "list", "source": source} | _error(f"{column.header}请从下拉列表中选择")
    formula, words = _typed(column, cell)
    messages = [f"{column.header}{words}"]
    for check, breaks in broken.items():
        longer = f"{formula},NOT({breaks})"
        if len(f"=AND({longer})") > LONGEST:
            break
        formula = longer
        messages.append(f"{_wording(check.message)}：{check.advice}")
    return {"validate": "custom", "value": f"=AND({formula})"} | _error("；".join(messages))


def _wording(message: str) -> str:
    """A check's message without the value that a finding would quote; … stands for it where the sentence needs it."""
    return re.sub(r"(?<!为)“\{value\}”(?!天)", "", message).replace("{value}", "…")


def _typed(column: Column, cell: str) -> tuple[str, str]:
    """A formula that holds for a value of the column's type, and how that is said."""
    match column.type:
        case "int" | "days":
            return f"ISNUMBER({cell}),{cell}>=0,{cell}=INT({cell})", "应为不小于0的整数"
        case "money" | "rate":
            return f"ISNUMBER({cell}),{cell}>=0", "应为不小于0的数字"
        case "date":
            since = f"DATE({EARLIEST.year},{EARLIEST.month},{EARLIEST.day})"
            return f"ISNUMBER({cell}),{cell}>={since}", "应为日期，如2026-10-31"
        case "institution":
            return f"LEN({cell})<=20", "填机构编码，如B001"
        case _:
            return f"LEN({cell})<={column.length}", f"不超过{column.length}字"


def _list_of(column: Column) -> str:
    return {"flag": "yes_no", "district": "district"}.get(column.type) or column.code_list or ""


def _lists() -> dict[str, list[str]]:
    """List → Chinese names as the drop-down lists offer them."""
    named = {name: list(codes.values()) for name, codes in code_lists().items()}
    return {"yes_no": ["是", "否"], "district": [district.name for district in districts().values()]} | named


@cache
def _list_ranges() -> dict[str, str]:
    letters = [xl_col_to_name(place, col_abs=True) for place in range(len(_lists()))]
    return {
        name: f"={LISTS_SHEET}!{letter}$2:{letter}${len(names) + 1}"
        for letter, (name, names) in zip(letters, _lists().items(), strict=True)
    }


def write_lists(workbook: Workbook) -> None:
    """The hidden sheet from which the drop-down lists take their names."""
    sheet = workbook.add_worksheet(LISTS_SHEET)
    for place, (name, names) in enumerate(_lists().items()):
        sheet.write_column(0, place, [name, *names])
    sheet.hide()
