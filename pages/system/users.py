"""使用者与角色: who is registered, what waits for a second person, and a change put forward."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from casework.access.listed import users_for
from casework.policy.users import propose_user
from contract.settings import home
from contract.viewer import ROLES
from ledger.events import Ledger
from ledger.proposals import PROPOSED
from ledger.users import EVENTS, LONGEST_NAME, UserDraft, user_proposals
from pages.shared import acts, tables
from pages.shell import links, states
from pages.shell.moments import day, minute
from pages.shell.selections import Policy
from pages.shell.view import View

COLUMNS = {
    "user": tables.text("使用者"),
    "role": tables.text("角色"),
    "scope": tables.text("机构或地区"),
    "state": tables.text("状态"),
    "since": tables.text("自何日起"),
    "last_in": tables.text("最近登录"),
}


def users(view: View) -> None:
    """The registered users, the changes that wait, and the form of a new one."""
    frame = pd.DataFrame(
        [
            vars(one)
            | {"role": ROLES[one.role], "state": "停用" if one.disabled else "在册", "since": day(one.since)}
            | {"last_in": minute(one.last_in) if one.last_in else None}
            for one in users_for(view.viewer, home())
        ],
        columns=list(COLUMNS),
    )
    if frame.empty:
        states.empty("还没有登记使用者。", "在下面提议登记，由另一人批准", title="没有使用者")
    else:
        tables.sheet(frame, COLUMNS, key="users", about="使用者", export=view.snapshot is not None)
    waiting = [
        proposal
        for proposal in user_proposals(Ledger(home().ledger).events(*EVENTS)).values()
        if proposal.status == PROPOSED
    ]
    if waiting:
        st.subheader(f"待另一人批准（{len(waiting)}件）")
        for proposal in waiting:
            st.text(f"{proposal.number}：{proposal.draft.name} {proposal.change}（{proposal.proposer}提出）")
        if view.snapshot:
            links.link(view, Policy(part="proposals"), "批准或驳回：评价参数 · 变更办理")
    _propose(view)


def _propose(view: View) -> None:
    with st.expander("提议登记、变更或停用", icon=":material/person_add:"), st.form("user-change", border=False):
        first, second, third = st.columns(3)
        name = first.text_input("姓名", max_chars=LONGEST_NAME, key="change-name")
        role = second.selectbox("角色", list(ROLES), format_func=ROLES.get, key="change-role")
        scope = third.text_input("机构或地区编码（区级、报送用户）", max_chars=12, key="change-scope")
        reason = st.text_input("事由", max_chars=200, key="change-reason")
        disabled = st.checkbox("停用（角色照选现有的）", key="change-disabled")
        sent = st.form_submit_button("提出，待另一人批准", type="primary")
    if sent:
        draft = UserDraft(name, role, scope.strip(), disabled, reason)
        acts.do(
            partial(propose_user, home(), draft, view.viewer),
            lambda proposal: f"已登记为{proposal.number}使用者提议，待另一人批准",
        )
