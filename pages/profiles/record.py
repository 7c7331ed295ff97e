"""What is on record of a member: its filings, open triggers, decisions on the list."""

from __future__ import annotations

import streamlit as st

from contract.viewer import may_see
from contract.wording import month_name
from metrics.queries.filing.board import filing
from metrics.queries.members.roster import decisions
from metrics.queries.members.trigger_cases import triggers
from metrics.warnings.rules import rule_of
from pages.shared import tables, wording
from pages.shell import states
from pages.shell.data import read
from pages.shell.links import link
from pages.shell.moments import due_at
from pages.shell.selections import Warnings
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
        verdict=frame["verdict"].map(wording.VERDICTS),
        period=frame["period"].map(month_name),
        deadline=frame["deadline"].map(due_at, na_action="ignore"),
    )
    tables.sheet(
        frame,
        {
            "period": tables.text("报送期"),
            "verdict": tables.text("状态"),
            "first_received_at": st.column_config.DatetimeColumn("首次收到", format="YYYY-MM-DD HH:mm"),
            "deadline": tables.text("截止时间"),
            "on_time": st.column_config.CheckboxColumn("按时"),
            "versions": tables.figure("版本数"),
            "returned": tables.figure("退回次数"),
            **{f"{level.lower()}_count": tables.figure(name) for level, name in wording.CHECK_LEVELS.items()},
        },
        key=f"filings-{submitter}",
        about="报送情况",
        height=tables.tall(len(frame), RECENT_FILINGS),
    )


def warnings(view: View, subject: str) -> None:
    """Triggers open at this period."""
    if not may_see(view.viewer, "triggers"):
        return
    st.header("预警线索")
    frame = read(view, triggers, periods=(view.period,), subject=subject)
    if frame.empty:
        states.empty(f"{month_name(view.period)}没有未了结的预警线索。", title="无预警线索")
        return
    frame = frame.assign(
        rule_name=[rule_of(rule).name for rule in frame["rule"]],
        level=frame["level"].map(wording.LEVELS),
        since=frame["since"].map(month_name),
    )
    tables.sheet(
        frame,
        {
            "rule_name": tables.text("规则"),
            "level": tables.text("级别"),
            "since": tables.text("起始期"),
            "value": tables.figure("本期值", 2),
            "threshold": tables.figure("界线", 2),
            "id": tables.text("线索编号"),
        },
        key=f"triggers-{subject}",
        about="预警线索",
    )
    link(view, Warnings(subject=subject), "查看依据")


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
    )
