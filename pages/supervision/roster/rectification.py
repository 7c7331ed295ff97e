"""Members on a time limit: the plan that each has handed in, the acceptance, and who may register which."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from casework.decisions.rectification import accept, plan
from contract.settings import home
from contract.viewer import may_see
from ledger.proposals import Proposal
from pages.shared import forms
from pages.shared.approval import left_to_another
from pages.shell.moments import day
from pages.shell.view import View

OUTCOMES = {True: "整改到位", False: "整改不到位"}


def rectifications(view: View, proposals: Sequence[Proposal], names: dict[str, str]) -> None:
    """A line a member on a time limit, with what this viewer may register; nothing where none is."""
    if not proposals:
        return
    st.subheader("限期整改中")
    for proposal in proposals:
        with st.container(border=True, key=f"rectification-{proposal.id}"):
            name, due = escape(names.get(proposal.subject, proposal.subject)), day(proposal.rectify_due)
            head = f'<h3 class="case">{name}：{proposal.number}事项，整改期限{due}</h3>'
            st.html(f'{head}<p class="quiet">{escape(standing(proposal))}</p>')
            with st.container(horizontal=True, gap="small"):
                planned(view, proposal)
                if proposal.plan and may_see(view.viewer, "approve"):
                    accepted(view, proposal)


def standing(proposal: Proposal) -> str:
    """How far the member has come."""
    if proposal.plan is None:
        return "尚未登记整改方案"
    said = f"整改方案{day(proposal.plan.on)}报送"
    if proposal.acceptance is None:
        return f"{said}；尚未验收"
    acceptance = proposal.acceptance
    return f"{said}；{day(acceptance.on)}验收：{OUTCOMES[acceptance.passed]}，{acceptance.reason}"


def planned(view: View, proposal: Proposal) -> None:
    forms.behind_button(
        "登记整改方案",
        ":material/assignment:",
        f"plan-{proposal.id}",
        (forms.file("整改方案的文件"), forms.day("收到日期", view.snapshot.now.date())),
        lambda paper, on: plan(home(), proposal.id, paper, view.viewer, on),
        lambda planned: f"{planned.number}事项的整改方案已登记",
    )


def accepted(view: View, proposal: Proposal) -> None:
    if left_to_another(view, "验收", {"整改方案由本人登记": proposal.plan.by}):
        return
    forms.behind_button(
        "登记验收",
        ":material/fact_check:",
        f"accept-{proposal.id}",
        (forms.choice("结果", OUTCOMES), forms.text("验收情况"), forms.file("验收材料")),
        lambda passed, reason, paper: accept(home(), proposal.id, passed, reason, paper, view.viewer),
        lambda accepted: f"{accepted.number}事项：{OUTCOMES[accepted.acceptance.passed]}",
    )
