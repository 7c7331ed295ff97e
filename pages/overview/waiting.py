"""What waits for the viewer, as a strip of links: each says how many, whose, and leads to where it is done."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import streamlit as st

from contract.unseen import without_unseen
from metrics.queries.work.waiting import Waiting
from pages.shell.links import anchor
from pages.shell.plain import unbroken
from pages.shell.selections import Filing, Followups, Giving, Monthly, Policy, Roster, Warnings
from pages.shell.view import View

# Kind → what it says, icon, and the selection of the page that it leads to.
KINDS = {
    "missing": ("{}家未报送", ":material/schedule:", Filing(verdict="missing")),
    "returned": ("{}家退回待重报", ":material/undo:", Filing(verdict="returned")),
    "questions": ("{}家待说明", ":material/help:", Filing(verdict="questions")),
    "due": ("{}家未到期", ":material/event:", Filing(verdict="due")),
    "triggers": ("{}项预警待处置", ":material/notifications:", Warnings()),
    "decisions": ("{}件决定待复核", ":material/approval:", Roster(part="decisions")),
    "policy": ("{}件参数变更待复核", ":material/tune:", Policy(part="proposals")),
    "users": ("{}件使用者变更待复核", ":material/manage_accounts:", Policy(part="proposals")),
    "givings": ("{}件对外提供待批准", ":material/outbound:", Giving()),
    "issues": ("{}期月报待复核", ":material/description:", Monthly()),
    "returned_issues": ("{}期月报被退回", ":material/description:", Monthly()),
    "followups": ("{}件督办待答复", ":material/task:", Followups(shown="own")),
    "answered": ("{}件督办待办结", ":material/task_alt:", Followups(shown="answered")),
}

MOST_ACROSS = 5  # with more beside one another their words would be cut off


def waiting_strip(view: View, items: Sequence[Waiting]) -> None:
    """The strip; says so where nothing waits."""
    if not items:
        st.html('<p class="waiting">本期没有待办事项。</p>')
        return
    across = ceil(len(items) / ceil(len(items) / MOST_ACROSS))
    cells = "".join(_cell(view, item) for item in items)
    st.html(f'<ul class="waiting" aria-label="待办事项" style="--across:{across}">{cells}</ul>')


def _cell(view: View, item: Waiting) -> str:
    """How many, as the link, and below it whose."""
    says, icon, selection = KINDS[item.kind]
    way = anchor(view, selection, says.format(item.count), icon=icon)
    whose = "、".join(unbroken(name) for name in without_unseen(item.detail).split("、"))
    return f"<li>{way}<small>{whose}</small></li>"
