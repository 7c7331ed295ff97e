"""One member's filing for one period: where it stands, its versions, the findings with what to do about each."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from casework.filing.answering import findings_by_now
from casework.filing.intake import marked_workbook
from contract.settings import home
from contract.wording import month_name
from etl.feedback.answers import BLOCKING
from metrics.queries.filing.board import filing_of
from metrics.queries.filing.versions import submissions
from pages.shared import downloads, states, tables
from pages.shared.filing_words import by_now, due_at, punctuality, standing_of, version_step, worded
from pages.shared.format import is_absent, minute, number
from pages.shared.sheets import sheet
from pages.shell.data import read
from pages.shell.in_url import kept
from pages.shell.view import View
from pages.supervision.filing.answering import answering
from pages.supervision.filing.forms import forms_brought
from pages.supervision.filing.seal import seal_button
from pages.supervision.filing.versions import versions_beside

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


def detail(view: View, member: pd.Series, period: str) -> None:
    """The filing of a member for a period: state, versions, findings, files."""
    st.subheader(f"{member['name']} · {month_name(period)}")
    row = read(view, filing_of, submitter=member["code"], period=period)
    if row is None:
        states.empty(f"{member['short_name']}在{month_name(period)}不在名单上，没有报送任务。", "请另选报告期")
        return
    versions = read(view, submissions, submitter=member["code"], period=period)
    if versions.empty:
        tone, text = version_step(pd.Series({"submission_id": None, "in_force": True}), row)
        st.html(_standing(tone, _tag(row["verdict"], row), text))
        return
    version = choose_version(versions)
    found = findings_by_now(view.viewer, view.snapshot, home(), int(version["submission_id"]))
    tone, text = version_step(version, by_now(row, found) if version["submission_id"] == row["submission_id"] else row)
    st.html(
        _standing(tone, _tag(version["verdict"], row), text)
        + facts(version, row)
        + forms_brought(view, int(version["submission_id"]))
    )
    seal_button(view, version)
    findings(view, version, found, f"{member['short_name']}_{period}_第{version['version']}版")
    if not found.empty and (version["in_force"] or version["version"] == row["versions"]):
        st.html('<h3 class="case">说明与异议</h3>')
        answering(view, found, key="answering")
    versions_beside(view, versions, version)


def choose_version(versions: pd.DataFrame) -> pd.Series:
    """One version by hand where there are several, the latest else."""
    by_number = versions.set_index(versions["version"].astype(str))
    if len(by_number) == 1:
        return by_number.iloc[0]
    chosen = st.segmented_control(
        "版本",
        **kept("version", by_number.index.tolist()),
        required=True,
        format_func=lambda one: f"第{one}版 {tables.VERDICTS[by_number.loc[one, 'verdict']]}",
    )
    return by_number.loc[chosen]


def _tag(verdict: str, row: pd.Series) -> str:
    """The state of a version as a coloured word; with 迟报 where the first version came late."""
    return tables.tag(verdict, {verdict: replace(standing_of(row), verdict=verdict).state})


def _standing(tone: str, tag: str, text: str) -> str:
    return f'<div class="standing standing-{tone}">{tag}<span>{escape(text)}</span></div>'


def facts(version: pd.Series, row: pd.Series) -> str:
    """Who answers for a version, when it came, by which rules it was judged."""
    pairs = (
        ("收到时间", f"{minute(version['received_at'])}（{punctuality(version)}）"),
        ("截止时间", "—" if version["history"] else due_at(version["deadline"])),
        ("说明期限 · 本期关闭", f"{due_at(row['explain_by'])[:10]} · {due_at(row['closed_at'])[:10]}"),
        ("填报人", version["preparer"]),
        ("复核人", version["reviewer"]),
        ("负责人", version["officer"]),
        ("数据行数", number(version["data_rows"])),
        ("报送文件", version["file_name"]),
        ("报送次数", f"本期共{number(row['versions'])}版，退回{number(row['returned'])}版"),
        ("校验规则版本", version["rule_book"]),
        ("文件校验码（SHA-256）", version["content_hash"]),
        ("填报说明", version["note"]),
    )
    cells = "".join(
        f"<div><dt>{name}</dt><dd>{escape('—' if is_absent(value) else str(value))}</dd></div>" for name, value in pairs
    )
    return f'<dl class="facts">{cells}</dl>'


def findings(view: View, version: pd.Series, found: pd.DataFrame, name: str) -> None:
    """The findings of a version by level, those to be corrected first, and the files to take away."""
    blocking, waiting = int(found["level"].isin(BLOCKING).sum()), int(found["is_open"].sum())
    result = "没有发现问题" if found.empty else f"须改正{blocking}处，待说明{waiting}处，共{len(found)}处"
    st.html(f'<h3 class="case">校验结果：{result}</h3>')
    with st.container(horizontal=True, gap="small"):
        viewer, snapshot, number_ = view.viewer, view.snapshot, int(version["submission_id"])
        downloads.button(
            "下载报送原件" if found.empty else "下载标注问题的工作簿",
            lambda: marked_workbook(viewer, snapshot, home(), number_),
            f"{name}_校验结果.xlsx",
            key="marked",
            type="primary",
            help="须改正的问题、汇总、全部问题（可填写说明原因后随下次报送交回）、校验规则在前，报送原件在后并逐格标出",
        )
        if not found.empty:
            downloads.buttons(view, worded(found), FINDING_COLUMNS, name=f"{name}_校验结果清单", key="findings")
    if found.empty:
        return
    shown = found
    levels = [level for level in tables.CHECK_LEVELS if level in set(found["level"])]
    if len(levels) > 1:
        chosen = st.pills(
            "级别",
            levels,
            key="level",
            format_func=lambda level: f"{tables.CHECK_LEVELS[level]} {int((found['level'] == level).sum())}处",
        )
        shown = found[found["level"] == chosen] if chosen else found
    st.html(findings_html(worded(shown.head(MOST_SHOWN))))
    if len(shown) > MOST_SHOWN:
        st.caption(f"此处列出前{MOST_SHOWN}处，共{number(len(shown))}处，全部内容见上面的下载文件。")


def findings_html(found: pd.DataFrame) -> str:
    """The findings as a table in which nothing is cut off."""
    rows = []
    for row in found.to_dict("records"):
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
    said = tables.tag(row["state"], tables.ANSWERS)
    for words, by, at in (("reason", "said_by", "said_at"), ("answer", "answered_by", "answered_at")):
        if not pd.isna(row[words]):
            said += f'<br>{cells[words]}<br><span class="quiet">{cells[by]} {minute(row[at])}</span>'
    return said
