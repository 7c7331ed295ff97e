"""先校验，不报送: what a chosen file would be found to be, all findings and the marked workbook; nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from casework.filing.intake import Upload
from casework.filing.precheck import Precheck, precheck
from contract.declarations import filed_level
from contract.settings import home
from contract.standing import PRECHECK_WORDS
from contract.wording import month_name
from etl.checks.faults import named_faults
from etl.checks.findings import FINDING_NAMES
from etl.feedback.answers import BLOCKING
from pages.shared import acts, downloads
from pages.shared.format import number
from pages.shell.view import View
from pages.supervision.filing.findings import all_findings
from pages.supervision.filing.wording import by_level

CHECKED = "prechecked"
TONES = {"accepted": "calm", "questions": "warn", "returned": "alert"}
ABOUT = "“先校验，不报送”只校验，不入库、不计报送次数；跨机构、跨地区的一致性校验在报送后进行。"
SAID = ("reason", "said_by", "said_at", "answer", "answered_by", "answered_at")  # nothing yet, of what was not filed


def check_button(files: Sequence[UploadedFile]) -> bool:
    """Whether the chosen files are to be checked."""
    return bool(files) and st.button("先校验，不报送", icon=":material/fact_check:")


def checked(view: View, files: Sequence[UploadedFile], asked: bool) -> None:
    """Checks the chosen files where that is asked for, and shows the results of those that this viewer had checked."""
    results = st.session_state.setdefault(CHECKED, {})
    chosen = {(view.viewer, file.file_id): file for file in files}
    for gone in results.keys() - chosen.keys():
        del results[gone]
    if asked:
        with acts.doing("正在校验，不入库") as tell:
            for place, (whose, file) in enumerate(chosen.items()):
                tell(f"正在校验{file.name}", place / len(chosen))
                results[whose] = precheck(view.viewer, home(), Upload(file.name, file.getvalue()))
        st.rerun()
    if files:
        st.caption(ABOUT)
    shown = [(file.file_id, results[whose]) for whose, file in chosen.items() if whose in results]
    if shown:
        st.html('<h3 class="case">预先校验结果（未报送，未计版本）</h3>')
    for key, result in shown:
        with st.container(border=True, key=f"precheck-{key}"):
            _result(view, key, result)


def _result(view: View, key: str, result: Precheck) -> None:
    """One file: whether it would pass, and everything that was found."""
    if result.checked is None:
        _line("alert", "不能受理", result.name, result.refusal)
        return
    verdict, found = result.checked.verdict, as_frame(result.checked.findings)
    _line(TONES[verdict], PRECHECK_WORDS[verdict], result.name, _described(result, found))
    if found.empty:
        return
    name = f"{result.checked.submitter}_{result.checked.period}_预先校验"
    downloads.button(
        "下载标注问题的工作簿", result.marked_workbook, f"{name}.xlsx", key=f"precheck-{key}", level=filed_level()
    )
    with st.expander(f"校验结果{len(found)}处", expanded=verdict == "returned"):
        all_findings(found)


def _line(tone: str, word: str, name: str, text: str) -> None:
    tag = f'<span class="tag tag-{tone}">{escape(word)}</span>'
    st.html(f'<div class="outcome">{tag}<b>{escape(name)}</b><span>{escape(text)}</span></div>')


def _described(result: Precheck, found: pd.DataFrame) -> str:
    """`B001 2026年10月：格式性2处。改正后再报送。`"""
    checked = result.checked
    counts = by_level(found) or "没有发现问题"
    broken = f"；规则{named_faults(checked.faults)}未能执行，不是报送文件的问题" if checked.faults else ""
    same = f"；与已报送的第{result.same_as}版内容相同" if result.same_as else ""
    blocking = int(found["level"].isin(BLOCKING).sum())
    step = f"须改正{number(blocking)}处，改正后再报送" if blocking else "可以报送"
    return f"{checked.submitter} {month_name(checked.period)}：{counts}{broken}{same}。{step}。"


def as_frame(findings: Sequence[dict]) -> pd.DataFrame:
    """One row a finding, numbered in its order, with the columns that `findings_html` draws; nothing was said yet."""
    names = {stable: column for column, stable in FINDING_NAMES.items()}
    rows = [
        {names.get(name, name): value for name, value in finding.items()}
        | dict.fromkeys(SAID)
        | {"finding_no": place, "state": "correct" if finding["level"] in BLOCKING else "open", "is_open": True}
        for place, finding in enumerate(findings, 1)
    ]
    return pd.DataFrame(rows, columns=None if rows else ["level", "state", "is_open"])
