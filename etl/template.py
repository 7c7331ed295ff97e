"""Lays out a submission's workbook: empty as the template that submitters fill, or with rows already in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from etl.calendar import deadline
from etl.declarations import Column, Form, code_lists, cover_items, districts, forms

HEADER_ROW = 2  # from 0: title, note on units, headers, data
LAST_ROW = 20_000  # how far down validation reaches
LISTS_SHEET = "代码表"
FONT = "宋体"
CREATED = datetime(2025, 1, 1)
UNITS = "金额单位：万元，最多六位小数；日期如2026-10-31；利率3.45%填3.45。深色表头为必填，浅色表头为选填或按条件填写。"
TYPE_NAMES = {
    "text": "文本，不超过{length}字",
    "int": "整数",
    "money": "金额（万元）",
    "rate": "百分数（%）",
    "days": "天数（整数）",
    "date": "日期",
    "flag": "是/否",
    "district": "地区（代码或名称）",
    "institution": "机构编码",
    "ip": "代码表，可多选",
    "ip_one": "代码表，单选",
}
NUMBER_FORMATS = {"int": "0", "days": "0", "money": "#,##0.00####", "rate": "0.00##", "date": "yyyy-mm-dd"}
WIDTHS = {"date": 12, "flag": 8, "int": 9, "days": 9, "money": 14, "rate": 9, "district": 12, "ip": 18}
HEADER_COLOURS = {True: ("#1F4E79", "#FFFFFF"), False: ("#DDEBF7", "#1F2937")}  # required: background, text
GUIDANCE = (
    "一、每月报送一个工作簿，文件名为“报送期_机构编码.xlsx”，如2026-10_B001.xlsx；也可按表另存为CSV文件后压缩报送。",
    "二、报送截止：月报为次月10日，季末月份为次月18日，遇节假日顺延至下一工作日，北京时间24时止。{due}",
    "三、应报的表都要报送；当期没有内容的，保留表头、不填数据行，封面行数填0。",
    "四、封面的行数、金额为控制数：行数填该表数据行数，金额B1填质押贷款明细期末余额之和。",
    "五、复核人不得与填报人相同；数据与上期差异较大等情况请在封面“说明”中写明。",
    "六、请勿改动表头文字；列的先后可以调整，表头可用中文名或列代码，代码列可填代码或中文名。",
    "七、最后一行可以是合计行，首格以“合计”或“总计”开头，不计入数据行数。",
    "八、外币业务按期末汇率折人民币；利率填百分数，3.45%填3.45。",
    "九、质押贷款明细、综合服务点、质物处置明细填报期末存续的全部业务以及当期结束的业务；“本年累计”自1月1日起算。",
    "十、各列的含义、填报要求和通常的数据来源见“数据字典”。",
)


@dataclass(frozen=True)
class Sheet:
    """A form's sheet to lay out. Grain of `rows`: the cells of a data row, in the order of `columns`."""

    form: Form
    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    rows: Iterable[Sequence[object]] = ()
    title: str = ""


def expected_forms(kind: str, period: str | None = None) -> tuple[Form, ...]:
    """The forms that a kind of submitter files, all of them or those due with a period."""
    return tuple(form for form in forms().values() if form.filed_by(kind) and (period is None or form.due_in(period)))


def write_template(
    path: Path,
    submitter_code: str | None = None,
    submitter_name: str | None = None,
    period: str | None = None,
    *,
    kind: str,
) -> Path:
    """Writes the empty workbook of a kind of submitter (`bank` or `district`), cover filled as far as known."""
    due = expected_forms(kind, period)
    known = {"submitter": submitter_code, "submitter_name": submitter_name, "period": period}
    cover = {item.header: known.get(item.code) for item in cover_items()} | dict.fromkeys(control_items(due))
    title = f"{submitter_name or ''}{{name}}{f'（{period}）' if period else ''}"
    sheets = [
        Sheet(form, form.columns, tuple(column.header for column in form.columns), title=title.format(name=form.name))
        for form in due
    ]
    write_workbook(path, cover, sheets, guide=True, period=period)
    return path


def control_items(sent: Iterable[Form]) -> list[str]:
    """Labels of the cover's control totals for the forms sent."""
    codes = [form.code for form in sent]
    return [f"行数 {code}" for code in codes] + (["金额 B1"] if "B1" in codes else [])


def write_workbook(
    path: Path,
    cover: Mapping[str, object],
    sheets: Sequence[Sheet],
    *,
    guide: bool,
    period: str | None = None,
    created: datetime = CREATED,
) -> None:
    """Writes a workbook: cover and a sheet a form; with `guide`, what helps to fill it in as well.

    That is notes on cells, validation with drop-down lists, guidance and a dictionary.

    The same arguments give the same bytes. No text ever becomes a formula.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"created": created})
        style = _Style(workbook)
        _write_cover(workbook, style, cover, guide)
        for sheet in sheets:
            _write_form(workbook, style, sheet, guide)
        if guide:
            _write_guidance(workbook, style, period)
            _write_dictionary(workbook, style, [sheet.form for sheet in sheets])
            _write_lists(workbook)


class _Style:
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
        self.numbers = {kind: self._format(num_format=pattern) for kind, pattern in NUMBER_FORMATS.items()}

    def _format(self, **properties: object) -> Format:
        return self._workbook.add_format({"font_name": FONT, "font_size": 10} | properties)

    def of(self, column: Column) -> Format:
        return self.numbers.get(column.type, self.text)


def _write_cover(workbook: Workbook, style: _Style, cover: Mapping[str, object], guide: bool) -> None:
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
    if item:
        rule = {"validate": "length", "criteria": "<=", "value": item.length} | _error(f"{label}不超过{item.length}字")
    else:
        rule = _at_least_zero("decimal") | _error(f"{label}应为不小于0的数字")
    sheet.data_validation(row, 1, row, 1, rule)


def _write_form(workbook: Workbook, style: _Style, sheet: Sheet, guide: bool) -> None:
    page = workbook.add_worksheet(sheet.form.sheet)
    page.write_string(0, 0, sheet.title or sheet.form.name, style.title)
    page.write_string(1, 0, UNITS, style.units)
    page.set_row(HEADER_ROW, 42)
    page.freeze_panes(HEADER_ROW + 1, 1 if sheet.form.rows == "any" else 0)
    formats = [style.of(column) for column in sheet.columns]
    for place, (column, heading) in enumerate(zip(sheet.columns, sheet.headings, strict=True)):
        page.set_column(place, place, _width(column), formats[place])
        page.write_string(HEADER_ROW, place, heading, style.headers[column.required])
        if guide:
            page.write_comment(HEADER_ROW, place, _comment(column), {"x_scale": 1.8, "y_scale": 1.1})
            page.data_validation(HEADER_ROW + 1, place, LAST_ROW, place, _validation(column))
    for row, cells in enumerate(sheet.rows, start=HEADER_ROW + 1):
        for place, value in enumerate(cells):
            _write_cell(page, row, place, value, formats[place])


def _write_cell(page: Worksheet, row: int, place: int, value: object, cell_format: Format) -> None:
    """A cell by the type of its value: a text stays a text, whatever it looks like."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(row, place, value, cell_format)
    elif isinstance(value, int | float | Decimal):
        page.write_number(row, place, value, cell_format)
    elif isinstance(value, date):
        page.write_datetime(row, place, value, cell_format)
    else:
        page.write_string(row, place, str(value), cell_format)


def _width(column: Column) -> float:
    if column.type == "text":
        return min(40, max(12, (column.length or 12) * 0.6))
    return max(WIDTHS.get(column.type, 14), len(column.header) * 1.2)


def _comment(column: Column) -> str:
    required = "是" if column.required else "否"
    lines = [f"{column.header}（{column.code}）", f"类型：{type_name(column)}", f"必填：{required}"]
    if column.code_list:
        lines.append("取值：" + "、".join(code_lists()[column.code_list].values()))
    if column.note:
        lines.append(f"说明：{column.note}")
    return "\n".join(lines)


def type_name(column: Column) -> str:
    """A column's type as a submitter reads it."""
    return TYPE_NAMES.get(column.type, "代码表，单选").format(length=column.length)


def _error(message: str) -> dict[str, object]:
    return {"error_title": "填报提示", "error_message": message, "ignore_blank": True}


def _at_least_zero(kind: str) -> dict[str, object]:
    return {"validate": kind, "criteria": ">=", "value": 0}


def _validation(column: Column) -> dict[str, object]:
    """Excel's own rule for a column's cells; a mere hint where a cell may hold several codes."""
    match column.type:
        case "text":
            rule, wanted = {"validate": "length", "criteria": "<=", "value": column.length}, f"不超过{column.length}字"
        case "int" | "days":
            rule, wanted = _at_least_zero("integer"), "应为不小于0的整数"
        case "money" | "rate":
            rule, wanted = _at_least_zero("decimal"), "应为不小于0的数字"
        case "date":
            since = date(1990, 1, 1)
            rule, wanted = {"validate": "date", "criteria": ">=", "value": since}, "应为日期，如2026-10-31"
        case "ip":
            names = "、".join(code_lists()["ip"].values())
            message = f"可多选，以顿号分隔：{names}"
            return {"validate": "any", "input_title": column.header, "input_message": message}
        case "institution":
            rule, wanted = {"validate": "length", "criteria": "<=", "value": 20}, "填机构编码，如B001"
        case _:
            rule, wanted = {"validate": "list", "source": _list_ranges()[_list_of(column)]}, "请从下拉列表中选择"
    return rule | _error(f"{column.header}{wanted}")


def _list_of(column: Column) -> str:
    return {"flag": "yes_no", "district": "district"}.get(column.type) or column.code_list


def _lists() -> dict[str, list[str]]:
    """List → Chinese names as the drop-down lists offer them."""
    named = {name: list(codes.values()) for name, codes in code_lists().items()}
    return {"yes_no": ["是", "否"], "district": [district.name for district in districts().values()]} | named


@cache
def _list_ranges() -> dict[str, str]:
    letters = [xlsxwriter.utility.xl_col_to_name(place, col_abs=True) for place in range(len(_lists()))]
    return {
        name: f"={LISTS_SHEET}!{letter}$2:{letter}${len(names) + 1}"
        for letter, (name, names) in zip(letters, _lists().items(), strict=True)
    }


def _write_lists(workbook: Workbook) -> None:
    sheet = workbook.add_worksheet(LISTS_SHEET)
    for place, (name, names) in enumerate(_lists().items()):
        sheet.write_column(0, place, [name, *names])
    sheet.hide()


def _write_guidance(workbook: Workbook, style: _Style, period: str | None) -> None:
    sheet = workbook.add_worksheet("填报说明")
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, "填报说明", style.title)
    due = f"本期（{period}）截止日为{deadline(period) - timedelta(days=1):%Y-%m-%d}。" if period else ""
    for row, line in enumerate(GUIDANCE, start=1):
        sheet.write_string(row, 0, line.format(due=due), style.wrapped)


def _write_dictionary(workbook: Workbook, style: _Style, shown: Sequence[Form]) -> None:
    """A row a column of the forms shown: form, code, header, type, required, values, note, usual source."""
    sheet = workbook.add_worksheet("数据字典")
    headings = ("表", "表名", "列代码", "列名", "类型", "必填", "代码表取值（代码 名称）", "说明", "通常来源系统")
    for place, (heading, width) in enumerate(zip(headings, (6, 18, 22, 26, 20, 6, 44, 44, 20), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, style.headers[True])
    sheet.freeze_panes(1, 0)
    row = 0
    for form in shown:
        for column in form.columns:
            row += 1
            required = "是" if column.required else "否"
            cells = (form.code, form.name, column.code, column.header, type_name(column), required)
            cells += (_values(column), column.note, column.source_system)
            for place, text in enumerate(cells):
                sheet.write_string(row, place, text, style.wrapped)
    sheet.autofilter(0, 0, row, len(headings) - 1)


def _values(column: Column) -> str:
    if column.type == "district":
        return "、".join(f"{district.code} {district.name}" for district in districts().values())
    if not column.code_list:
        return ""
    return "、".join(f"{code} {name}" for code, name in code_lists()[column.code_list].items())
