"""Handing in files: checked first where that is wanted, handed in with progress, and a result a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from secrets import token_hex

import pandas as pd
import streamlit as st

from casework.filing.answering import findings_by_now
from casework.filing.intake import Intake, Upload, findings_given, hand_in, marked_workbook
from casework.filing.unfinished import forget, noted, unfinished
from contract.declarations import filed_level
from contract.settings import home
from contract.standing import DELIVERY_WORDS, Receipt
from contract.wording import month_name
from etl.checks.faults import named_faults
from etl.warehouse.load import Outcome
from metrics.queries.filing.versions import receipt, submissions
from pages.shared import acts, downloads
from pages.shell import publishing
from pages.shell.data import read
from pages.shell.plain import plain
from pages.shell.view import View
from pages.supervision.filing.findings import all_findings
from pages.supervision.filing.precheck import as_frame, check_button, checked
from pages.supervision.filing.wording import by_level

RESULT = "intake_result"
# A new widget after each upload, so that the same files are not offered again; and in each session, since a browser
# whose server was started anew still shows files that are there no more.
ROUND = "intake_round"
TONES = {"accepted": "calm", "returned": "alert", "unchanged": "quiet", "refused": "alert", "faulty": "alert"}
TOO_LARGE = "一个文件不超过{}MB。更大的，把各表另存为CSV、打成ZIP再报，或请分析员在服务器上用命令装载。"
HASH_SHOWN = 12  # digits
AGAIN = "此件与以前某版内容相同，现行有效的是另一版。点此把它作为新的一版报送，受理后以它为准。"


def upload(view: View) -> None:
    """Takes files and says what became of each as soon as it is acknowledged; the data version follows."""
    acts.said(view.viewer)
    _cut_off(view)
    whose = "本单位" if view.viewer.scope else "各机构、各地区"
    named = f"{view.period}_{view.viewer.scope or 'B001'}.xlsx"
    turn = st.session_state.setdefault(ROUND, token_hex(4))
    files = st.file_uploader(
        f"选择{whose}的报送文件（Excel工作簿，或CSV表打包的ZIP；可一次选多个）",
        accept_multiple_files=True,
        key=f"intake-{turn}",
        help=f"文件名形如{named}。每个文件先校验再入库；退回的文件不影响已受理的版本。",
    )
    st.caption(TOO_LARGE.format(st.get_option("server.maxUploadSize")))
    with st.container(horizontal=True, gap="small"):
        asked = check_button(files)
        sent = files and st.button(f"报送并校验{len(files)}个文件", type="primary", icon=":material/upload:")
    checked(view, files, asked)
    if sent:
        uploads = [Upload(file.name, file.getvalue()) for file in files]
        with noted(view.viewer, home(), uploads):
            taken = _handed_in(view, uploads)
            st.session_state[RESULT] = (view.viewer, taken, _kept(uploads, taken))
            st.session_state[ROUND] = token_hex(4)
        st.rerun()
    viewer, taken, kept = st.session_state.get(RESULT, (None, None, None))
    if viewer == view.viewer:
        results(view, taken, kept)


def _cut_off(view: View) -> None:
    """What this person handed in before the system was stopped, or the page left, ahead of its end being told."""
    for told in unfinished(view.viewer, home()):
        with st.container(key=f"cut-off-{told.note.stem}"):
            files = "；".join(plain(file.words) for file in told.files)
            st.warning(f"{told.begun:%m月%d日%H:%M}的报送中断了，没有显示结果。{files}。", icon=":material/info:")
            if st.button("知道了", key=f"seen-{told.note.stem}"):
                forget(told)
                st.rerun()


def _handed_in(view: View, uploads: Sequence[Upload], again: bool = False) -> Intake:
    """Loads the files, with progress, and has published what they change."""
    with acts.doing("正在处理报送文件") as tell, publishing.on_record(view.viewer):
        taken = hand_in(view.viewer, home(), uploads, tell, again)
    if taken.to_publish:
        publishing.ask(view.viewer)
    return taken


def _kept(uploads: Sequence[Upload], taken: Intake) -> dict[int, Upload]:
    """Files by position whose bytes are those of an earlier version: they are at hand where they are meant to count."""
    return {place: uploads[place] for place, outcome in enumerate(taken.outcomes) if outcome.may_count_again}


def results(view: View, taken: Intake, kept: Mapping[int, Upload]) -> None:
    """A line a file, with the findings of those that have any."""
    published = "" if taken.to_publish else "，数据版本未变"
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
    st.session_state[RESULT] = (view.viewer, Intake(tuple(outcomes), taken.to_publish or once_more.to_publish), others)
    st.rerun()


def outcome_line(view: View, outcome: Outcome) -> None:
    """What became of one file: its state, place and findings, and what comes next."""
    findings, told = _found(view, outcome)
    tone = "warn" if findings["is_open"].any() and outcome.status == "accepted" else TONES[outcome.status]
    tag = f'<span class="tag tag-{tone}">{escape(told.state if told else DELIVERY_WORDS[outcome.status])}</span>'
    name = escape(outcome.delivery.name)
    st.html(f'<div class="outcome">{tag}<b>{name}</b><span>{escape(described(outcome, findings, told))}</span></div>')
    if findings.empty:
        return
    if told:
        viewer, snapshot, number = view.viewer, view.snapshot, outcome.submission_id
        file_name = f"{outcome.submitter}_{outcome.period}_第{outcome.version}版_校验结果.xlsx"
        downloads.button(
            "下载标注问题的工作簿",
            lambda: marked_workbook(viewer, snapshot, home(), number),
            file_name,
            key=f"marked-{number}",
            level=filed_level(),
        )
    with st.expander(f"校验结果{len(findings)}处", expanded=outcome.status == "returned"):
        all_findings(findings)


def _found(view: View, outcome: Outcome) -> tuple[pd.DataFrame, Receipt | None]:
    """The findings of a file, and its receipt once a data version has it; before that as the ledger has them."""
    if not outcome.submission_id:
        return as_frame([]), None
    known = read(view, submissions, submitter=outcome.submitter, period=outcome.period)["submission_id"]
    if outcome.submission_id not in set(known):
        return as_frame(findings_given(view.viewer, home(), outcome.submission_id)), None
    told = read(view, receipt, submission_id=outcome.submission_id)
    return findings_by_now(view.viewer, view.snapshot, home(), outcome.submission_id), told


def described(outcome: Outcome, findings: pd.DataFrame, told: Receipt | None) -> str:
    """The outcome in words: the number of findings by level, what comes next, and which file it is about."""
    if outcome.status in ("refused", "faulty"):
        return outcome.message
    where = f"{outcome.submitter} {month_name(outcome.period)} 第{outcome.version}版"
    if outcome.status == "unchanged":
        return f"{where}：{outcome.message}"
    broken = f"；规则{named_faults(outcome.faults)}未能执行" if outcome.faults else ""
    reasons = f"；登记说明{outcome.reasons}条" if outcome.reasons else ""
    said = f"{where}：{by_level(findings) or '没有发现问题'}{broken}{reasons}。"
    if told is None:
        return f"{said}已登记，回执号{outcome.submission_id}；正在计入新的数据版本。"
    file = f"回执号{outcome.submission_id}，校验规则版本{told.rule_book}，文件校验码{told.content_hash[:HASH_SHOWN]}…"
    return f"{said}{told.step}。（{file}）"
