"""The findings of one version: by level, with what to do about each and what was said, and the files to take away."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from casework.filing.intake import marked_workbook
from contract.declarations import filed_level
from contract.settings import home
from etl.feedback.answers import BLOCKING
from pages.shared import downloads, wording
from pages.shared.format import number
from pages.shared.sheets import sheet
from pages.shell.moments import minute
from pages.shell.view import View
from pages.supervision.filing.wording import CELLS, worded

MOST_SHOWN = 200
FINDING_COLUMNS = {
    "finding_no": "序号",
    "level_name": "级别",
    "form_name": "表",
    "sheet": "工作表",
    "row_no": "行",
    "header": "列",
    "record": "所在记录",
    "value": "填报值",
    "expected": "对照值",
    "message": "问题",
    "advice": "怎么改",
    "check_id": "校验编号",
    "state_name": "说明状态",
    "reason": "说明原因",
    "said_by": "说明人",
    "said_at": "说明时间",
    "answer": "监管答复",
    "answered_by": "答复人",
    "answered_at": "答复时间",
    "key": "问题标识",
}


def result_of_checks(view: View, version: pd.Series, findings: pd.DataFrame, name: str) -> None:
    """The findings of a version by level, those to be corrected first, and the files to take away."""
    blocking, waiting = int(findings["level"].isin(BLOCKING).sum()), int(findings["is_open"].sum())
    result = "没有发现问题" if findings.empty else f"须改正{blocking}处，待说明{waiting}处，共{len(findings)}处"
    st.html(f'<h3 class="case">校验结果：{result}</h3>')
    with st.container(horizontal=True, gap="small"):
        viewer, snapshot, number_ = view.viewer, view.snapshot, int(version["submission_id"])
        downloads.button(
            "下载报送原件" if findings.empty else "下载标注问题的工作簿",
            lambda: marked_workbook(viewer, snapshot, home(), number_),
            f"{name}_校验结果.xlsx",
            key="marked",
            level=filed_level(),
            type="primary",
            help="须改正的问题、汇总、全部问题（可填写说明原因后随下次报送交回）、校验规则在前，报送原件在后并逐格标出",
        )
        if not findings.empty:
            about = {"name": f"{name}_校验结果清单", "key": "findings"}
            downloads.buttons(view, worded(findings), FINDING_COLUMNS, **about, of=CELLS)
    if findings.empty:
        return
    shown = findings
    levels = [level for level in wording.CHECK_LEVELS if level in set(findings["level"])]
    if len(levels) > 1:
        chosen = st.pills(
            "级别",
            levels,
            key="level",
            format_func=lambda level: f"{wording.CHECK_LEVELS[level]} {int((findings['level'] == level).sum())}处",
        )
        shown = findings[findings["level"] == chosen] if chosen else findings
    all_findings(shown)


def all_findings(findings: pd.DataFrame) -> None:
    """The findings, as many as a page bears; the rest are in the workbook beside."""
    st.html(findings_html(worded(findings.head(MOST_SHOWN))))
    if len(findings) > MOST_SHOWN:
        st.caption(f"此处列出前{MOST_SHOWN}处，共{number(len(findings))}处，全部内容见上面的下载文件。")


def findings_html(findings: pd.DataFrame) -> str:
    """The findings as a table in which nothing is cut off."""
    rows = []
    for row in findings.to_dict("records"):
        tone = "alert" if row["level"] in BLOCKING else "warn"
        cells = {key: "—" if pd.isna(value) else escape(str(value)) for key, value in row.items()}
        record = f'<br><span class="quiet">{cells["record"]}</span>' if row["record"] else ""
        expected = "" if pd.isna(row["expected"]) else f'<br><span class="quiet">对照值 {cells["expected"]}</span>'
        rows.append(
            (
                f'<span class="tag tag-{tone}">{cells["level_name"]}</span>',
                f"{cells['form_name']}<br><b>{cells['header']}</b>{record}",
                cells["row_no"],
                f'<span class="value">{cells["value"]}{expected}</span>',
                f'{cells["message"]}<br><span class="quiet">{cells["advice"]}</span>',
                _said(row, cells),
                f'<span class="quiet nowrap">{cells["finding_no"]}<br>{cells["check_id"]}</span>',
            )
        )
    heads = ("级别", "表与列", "行", "填报值", "问题与改法", "说明与答复", "序号与编号")
    return sheet(heads, rows, figures=(2,), style="findings")


def _said(row: dict, cells: dict[str, str]) -> str:
    """The state of a finding, the submitter's words and the Bureau's, each with who and when."""
    said = wording.tag(row["state"], wording.ANSWERS)
    for words, by, at in (("reason", "said_by", "said_at"), ("answer", "answered_by", "answered_at")):
        if not pd.isna(row[words]):
            said += f'<br>{cells[words]}<br><span class="quiet">{cells[by]} {minute(row[at])}</span>'
    return said
