"""Changes of policy on their way: what waits, what a second person may do with it, then what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from casework.policy.changes import approve_policy, recalculated, reject_policy
from contract.settings import home
from contract.wording import month_name
from ledger.proposals import PROPOSED
from metrics.evaluation.policy_proposals import PolicyProposal
from metrics.queries.evaluation.policy import parameter_history
from pages.shared import wording
from pages.shared.approval import approve_or_reject, persons, waiting
from pages.shared.sheets import sheet
from pages.shell import states
from pages.shell.data import read
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

HEADS = ("编号", "改动", "状态", "生效日期", "文号", "事由", "提议", "批准或驳回")
LATEST = 20


def proposals(view: View, proposed: Sequence[PolicyProposal]) -> None:
    """What waits, a card each with what this viewer may do; then what was decided."""
    if not proposed:
        states.empty(
            "还没有人提议过改变参数或评分表。", "单项参数在“参数”中提议", "评分表在“参数试算”中提议", title="没有提议"
        )
        return
    notes = dict(read(view, parameter_history)[["name", "note"]].itertuples(index=False, name=None))
    waiting("提议", "proposal", proposed, lambda proposal: _waiting(view, proposal, notes))
    closed = [_closed(proposal, notes) for proposal in proposed if proposal.status != PROPOSED][:LATEST]
    if closed:
        st.subheader("已办结")
        st.html(f'<div class="scroll">{sheet(HEADS, closed, style="policy-closed")}</div>')


def _waiting(view: View, proposal: PolicyProposal, notes: dict[str, str]) -> None:
    st.html(_card(proposal, notes))
    if rounds := recalculated(home(), proposal.draft.effective_from, view.snapshot.now.date()):
        named = "、".join(map(month_name, rounds))
        st.caption(f"生效日期在已结束的轮次之前：{named}的结果将按新值重算，已冻结的轮次不变。")
    approve_or_reject(
        view,
        f"{proposal.number}政策提议",
        f"policy-{proposal.id}",
        {"由本人提出": proposal.proposer},
        partial(approve_policy, home(), proposal.id, by=view.viewer),
        partial(reject_policy, home(), proposal.id, view.viewer),
        publishes=True,
        effects=(
            *(worded(change, notes) for change in proposal.changes),
            f"自{day(proposal.draft.effective_from)}起生效，记入台账，不能撤回；有误的只能再提一项更正",
            "随后生成新的数据版本，得分和预警按新值计算；已冻结的轮次不变",
        ),
    )


def worded(change: str, notes: dict[str, str]) -> str:
    """`x03_score 60→55分` with the parameter as it is called: `X03：轮次得分低于此分 60→55分`."""
    name, gap, rest = change.partition(" ")
    return f"{notes[name]} {rest}" if gap and name in notes else change


def _changes(proposal: PolicyProposal, notes: dict[str, str]) -> str:
    return "".join(f"<li>{escape(worded(change, notes))}</li>" for change in proposal.changes)


def _card(proposal: PolicyProposal, notes: dict[str, str]) -> str:
    draft = proposal.draft
    proposed = f"{person(proposal.proposer)}于{day(proposal.proposed_on)}提出"
    facts = [proposal.number, proposed, f"{day(draft.effective_from)}起生效", draft.document_no]
    facts += [f"附{draft.paper.name}"] if draft.paper else []
    return (
        f'<ul class="changes">{_changes(proposal, notes)}</ul><p class="case">{escape(draft.reason)}</p>'
        f'<p class="quiet">{escape(" · ".join(facts))}</p>'
    )


def _closed(proposal: PolicyProposal, notes: dict[str, str]) -> tuple[str, ...]:
    return (
        proposal.number,
        f'<ul class="changes">{_changes(proposal, notes)}</ul>',
        wording.tag(proposal.status, wording.DECISION_STATUS),
        day(proposal.draft.effective_from),
        escape(proposal.draft.document_no),
        escape(proposal.draft.reason) or "—",
        *persons(proposal),
    )
