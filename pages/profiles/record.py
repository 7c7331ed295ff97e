"""What is on record of a member: its filings, open triggers, decisions on the list."""

from __future__ import annotations

from html import escape

import streamlit as st

from contract.viewer import may_see
from contract.wording import NO_VALUE, month_name
from metrics.queries.filing.board import filing
from metrics.queries.members.roster import decisions
from metrics.queries.members.trigger_cases import cases
from pages.shared import tables, wording
from pages.shared.behind.marks import Behind
from pages.shared.cases import against
from pages.shared.format import is_absent, number
from pages.shared.sheets import sheet
from pages.shell import states
from pages.shell.data import read
from pages.shell.links import anchor
from pages.shell.moments import due_at, minute
from pages.shell.selections import Filing, Roster, Warnings
from pages.shell.view import View

RECENT_FILINGS = 12


def filings(view: View, submitter: str) -> None:
    """The last year's filings, a row a period."""
    if not may_see(view.viewer, "filing"):
        return
    st.header("报送情况")
    board = read(view, filing, submitter=submitter)
    frame = board[board["period"] <= view.period].sort_values("period", ascending=False).head(RECENT_FILINGS)
    frame = frame.assign(
        deadline=frame["deadline"].map(due_at, na_action="ignore"),
    )
    if frame.empty:
        states.empty("至本期没有报送任务。", "在左侧换成纳入名单以后的报告期")
        return
    levels = wording.CHECK_LEVELS
    rows = [
        (
            anchor(view, Filing(part="detail", member=submitter, period=row["period"]), month_name(row["period"])),
            wording.tag(row["verdict"], wording.VERDICTS),
            minute(row["first_received_at"]),
            escape(row["deadline"]) if isinstance(row["deadline"], str) else NO_VALUE,
            NO_VALUE if is_absent(row["on_time"]) else "按时" if row["on_time"] else "迟报",
            *(number(row[name]) for name in ("versions", "returned", *(f"{level.lower()}_count" for level in levels))),
        )
        for row in frame.to_dict("records")
    ]
    heads = ("报送期", "状态", "首次收到", "截止时间", "是否按时", "版本数", "退回次数", *levels.values())
    st.html(f'<div class="scroll">{sheet(heads, rows, figures=range(5, len(heads)))}</div>')


def warnings(view: View, subject: str) -> None:
    """Triggers open at this period."""
    if not may_see(view.viewer, "triggers"):
        return
    st.header("预警线索")
    open_cases = [case for case in read(view, cases, period=view.period) if case.subject == subject]
    if not open_cases:
        states.empty(
            f"{month_name(view.period)}没有未了结的预警线索。", "已了结的见“预警与退出”的“历次线索”", title="无预警线索"
        )
        return
    rows = [
        (
            anchor(view, Warnings(subject=subject, case=case.id), case.rule.name),
            wording.tag(case.level, wording.LEVELS),
            month_name(case.since),
            escape(against(case)),
            anchor(view, Warnings(part="ways", shown="all", case=case.id), "办理过程"),
        )
        for case in open_cases
    ]
    st.html(f'<div class="scroll">{sheet(("规则", "级别", "起始期", "本期值与界限", "办理"), rows)}</div>')


def decided(view: View, subject: str) -> None:
    """Decisions on the member, the latest first."""
    if not may_see(view.viewer, "decisions"):
        return
    st.header("名单决定")
    frame = read(view, decisions, subject=subject)
    frame = frame.assign(kind=frame["kind"].map(wording.DECISIONS), status=frame["status"].map(wording.DECISION_STATUS))
    tables.sheet(
        frame,
        {
            "effective_on": st.column_config.DateColumn("生效日", format="YYYY-MM-DD"),
            "kind": tables.text("事项"),
            "status": tables.text("状态"),
            "batch": tables.text("批次"),
            "document_no": tables.text("文号"),
            "reason": tables.text("理由", width="large"),
            "proposer": tables.text("提出"),
            "approver": tables.text("复核"),
        },
        key=f"decisions-{subject}",
        about="名单决定",
        behind=Behind(view, lambda row: [(Roster(part="decisions", proposal=str(row["decision_id"])), "这件决定")]),
    )
