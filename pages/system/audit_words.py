"""The audit in words: it keeps codes of kinds, pages and columns, which people read by their names."""

from __future__ import annotations

from contract.declarations import forms
from metrics.queries.detail.kinds import kinds
from metrics.queries.detail.patterns import patterns
from metrics.queries.tasks.declared import task_pages
from pages.shell.navigation import SECTIONS

OTHERS = {
    "firms_named": "企业名称查找",
    "firm": "企业查询",
    "right": "权利查询",
    "figure": "指标口径",
    "moving_loans": "变动涉及的贷款",
    "intake": "报送文件",
}
PATTERN, PDF = "pattern ", "page-pdf"
NAMES = {
    "entity": "对象",
    "figure": "指标",
    "period": "报告期",
    "scope": "范围",
    "set": "数据",
    "page": "页",
    "sort": "排序",
    "columns": "列",
    "text": "文本",
    "indicator": "指标",
}
SCOPES = {"city": "全部试点", "bank": "机构", "bank_type": "机构类别", "district": "地区", "ip": "权利类别"}


def what(text: str) -> str:
    """What was looked at or taken away."""
    page, parted, item = text.partition("：")
    titles = {entry.address: entry.title for listed in SECTIONS.values() for entry in listed}
    if parted and page in titles:
        return f"{titles[page]} · {'整页PDF' if item == PDF else '文件'}"
    if text.startswith(PATTERN) and text.removeprefix(PATTERN) in patterns():
        return f"疑点 · {patterns()[text.removeprefix(PATTERN)].name}"
    sections = {section.query: section.title for shown in task_pages().values() for section in shown.sections}
    return kinds()[text].name if text in kinds() else OTHERS.get(text) or sections.get(text) or titles.get(text, text)


def selection(text: str) -> str:
    """What was asked for: `对象=B001；报告期=2026-10`."""
    headers = {column.code: column.header for form in forms().values() for column in form.columns}

    def said(part: str) -> str:
        name, equals, value = part.partition("=")
        told = SCOPES.get(value, value) if name == "scope" else value
        return (NAMES.get(name) or headers.get(name, name)) + equals + told

    return "；".join(map(said, text.split("；"))) if text else ""
