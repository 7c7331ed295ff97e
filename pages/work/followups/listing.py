"""The list of follow-ups: how many in each state, which are shown, a row each, and the file to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from ledger.month.followups import ANSWERED, CLOSED, OPEN, STATES
from metrics.queries.work.followups import Owed
from pages.shared import downloads, tables
from pages.shared.counts import count, strip
from pages.shared.format import number
from pages.shell.session import person
from pages.shell.view import View

COLUMNS = {
    "number": tables.text("编号", width=104),
    "what": tables.text("督办内容", width=270),
    "owner": tables.text("责任人", width=130),
    "due": st.column_config.DateColumn("期限", format="YYYY-MM-DD", width=100),
    "late": tables.text("逾期", width=60),
    "state": tables.text("状态", width=80),
    "source": tables.text("来源", width=284),
}
# What may be listed → which follow-ups are.
SHOWS: dict[str, Callable[[Owed], bool]] = {
    "waiting": lambda owed: owed.followup.state != CLOSED,
    "own": lambda owed: owed.own and owed.followup.state != CLOSED,
    "overdue": lambda owed: owed.overdue,
    "answered": lambda owed: owed.followup.state == ANSWERED,
    "all": lambda owed: True,
}
EXPORT = {
    "number": "编号", "source": "来源", "what": "督办内容", "owner": "责任人", "due": "期限", "late": "逾期",
    "state": "状态", "opened": "交办日", "opener": "交办人", "answer": "答复", "conclusion": "结论",
}  # fmt: skip


def counts(followups: Sequence[Owed]) -> None:
    """How many there are in each state, and how many are overdue."""
    states = [owed.followup.state for owed in followups]
    late, answered = sum(owed.overdue for owed in followups), states.count(ANSWERED)
    shown = [
        count("待办", states.count(OPEN), "件"),
        count("逾期", late, "件", "alert"),
        count("已答复，待办结", answered, "件", "warn"),
        count("已办结", states.count(CLOSED), "件"),
    ]
    strip(f"{number(len(followups))}件督办事项", "台账现状", shown)


def listed(followups: Sequence[Owed]) -> pd.DataFrame:
    """A row a follow-up, in words."""
    rows = [
        {
            "id": str(owed.followup.id),
            "number": owed.followup.number,
            "what": owed.followup.what,
            "owner": person(owed.owner_name),
            "due": owed.followup.due_on,
            "late": "逾期" if owed.overdue else None,
            "state": STATES[owed.followup.state],
            "source": owed.source_name,
            "opened": owed.followup.opened_on,
            "opener": person(owed.followup.opened_by),
            "answer": owed.followup.answer.text if owed.followup.answer else None,
            "conclusion": owed.followup.closing.text if owed.followup.closing else None,
        }
        for owed in followups
    ]
    return pd.DataFrame(rows, columns=["id", *dict.fromkeys((*COLUMNS, *EXPORT))])


def export(view: View, table: pd.DataFrame) -> None:
    downloads.buttons(view, table, EXPORT, name=f"督办事项_{view.snapshot.now:%Y%m%d}", key="followups")
