"""Explaining, contesting and answering findings: a table to choose from, a reason, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from casework.filing.answering import answer, say
from contract.errors import PilotError
from contract.settings import home
from contract.standing import BLOCKING
from contract.viewer import may_see
from contract.wording import NO_VALUE
from etl.feedback.answers import ANSWERS, CLOSED, EXPLAINS, OBJECTIONS
from etl.reading.remarks import MOST_CHARACTERS
from pages.shared import on_paper, tables
from pages.shared.format import number
from pages.shell import publishing, session
from pages.shell.plain import refused
from pages.shell.view import View
from pages.supervision.filing.wording import worded

DONE = "answering_done"
TURN = "answering_turn"  # a new table after each act, so that nothing stays chosen
TABLE_HEIGHT = 320  # pixels
MEMBER_COLUMNS = {
    "short_name": tables.text("成员", width=125, pinned=True),
    "period": tables.text("报告期", width=80),
}
COLUMNS = {
    "finding_no": tables.figure("序号", width=50),
    "level_name": tables.text("级别", width=65),
    "state_name": tables.text("状态", width=120),
    "message": tables.held(tables.text("问题", width=400), "finding.message"),
    "reason": tables.text("说明原因", width=200),
    "said_by": tables.text("说明人", width=100),
    "answer": tables.text("监管答复", width=180),
    "answered_by": tables.text("答复人", width=90),
    "header": tables.text("列", width=120),
    "value": tables.held(tables.text("填报值", width=120), "finding.value"),
    "expected": tables.held(tables.text("对照值", width=110), "finding.expected"),
    "record": tables.held(tables.text("所在记录", width=150), "finding.record"),
    "form_name": tables.text("表", width=140),
    "check_id": tables.text("校验编号", width=100),
}
Act = Callable[..., int]


def answering(view: View, findings: pd.DataFrame, *, key: str, members: bool = False) -> None:
    """Lets the viewer choose findings and say something about them, as far as the role may; nothing for the others."""
    submits, answers = may_see(view.viewer, EXPLAINS), may_see(view.viewer, ANSWERS)
    if not submits and not answers:
        return
    if notice := st.session_state.pop(DONE, None):
        st.success(notice)
    open_to_viewer = findings[~findings["state"].isin(CLOSED)] if submits else _answerable(findings)
    if open_to_viewer.empty:
        st.caption("没有待说明的问题。" if submits else "没有待答复的说明或异议。")
        return
    turn = st.session_state.setdefault(TURN, 0)
    shown = worded(open_to_viewer).reset_index(drop=True)
    columns = (MEMBER_COLUMNS if members else {}) | COLUMNS
    st.caption("先在表中勾选问题（可多选），再填写" + ("原因。" if submits else "依据。"))
    on_paper.table(shown, columns, "可说明或答复的问题", chosen=True)
    chosen = st.dataframe(
        tables.only(shown, columns), column_config=columns, hide_index=True, key=f"{key}-{turn}",
        height=tables.tall(len(shown), TABLE_HEIGHT // tables.ROW_HEIGHT), on_select="rerun",
        selection_mode="multi-row", placeholder=NO_VALUE, alt="可说明或答复的问题",
    )  # fmt: skip
    picked = shown.iloc[chosen.selection.rows]
    reason = st.text_area(
        "说明原因或异议理由" if submits else "确认或退回的依据",
        key=f"{key}-reason-{turn}",
        max_chars=MOST_CHARACTERS,
        height=84,
    )
    with st.container(horizontal=True, gap="small"):
        for label, act, able in _buttons(view, picked, submits):
            if st.button(label, key=f"{key}-{label}", disabled=not able, type="primary" if able else "secondary"):
                _do(act, picked, reason, label)
        st.caption(f"已选{number(len(picked))}个问题")


def _answerable(findings: pd.DataFrame) -> pd.DataFrame:
    """What the Bureau can answer: every question, and what must be corrected only where it is contested."""
    return findings[~findings["level"].isin(BLOCKING) | findings["state"].isin(OBJECTIONS)]


def _buttons(view: View, picked: pd.DataFrame, submits: bool) -> list[tuple[str, Act, bool]]:
    """What can be done with the chosen findings: label, function, and whether it can be done with all of them."""
    some = not picked.empty
    act = partial(say if submits else answer, view.viewer, view.snapshot, home())
    if submits:
        explicable = some and not picked["level"].isin(BLOCKING).any()
        return [
            ("提交说明", partial(act, contest=False), explicable),
            ("提出异议", partial(act, contest=True), some),
        ]
    said = some and not picked["state"].eq("open").any()
    return [("确认说明、认可异议", partial(act, accept=True), some), ("退回", partial(act, accept=False), said)]


def _do(act: Act, picked: pd.DataFrame, reason: str, label: str) -> None:
    places = list(picked[["submission_id", "finding_no"]].itertuples(index=False, name=None))
    numbers = [(int(submission_id), int(finding_no)) for submission_id, finding_no in places]
    try:
        with publishing.on_record(session.view().viewer):
            count = act(places=numbers, reason=reason)
    except PilotError as refusal:
        st.error(refused(refusal))
        return
    st.session_state[DONE] = f"{label}：已登记{count}个问题。"
    st.session_state[TURN] += 1
    st.rerun()
