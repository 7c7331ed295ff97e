"""Changes of users on the screen: what waits with what this viewer may do, then what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from casework.policy.users import approve_user, reject_user
from contract.settings import home
from ledger.proposals import PROPOSED
from ledger.users import UserProposal
from pages.shared import wording
from pages.shared.approval import approve_or_reject, persons, waiting
from pages.shared.sheets import sheet
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

HEADS = ("编号", "使用者", "变更", "状态", "事由", "提议", "批准或驳回")
LATEST = 20
LONGEST = 500  # characters of a reason


def user_proposals(view: View, proposed: Sequence[UserProposal]) -> None:
    """Nothing at all where no change was ever proposed: users are put forward by command."""
    if not proposed:
        return
    waiting("使用者变更", "user-proposal", proposed, lambda proposal: _waiting(view, proposal))
    closed = [_closed(proposal) for proposal in proposed if proposal.status != PROPOSED][:LATEST]
    if closed:
        st.subheader("已办结的使用者变更")
        st.html(f'<div class="scroll">{sheet(HEADS, closed, style="policy-closed")}</div>')


def _waiting(view: View, proposal: UserProposal) -> None:
    st.html(_card(proposal))
    approve_or_reject(
        view,
        f"{proposal.number}使用者提议",
        f"user-{proposal.id}",
        {"由本人提出": proposal.proposer, "涉及本人": proposal.draft.name},
        partial(approve_user, home(), proposal.id, view.viewer),
        partial(reject_user, home(), proposal.id, view.viewer),
        effects=(f"{proposal.draft.name}：{proposal.change}", "记入台账，立即生效"),
        most=LONGEST,
    )


def _card(proposal: UserProposal) -> str:
    proposed = f"{proposal.number} · {person(proposal.proposer)}于{day(proposal.proposed_on)}提出"
    return (
        f'<ul class="changes"><li>{escape(proposal.draft.name)}：{escape(proposal.change)}</li></ul>'
        f'<p class="case">{escape(proposal.draft.reason)}</p><p class="quiet">{escape(proposed)}</p>'
    )


def _closed(proposal: UserProposal) -> tuple[str, ...]:
    return (
        proposal.number,
        escape(proposal.draft.name),
        escape(proposal.change),
        wording.tag(proposal.status, wording.DECISION_STATUS),
        escape(proposal.draft.reason),
        *persons(proposal),
    )
