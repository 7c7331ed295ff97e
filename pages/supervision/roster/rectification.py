"""Members on a time limit: the plan that each has handed in, the acceptance, and who may register which."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from casework.decisions.rectification import accept, plan
from contract.settings import home
from contract.viewer import may_see
from ledger.people import same_person
from ledger.proposals import Proposal
from pages.shared.format import day
from pages.shell import acts
from pages.shell.view import View
from pages.supervision.roster.paper_form import received

OUTCOMES = {True: "整改到位", False: "整改不到位"}


def rectifications(view: View, found: Sequence[Proposal], names: dict[str, str]) -> None:
    """A line a member on a time limit, with what this viewer may register; nothing where none is."""
    if not found:
        return
    st.subheader("限期整改中")
    for one in found:
        with st.container(border=True, key=f"rectification-{one.id}"):
            name, due = escape(names.get(one.subject, one.subject)), day(one.rectify_due)
            head = f'<h3 class="case">{name}：第{one.id}号事项，整改期限{due}</h3>'
            st.html(f'{head}<p class="quiet">{escape(standing(one))}</p>')
            with st.container(horizontal=True, gap="small"):
                planned(view, one)
                if one.plan and may_see(view.viewer, "approve"):
                    accepted(view, one)


def standing(one: Proposal) -> str:
    """How far the member has come."""
    if one.plan is None:
        return "尚未登记整改方案"
    said = f"整改方案{day(one.plan.on)}报送"
    if one.acceptance is None:
        return f"{said}；尚未验收"
    found = one.acceptance
    return f"{said}；{day(found.on)}验收：{OUTCOMES[found.passed]}，{found.reason}"


def planned(view: View, one: Proposal) -> None:
    came = received("登记整改方案", ":material/assignment:", "plan", one.id, "整改方案的文件", view.snapshot.now.date())
    if came:
        acts.do(
            lambda: plan(home(), one.id, came[:2], view.viewer, came[2]),
            lambda found: f"第{found.id}号事项的整改方案已登记",
        )


def accepted(view: View, one: Proposal) -> None:
    if same_person(view.viewer.user, one.plan.by):
        st.caption("整改方案由本人登记，须由另一人验收。")
        return
    with st.popover("登记验收", icon=":material/fact_check:"), st.form(f"accept-{one.id}", border=False):
        passed = st.radio("结果", list(OUTCOMES), format_func=OUTCOMES.get, horizontal=True, key=f"passed-{one.id}")
        reason = st.text_area("验收情况", height=70, key=f"accept-reason-{one.id}")
        file = st.file_uploader("验收材料", key=f"accept-file-{one.id}")
        sent = st.form_submit_button("登记")
    if sent and file is None:
        st.error("请选择验收材料")
    elif sent:
        acts.do(
            lambda: accept(home(), one.id, passed, reason, (file.name, file.getvalue()), view.viewer),
            lambda found: f"第{found.id}号事项：{OUTCOMES[found.acceptance.passed]}",
        )
