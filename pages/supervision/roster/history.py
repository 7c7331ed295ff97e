"""A member's way on the pilot list: its states by stretch, and the decisions behind them."""

from __future__ import annotations

from html import escape

import streamlit as st

from contract.viewer import may_see
from metrics.queries.members.roster import decisions, timeline
from pages.shared import wording
from pages.shared.format import is_absent
from pages.shared.sheets import sheet
from pages.shell import states
from pages.shell.data import read
from pages.shell.moments import day
from pages.shell.plain import plain
from pages.shell.session import person
from pages.shell.view import View

DECISION_HEADS = ("生效日期", "决定", "状态", "批次", "文号", "事由", "提出人", "批准人", "提出日期")


def history(view: View, code: str, name: str) -> None:
    """A member's way on the list: its states by stretch, and the decisions behind them."""
    st.subheader(plain(f"{name}的名单经历"))
    stretches = read(view, timeline, code=code)
    steps = "".join(
        f'<li class="step step-{row.state}"><b>{wording.STATES[row.state]}</b>'
        f"<span>{day(row.from_date)} 起{'' if is_absent(row.to_date) else f'，至 {day(row.to_date)}'}</span></li>"
        for row in stretches.itertuples()
    )
    st.html(f'<ol class="steps">{steps}</ol>')
    if not may_see(view.viewer, "decisions"):
        return
    decided = read(view, decisions, subject=code)
    if decided.empty:
        states.empty(f"没有{name}的名单决定。", "名单决定生效后在此列出")
        return
    rows = [
        (
            day(row["effective_on"]),
            wording.DECISIONS[row["kind"]],
            wording.tag(row["status"], wording.DECISION_STATUS),
            *(_text(row[key]) for key in ("batch", "document_no", "reason")),
            *(_text(person(row[key])) for key in ("proposer", "approver")),
            day(row["proposed_on"]),
        )
        for row in decided.to_dict("records")
    ]
    st.html(sheet(DECISION_HEADS, rows))


def _text(value: object) -> str:
    return "—" if is_absent(value) or value == "" else escape(str(value))
