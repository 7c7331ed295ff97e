"""Handing in files: upload with progress and a result a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
import streamlit as st

from casework.filing.answering import findings_by_now
from casework.filing.intake import Intake, Upload, hand_in
from contract.settings import home
from contract.standing import DELIVERY_WORDS, Receipt
from contract.wording import month_name
from etl.checks.faults import named_faults
from etl.warehouse.load import Outcome
from metrics.queries.filing.versions import receipt
from pages.shared import wording
from pages.shell.data import read
from pages.shell.view import View
from pages.supervision.filing.findings import findings_html
from pages.supervision.filing.wording import worded

RESULT = "intake_result"
ROUND = "intake_round"  # a new widget after each upload, so that the same files are not offered again
TONES = {"accepted": "calm", "returned": "alert", "unchanged": "quiet", "refused": "alert", "faulty": "alert"}
HASH_SHOWN = 12  # digits
MOST_SHOWN = 20
LEVELS = ("S", "V", "Q", "M")
AGAIN = "此件与以前某版内容相同，现行有效的是另一版。点此把它作为新的一版报送，受理后以它为准。"


def upload(view: View) -> None:
    """Takes files, loads and publishes them, then shows what became of each on the new data version."""
    whose = "本单位" if view.viewer.scope else "各机构、各地区"
    turn = st.session_state.setdefault(ROUND, 0)
    files = st.file_uploader(
        f"选择{whose}的报送文件（xlsx工作簿，或CSV表打包的zip；可一次选多个）",
        accept_multiple_files=True,
        key=f"intake-{turn}",
        help="文件名形如2026-10_B001.xlsx。每个文件先校验再入库；退回的文件不影响已受理的版本。",
    )
    if files and st.button(f"报送并校验{len(files)}个文件", type="primary", icon=":material/upload:"):
        uploads = [Upload(file.name, file.getvalue()) for file in files]
        taken = _handed_in(view, uploads)
        st.session_state[RESULT] = (view.viewer, taken, _kept(uploads, taken))
        st.session_state[ROUND] = turn + 1
        st.rerun()
    viewer, taken, kept = st.session_state.get(RESULT, (None, None, None))
    if viewer == view.viewer:
        results(view, taken, kept)


def _handed_in(view: View, uploads: Sequence[Upload], again: bool = False) -> Intake:
    """Loads and publishes the files, with progress."""
    with st.status("正在处理报送文件", expanded=True) as status:
        bar = st.progress(0.0)
        taken = hand_in(view.viewer, home(), uploads, lambda text, share: bar.progress(share, text=text), again)
        status.update(label="处理完成", state="complete")
    return taken


def _kept(uploads: Sequence[Upload], taken: Intake) -> dict[int, Upload]:
    """Files by position whose bytes are those of an earlier version: they are at hand where they are meant to count."""
    return {place: uploads[place] for place, outcome in enumerate(taken.outcomes) if outcome.may_count_again}


def results(view: View, taken: Intake, kept: Mapping[int, Upload]) -> None:
    """A line a file, with the findings of those that have any."""
    published = f"，已发布数据版本第{taken.number}版" if taken.number else "，数据版本未变"
    st.html(f'<h3 class="case">本次报送结果：{len(taken.outcomes)}个文件{published}</h3>')
    for position, outcome in enumerate(taken.outcomes):
        with st.container(border=True, key=f"outcome-{position}"):
            outcome_line(view, outcome)
            if position in kept and st.button("仍以此件为准", key=f"again-{position}", help=AGAIN):
                _count_again(view, taken, kept, position)


def _count_again(view: View, taken: Intake, kept: Mapping[int, Upload], position: int) -> None:
    """Takes a file's bytes as a new version, and shows what became of it in its place."""
    once_more = _handed_in(view, [kept[position]], again=True)
    outcomes = [*taken.outcomes]
    outcomes[position] = once_more.outcomes[0]
    others = {place: upload for place, upload in kept.items() if place != position}
    st.session_state[RESULT] = (view.viewer, Intake(tuple(outcomes), once_more.number or taken.number), others)
    st.rerun()


def outcome_line(view: View, outcome: Outcome) -> None:
    """What became of one file: its state, place and findings, and what comes next."""
    findings, told, word = None, None, DELIVERY_WORDS[outcome.status]
    if outcome.submission_id:
        findings = findings_by_now(view.viewer, view.snapshot, home(), outcome.submission_id)
        told = read(view, receipt, submission_id=outcome.submission_id)
        word = told.state
    tone = "warn" if findings is not None and findings["is_open"].any() else TONES[outcome.status]
    tag = f'<span class="tag tag-{tone}">{escape(word)}</span>'
    name = escape(outcome.delivery.name)
    st.html(f'<div class="outcome">{tag}<b>{name}</b><span>{escape(described(outcome, findings, told))}</span></div>')
    if findings is None or findings.empty:
        return
    with st.expander(f"校验结果{len(findings)}处", expanded=outcome.status == "returned"):
        st.html(findings_html(worded(findings.head(MOST_SHOWN))))
        if len(findings) > MOST_SHOWN:
            st.caption(f"此处列出前{MOST_SHOWN}处，全部内容见“报送明细”中的下载文件。")


def described(outcome: Outcome, findings: pd.DataFrame | None, told: Receipt | None) -> str:
    """The outcome in words: the number of findings by level, what comes next, and which file it is about."""
    if outcome.status in ("refused", "faulty"):
        return outcome.message
    where = f"{outcome.submitter} {month_name(outcome.period)} 第{outcome.version}版"
    if outcome.status == "unchanged":
        return f"{where}：{outcome.message}"
    by_level = findings["level"].value_counts() if findings is not None else {}
    counts = "，".join(f"{wording.CHECK_LEVELS[level]}{by_level[level]}处" for level in LEVELS if level in by_level)
    broken = f"；规则{named_faults(outcome.faults)}未能执行" if outcome.faults else ""
    reasons = f"；登记说明{outcome.reasons}条" if outcome.reasons else ""
    file = f"回执号{outcome.submission_id}，校验规则版本{told.rule_book}，文件校验码{told.content_hash[:HASH_SHOWN]}…"
    return f"{where}：{counts or '没有发现问题'}{broken}{reasons}。{told.step}。（{file}）"
