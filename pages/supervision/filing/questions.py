"""The work list of questions and objections across members: what waits for an answer, with filters."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from casework.filing.answering import unpublished, work_list
from contract.settings import home
from contract.viewer import may_see
from contract.wording import month_name
from etl.feedback.answers import ANSWERS
from pages.shared import acts, downloads, wording
from pages.shell import publishing, states
from pages.shell.view import View
from pages.supervision.filing.answering import answering
from pages.supervision.filing.wording import CELLS, worded

FILE_COLUMNS = {
    "short_name": "成员", "submitter": "报送机构编码", "period": "报告期", "version": "版本", "level_name": "级别",
    "state_name": "状态", "form_name": "表", "header": "列", "record": "所在记录", "value": "填报值",
    "expected": "对照值", "message": "问题", "advice": "怎么改", "reason": "说明原因",
    "said_by": "说明人", "said_at": "说明时间",
    "answer": "监管答复", "answered_by": "答复人", "answered_at": "答复时间", "check_id": "校验编号", "key": "问题标识",
}  # fmt: skip


def questions(view: View) -> None:
    """All that is open, and objections; by period, state, level and member."""
    bureau = may_see(view.viewer, ANSWERS)
    acts.said(view.viewer)
    if bureau:
        _publication(view)
    period = st.segmented_control(
        "报告期范围", ["all", "chosen"], default="all", required=True, key="questions-period",
        format_func={"all": "全部报告期", "chosen": f"只看{month_name(view.period)}"}.get,
    )  # fmt: skip
    chosen = st.pills(
        "状态", [state for state in wording.ANSWERS if state != "correct"], selection_mode="multi",
        key="questions-state", format_func=wording.ANSWERS.get, help="不选则列出尚未办结的",
    )  # fmt: skip
    asked = work_list(
        view.viewer, view.snapshot, home(), view.period if period == "chosen" else None, chosen or None
    )  # fmt: skip
    asked = _narrowed(asked, bureau)
    if asked.empty:
        states.empty("没有符合条件的问题。", "办结的问题，在上面选相应的状态查看", title="没有待办的问题")
        return
    counts = asked["state"].value_counts()
    said = "，".join(f"{wording.ANSWERS[state]}{counts[state]}个" for state in wording.ANSWERS if state in counts)
    st.html(f'<h3 class="case">共{len(asked)}个问题：{said}</h3>')
    downloads.buttons(view, worded(asked), FILE_COLUMNS, name="待说明问题清单", key="questions", of=CELLS)
    answering(view, asked, key="questions", members=True)


def _narrowed(asked: pd.DataFrame, bureau: bool) -> pd.DataFrame:
    """The rows of the chosen members and levels."""
    left, right = st.columns(2)
    if bureau:
        names = dict(zip(asked["submitter"], asked["short_name"], strict=True))
        members = left.multiselect("成员", sorted(names), format_func=names.get, key="questions-member")
        asked = asked[asked["submitter"].isin(members)] if members else asked
    levels = right.pills(
        "级别", list(wording.CHECK_LEVELS), selection_mode="multi", key="questions-level",
        format_func=wording.CHECK_LEVELS.get,
    )  # fmt: skip
    return asked[asked["level"].isin(levels)] if levels else asked


def _publication(view: View) -> None:
    """Says what the current data version does not count yet, and counts it when asked to."""
    waiting = unpublished(view.viewer, view.snapshot, home())
    if not waiting:
        return
    text, button = st.columns([3, 1], vertical_alignment="center")
    text.info(f"有{waiting}条说明和答复尚未计入报送状态；发布新的数据版本后，已全部确认的报送转为“已受理”。")
    if button.button("发布新的数据版本", icon=":material/publish:", key="publish-answers"):
        publishing.ask(view.viewer)
        st.rerun()
