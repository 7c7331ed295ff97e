"""Decisions on their way: each with its steps, what may be done with it by whom, and its letters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from casework.decisions import steps
from casework.decisions.approving import outlook
from casework.decisions.steps import OUTCOMES
from casework.papers.case_file import case_file
from casework.papers.letters import has_letters
from casework.papers.made_letters import case_letters
from casework.zips import as_zip
from contract.decision_kinds import FIELDS
from contract.settings import home
from contract.viewer import may_see
from ledger.proposals import APPROVED, PROPOSED, Proposal
from metrics.warnings.rules import trigger_words
from pages.shared import acts, downloads, forms, wording
from pages.shared.approval import approve_or_reject, persons, waiting
from pages.shared.sheets import sheet
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HEADS = ("编号", "决定", "对象", "状态", "提出", "生效日期", "文号", "事由", "批准或驳回")
LATEST = 12
SHOWN = ("rectify_due", "ceiling", "successor", "group", "contact")  # of what a decision sets
LETTERS = "letters_made"


def pending(view: View, proposals: Sequence[Proposal], names: dict[str, str]) -> None:
    """A card each, the oldest first."""

    def draw(proposal: Proposal) -> None:
        st.html(card(proposal, names))
        downloads.papers(view, proposal.id, whole=whole_case(view, proposal.id, proposal.number))
        acting(view, proposal)

    waiting("事项", "proposal", proposals, draw)


def whole_case(view: View, number: int, called: str) -> downloads.Whole:
    """All that there is on a case, as one zip, made when it is asked for."""
    viewer, snapshot = view.viewer, view.snapshot

    def make() -> bytes:
        name, pieces = case_file(home(), viewer, snapshot, number)
        return as_zip(name, ((piece.path, piece.content) for piece in pieces))

    return downloads.Whole(f"{called}事项全卷.zip", make)


def card(proposal: Proposal, names: dict[str, str]) -> str:
    """What is proposed, of whom, why, and how far it has come."""
    name = names.get(proposal.subject) or proposal.sets.get("name", "")
    proposed = f"{person(proposal.proposer)}于{day(proposal.proposed_on)}提出"
    facts = [proposal.number, proposed, f"{day(proposal.effective_on)}起生效", proposal.document_no]
    stated = {name: wording.GROUPS.get(value, value) for name, value in proposal.sets.items() if name in SHOWN}
    facts += [f"{FIELDS[name]}：{value}" for name, value in stated.items()]
    facts += [f"依据预警{'、'.join(map(trigger_words, proposal.triggers))}"] if proposal.triggers else []
    course = [("提出", day(proposal.proposed_on), True)]
    if proposal.kind.hearing:
        told = day(proposal.noticed_on) if proposal.noticed_on else "待办理"
        course.append(("告知", told, proposal.noticed_on is not None))
        course.append(("陈述申辩", hearing(proposal), proposal.answered_on is not None))
    if proposal.consulted:
        course.append(("会商", OUTCOMES[proposal.consulted], True))
    course.append(("批准", "待另一人办理", False))
    listed = "".join(
        f'<li class="step{"" if done else " step-exited"}"><b>{escape(title)}</b><span>{escape(text)}</span></li>'
        for title, text, done in course
    )
    return (
        f'<h3 class="case">{escape(name)}（{escape(proposal.subject)}）：{proposal.kind.name}</h3>'
        f'<p class="case">{escape(proposal.reason)}</p><p class="quiet">{escape(" · ".join(filter(None, facts)))}</p>'
        f'<ol class="steps">{listed}</ol>'
    )


def hearing(proposal: Proposal) -> str:
    """How far the member has been heard."""
    if proposal.answered_on:
        return f"{day(proposal.answered_on)} 已答复"
    return f"至{day(proposal.answer_due)}" if proposal.answer_due else "告知后起算"


def acting(view: View, proposal: Proposal) -> None:
    """The buttons that this viewer may press on this proposal."""
    proposes, ahead = may_see(view.viewer, "propose"), outlook(view.viewer, home(), proposal)
    with st.container(horizontal=True, gap="small"):
        if proposes and proposal.kind.hearing:
            if proposal.noticed_on is None:
                notice(view, proposal)
            elif proposal.answer is None:
                hear(view, proposal)
        if proposes and proposal.kind.code == "exit" and proposal.subject.isdecimal():
            consult(view, proposal)
        approve_or_reject(
            view,
            f"{proposal.number}事项",
            str(proposal.id),
            {"由本人提出": proposal.proposer},
            partial(steps.approve, home(), proposal.id, by=view.viewer),
            partial(steps.reject, home(), proposal.id, view.viewer),
            effects=ahead.effects,
            obstacle=ahead.obstacle,
            publishes=True,
            in_row=True,
        )
        if proposes and proposal.noticed_on:
            letters(view, proposal)


def notice(view: View, proposal: Proposal) -> None:
    if st.button("登记告知", key=f"notice-{proposal.id}", icon=":material/mail:"):
        acts.do(
            lambda: steps.notice(home(), proposal.id, view.viewer, view.snapshot.now.date()),
            lambda noticed: f"已登记告知，陈述申辩至{day(noticed.answer_due)}（含当日）",
        )


def hear(view: View, proposal: Proposal) -> None:
    forms.behind_button(
        "登记陈述申辩",
        ":material/forum:",
        f"hear-{proposal.id}",
        (forms.file("陈述申辩的文件"), forms.day("收到日期", view.snapshot.now.date())),
        lambda paper, on: steps.answer(home(), proposal.id, paper, view.viewer, on),
        lambda heard: f"{heard.number}事项的陈述申辩已登记",
    )


def consult(view: View, proposal: Proposal) -> None:
    forms.behind_button(
        "登记会商结果",
        ":material/groups:",
        f"consult-{proposal.id}",
        (forms.choice("结果", OUTCOMES), forms.file("会商纪要")),
        lambda outcome, paper: steps.consult(home(), proposal.id, outcome, paper, view.viewer),
        lambda consulted: f"{consulted.number}事项的会商结果：{OUTCOMES[consulted.consulted]}",
    )


def letters(view: View, proposal: Proposal) -> None:
    """Makes the letters when asked, and offers them as files."""
    made = st.session_state.setdefault(LETTERS, {})
    if proposal.id not in made:
        if st.button("制作文书", key=f"letters-{proposal.id}", icon=":material/description:"):
            acts.do(
                lambda: made.setdefault(proposal.id, case_letters(home(), proposal.id, view.viewer)),
                lambda written: f"已制作{'、'.join(letter.file_name for letter in written)}，可以下载",
            )
        return
    for letter in made[proposal.id]:
        label = letter.file_name.partition("_")[0]
        downloads.button(label, lambda letter=letter: letter.content, letter.file_name, key=letter.file_name, mime=WORD)


def decided(view: View, proposals: Sequence[Proposal], names: dict[str, str]) -> None:
    """The latest decisions and rejections, and the letters of those that have any."""
    closed = [proposal for proposal in proposals if proposal.status != PROPOSED][:LATEST]
    st.subheader("最近的决定")
    rows = [_decided(proposal, names) for proposal in closed]
    st.html(f'<div class="scroll">{sheet(HEADS, rows, style="decisions")}</div>')
    if closed and may_see(view.viewer, "propose"):
        named = {
            proposal.id: f"{proposal.number}：{names.get(proposal.subject, proposal.subject)}{proposal.kind.name}"
            for proposal in closed
        }
        numbers = {proposal.id: proposal.number for proposal in closed}
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            chosen = st.selectbox("事项材料", list(named), format_func=named.get, key="papers-of", width=320)
            proposal = next(proposal for proposal in closed if proposal.id == chosen)
            if proposal.status == APPROVED and has_letters(proposal.kind.code):
                letters(view, proposal)
        downloads.papers(view, chosen, whole=whole_case(view, chosen, numbers[chosen]))


def _decided(proposal: Proposal, names: dict[str, str]) -> tuple[str, ...]:
    proposer, approver = persons(proposal)
    return (
        proposal.number,
        proposal.kind.name,
        escape(names.get(proposal.subject, proposal.subject)),
        wording.tag(proposal.status, wording.DECISION_STATUS),
        proposer,
        day(proposal.effective_on),
        escape(proposal.document_no) or "—",
        escape(proposal.reason),
        approver,
    )
