"""Decisions on their way: each with its steps, what may be done with it by whom, and its letters."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from casework.decisions import steps
from casework.decisions.steps import OUTCOMES
from casework.held import act_and_publish
from casework.papers.letters import has_letters
from casework.papers.made_letters import case_letters
from contract.decision_kinds import FIELDS
from contract.settings import home
from contract.viewer import may_see
from ledger.people import same_person
from ledger.proposals import APPROVED, PROPOSED, Proposal
from pages.shared import downloads, tables
from pages.shared.format import day, number
from pages.shared.sheets import sheet
from pages.shell import acts
from pages.shell.session import person
from pages.shell.view import View
from pages.supervision.roster.paper_form import received

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HEADS = ("编号", "决定", "对象", "状态", "提出", "生效日期", "文号", "事由", "批准或驳回")
LATEST = 12
SHOWN = ("rectify_due", "ceiling", "successor", "group", "contact")  # of what a decision sets
LETTERS = "letters_made"


def pending(view: View, found: Sequence[Proposal], names: dict[str, str]) -> None:
    """A card each, the oldest first."""
    waiting = [one for one in reversed(found) if one.status == PROPOSED]
    st.subheader(f"待复核的事项（{number(len(waiting))}件）")
    if not waiting:
        st.caption("没有待复核的事项。")
    for one in waiting:
        with st.container(border=True, key=f"proposal-{one.id}"):
            st.html(card(one, names))
            acting(view, one)


def card(one: Proposal, names: dict[str, str]) -> str:
    """What is proposed, of whom, why, and how far it has come."""
    name = names.get(one.subject) or one.sets.get("name", "")
    proposed = f"{person(one.proposer)}于{day(one.proposed_on)}提出"
    facts = [f"第{one.id}号", proposed, f"{day(one.effective_on)}起生效", one.document_no]
    stated = {name: tables.GROUPS.get(value, value) for name, value in one.sets.items() if name in SHOWN}
    facts += [f"{FIELDS[name]}：{value}" for name, value in stated.items()]
    facts += [f"依据{'、'.join(one.triggers)}"] if one.triggers else []
    course = [("提出", day(one.proposed_on), True)]
    if one.kind.hearing:
        told = day(one.noticed_on) if one.noticed_on else "待办理"
        course.append(("告知", told, one.noticed_on is not None))
        course.append(("陈述申辩", hearing(one), one.answered_on is not None))
    if one.consulted:
        course.append(("会商", OUTCOMES[one.consulted], True))
    course.append(("批准", "待另一人办理", False))
    listed = "".join(
        f'<li class="step{"" if done else " step-exited"}"><b>{escape(title)}</b><span>{escape(text)}</span></li>'
        for title, text, done in course
    )
    return (
        f'<h3 class="case">{escape(name)}（{escape(one.subject)}）：{one.kind.name}</h3>'
        f'<p class="case">{escape(one.reason)}</p><p class="quiet">{escape(" · ".join(filter(None, facts)))}</p>'
        f'<ol class="steps">{listed}</ol>'
    )


def hearing(one: Proposal) -> str:
    """How far the member has been heard."""
    if one.answered_on:
        return f"{day(one.answered_on)} 已答复"
    return f"至{day(one.answer_due)}" if one.answer_due else "告知后起算"


def acting(view: View, one: Proposal) -> None:
    """The buttons that this viewer may press on this proposal."""
    with st.container(horizontal=True, gap="small"):
        if may_see(view.viewer, "propose") and one.kind.hearing:
            if one.noticed_on is None:
                told(view, one)
            elif one.answer is None:
                heard(view, one)
        if may_see(view.viewer, "propose") and one.kind.code == "exit" and one.subject.isdecimal():
            consulted(view, one)
        if may_see(view.viewer, "approve"):
            if same_person(view.viewer.user, one.proposer):
                st.caption("由本人提出，须由另一人批准或驳回。")
            else:
                decide(view, one)
        if may_see(view.viewer, "propose") and one.noticed_on:
            letters(view, one)


def told(view: View, one: Proposal) -> None:
    if st.button("登记告知", key=f"notice-{one.id}", icon=":material/mail:"):
        acts.do(
            lambda: steps.notice(home(), one.id, view.viewer, view.snapshot.now.date()),
            lambda found: f"已登记告知，陈述申辩至{day(found.answer_due)}（含当日）",
        )


def heard(view: View, one: Proposal) -> None:
    came = received("登记陈述申辩", ":material/forum:", "answer", one.id, "陈述申辩的文件", view.snapshot.now.date())
    if came:
        acts.do(
            lambda: steps.answer(home(), one.id, came[:2], view.viewer, came[2]),
            lambda found: f"第{found.id}号事项的陈述申辩已登记",
        )


def consulted(view: View, one: Proposal) -> None:
    with st.popover("登记会商结果", icon=":material/groups:"), st.form(f"consult-{one.id}", border=False):
        outcome = st.radio("结果", list(OUTCOMES), format_func=OUTCOMES.get, horizontal=True, key=f"outcome-{one.id}")
        file = st.file_uploader("会商纪要", key=f"consult-file-{one.id}")
        sent = st.form_submit_button("登记")
    if sent and file is None:
        st.error("请选择会商纪要")
    elif sent:
        acts.do(
            lambda: steps.consult(home(), one.id, outcome, (file.name, file.getvalue()), view.viewer),
            lambda found: f"第{found.id}号事项的会商结果：{OUTCOMES[found.consulted]}",
        )


def decide(view: View, one: Proposal) -> None:
    if st.button("批准并发布", key=f"approve-{one.id}", type="primary", icon=":material/check:"):
        with st.spinner("正在登记决定并生成新的数据版本"):
            acts.do(
                lambda: act_and_publish(steps.approve, home(), one.id, by=view.viewer),
                lambda version: f"第{one.id}号事项已批准，已发布数据版本第{version}版",
            )
    with st.popover("驳回", icon=":material/close:"), st.form(f"reject-{one.id}", border=False):
        reason = st.text_area("理由", height=70, key=f"reject-reason-{one.id}")
        sent = st.form_submit_button("驳回")
    if sent:
        acts.do(
            lambda: steps.reject(home(), one.id, view.viewer, reason),
            lambda found: f"第{found.id}号事项已驳回",
        )


def letters(view: View, one: Proposal) -> None:
    """Makes the letters when asked, and offers them as files."""
    made = st.session_state.setdefault(LETTERS, {})
    if one.id not in made:
        if st.button("制作文书", key=f"letters-{one.id}", icon=":material/description:"):
            acts.do(
                lambda: made.setdefault(one.id, case_letters(home(), one.id, view.viewer)),
                lambda found: f"已制作{'、'.join(letter.file_name for letter in found)}，可以下载",
            )
        return
    for letter in made[one.id]:
        label = letter.file_name.partition("_")[0]
        downloads.button(label, lambda it=letter: it.content, letter.file_name, key=letter.file_name, mime=WORD)


def decided(view: View, found: Sequence[Proposal], names: dict[str, str]) -> None:
    """The latest decisions and rejections, and the letters of those that have any."""
    closed = [one for one in found if one.status != PROPOSED][:LATEST]
    st.subheader("最近的决定")
    rows = [
        (
            str(one.id),
            one.kind.name,
            escape(names.get(one.subject, one.subject)),
            tables.tag(one.status, tables.DECISION_STATUS),
            f"{escape(person(one.proposer))}<br>{day(one.proposed_on)}",
            day(one.effective_on),
            escape(one.document_no) or "—",
            escape(one.reason),
            f"{escape(person(one.approver))}<br>{day(one.decided_on)}"
            + (f"<br>{escape(one.rejected_because)}" if one.rejected_because else ""),
        )
        for one in closed
    ]
    st.html(f'<div class="scroll">{sheet(HEADS, rows, style="decisions")}</div>')
    lettered = {one.id: one for one in closed if one.status == APPROVED and has_letters(one.kind.code)}
    if lettered and may_see(view.viewer, "propose"):
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            chosen = st.selectbox(
                "文书",
                list(lettered),
                format_func=lambda one: f"第{one}号：{names.get(lettered[one].subject)}{lettered[one].kind.name}",
                key="letters-of",
                width=320,
            )
            letters(view, lettered[chosen])
