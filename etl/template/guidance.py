"""What helps a submitter to fill in the workbook: notes on headers, guidance, dictionary."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.workbook import Workbook

from contract.calendar import last_filing_day
from contract.declarations import Column, Form, code_lists, districts
from contract.levels import levels
from contract.parameters import Policy
from etl.template.sheet_style import Style

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
GUIDANCE = (
    "一、每月报送一个工作簿，文件名为“报送期_机构编码.xlsx”，如2026-10_B001.xlsx；也可按表另存为CSV文件后压缩报送。",
    "二、报送截止：月报为次月{month}日，季末月份为次月{quarter}日，遇节假日顺延至下一工作日，北京时间24时止。{due}",
    "三、应报的表都要报送；当期没有内容的，保留表头、不填数据行，封面行数填0。",
    "四、封面的行数、金额为控制数：行数填该表数据行数，金额B1填质押贷款明细期末余额之和。",
    "五、复核人不得与填报人相同；数据与上期差异较大等情况请在封面“说明”中写明。",
    "六、请勿改动表头文字；列的先后可以调整，表头可用中文名或列代码，代码列可填代码或中文名。",
    "七、最后一行可以是合计行，首格以“合计”或“总计”开头，不计入数据行数。",
    "八、外币业务按期末汇率折人民币；利率填百分数，3.45%填3.45。",
    "九、质押贷款明细、综合服务点、质物处置明细填报期末存续的全部业务以及当期结束的业务；“本年累计”自1月1日起算。",
    "十、上次报送中本期仍须列报的行（存续贷款、在办案件、未关闭的服务点、产品、重点企业）已预填，当期数须逐行填写，"
    "漏填的按漏报退回；预填内容有变化的请改正，不再列报的删除整行，新增的在其后填写。",
    "十一、黄色为尚未填写的必填单元格，红色为不符合表内校验规则或编号重复的单元格；粘贴的数据不受输入提示约束，请留意颜色。",
    "十二、各列的含义、填报要求和通常的数据来源见“数据字典”。",
)


def header_note(column: Column) -> str:
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


def write_guidance(workbook: Workbook, style: Style, period: str | None, policy: Policy) -> None:
    """How to fill the workbook in, and by when: by the parameters in force at the period's end, or now without one."""
    sheet = workbook.add_worksheet("填报说明")
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, "填报说明", style.title)
    filing = {
        "month": int(policy["deadline_day_month"]),
        "quarter": int(policy["deadline_day_quarter"]),
        "due": f"本期（{period}）截止日为{last_filing_day(period, policy)}。" if period else "",
    }
    for row, line in enumerate(GUIDANCE, start=1):
        sheet.write_string(row, 0, line.format_map(filing), style.wrapped)


def write_dictionary(workbook: Workbook, style: Style, shown: Sequence[Form]) -> None:
    """A row a column of the forms shown: form, code, header, type, required, level, values, note, usual source."""
    sheet = workbook.add_worksheet("数据字典")
    headings = (
        "表",
        "表名",
        "列代码",
        "列名",
        "类型",
        "必填",
        "数据级别",
        "代码表取值（代码 名称）",
        "说明",
        "通常来源系统",
    )
    for place, (heading, width) in enumerate(zip(headings, (6, 18, 22, 26, 20, 6, 12, 44, 44, 20), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, style.headers[True])
    sheet.freeze_panes(1, 0)
    row = 0
    for form in shown:
        for column in form.columns:
            row += 1
            required = "是" if column.required else "否"
            cells = (form.code, form.name, column.code, column.header, type_name(column), required)
            cells += (levels()[column.level].name, _values(column), column.note, column.source_system)
            for place, text in enumerate(cells):
                sheet.write_string(row, place, text, style.wrapped)
    sheet.autofilter(0, 0, row, len(headings) - 1)


def _values(column: Column) -> str:
    if column.type == "district":
        return "、".join(f"{district.code} {district.name}" for district in districts().values())
    if not column.code_list:
        return ""
    return "、".join(f"{code} {name}" for code, name in code_lists()[column.code_list].items())
