"""Changes of users on the screen: what waits with what this viewer may do, then what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from casework.policy.users import approve_user, reject_user
from contract.settings import home
from contract.viewer import may_see
from ledger.people import same_person
from ledger.proposals import PROPOSED
from ledger.users import UserProposal
from pages.shared import tables
from pages.shared.format import day
from pages.shared.sheets import sheet
from pages.shell import acts
from pages.shell.session import person
from pages.shell.view import View

HEADS = ("编号", "使用者", "变更", "状态", "事由", "提议", "批准或驳回")
LATEST = 20


def proposals(view: View, found: Sequence[UserProposal]) -> None:
    """Nothing at all where no change was ever proposed: users are put forward by command."""
    if not found:
        return
    waiting = [one for one in reversed(found) if one.status == PROPOSED]
    st.subheader(f"待复核的使用者变更（{len(waiting)}件）")
    if not waiting:
        st.caption("没有待复核的使用者变更。")
    for one in waiting:
        with st.container(border=True, key=f"user-proposal-{one.id}"):
            st.html(_card(one))
            _acting(view, one)
    closed = [_closed(one) for one in found if one.status != PROPOSED][:LATEST]
    if closed:
        st.subheader("已办结的使用者变更")
        st.html(f'<div class="scroll">{sheet(HEADS, closed, style="policy-closed")}</div>')


def _card(one: UserProposal) -> str:
    proposed = f"第{one.id}号 · {person(one.proposer)}于{day(one.proposed_on)}提出"
    return (
        f'<ul class="changes"><li>{escape(one.draft.name)}：{escape(one.change)}</li></ul>'
        f'<p class="case">{escape(one.draft.reason)}</p><p class="quiet">{escape(proposed)}</p>'
    )


def _closed(one: UserProposal) -> tuple[str, ...]:
    because = f"<br>{escape(one.rejected_because)}" if one.rejected_because else ""
    return (
        str(one.id),
        escape(one.draft.name),
        escape(one.change),
        tables.tag(one.status, tables.DECISION_STATUS),
        escape(one.draft.reason),
        f"{escape(person(one.proposer))}<br>{day(one.proposed_on)}",
        f"{escape(person(one.approver))}<br>{day(one.decided_on)}{because}",
    )


def _acting(view: View, one: UserProposal) -> None:
    if not may_see(view.viewer, "approve"):
        return
    if same_person(view.viewer.user, one.proposer):
        st.caption("由本人提出，须由另一人批准或驳回。")
        return
    if same_person(view.viewer.user, one.draft.name):
        st.caption("涉及本人，须由另一人批准或驳回。")
        return
    with st.container(horizontal=True, gap="small"):
        if st.button("批准", key=f"approve-user-{one.id}", type="primary", icon=":material/check:"):
            acts.do(lambda: approve_user(home(), one.id, view.viewer), lambda _: f"第{one.id}号使用者提议已批准")
        with st.popover("驳回", icon=":material/close:"), st.form(f"reject-user-{one.id}", border=False):
            reason = st.text_area("理由", height=70, key=f"reject-user-reason-{one.id}", max_chars=500)
            sent = st.form_submit_button("驳回")
        if sent:
            acts.do(
                lambda: reject_user(home(), one.id, view.viewer, reason),
                lambda _: f"第{one.id}号使用者提议已驳回",
            )
