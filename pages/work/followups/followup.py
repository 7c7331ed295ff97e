"""One follow-up step by step: what has been done, its papers, and the acts that this viewer may do on it."""

from __future__ import annotations

from html import escape

import streamlit as st

from casework.month import followups
from contract.settings import home
from contract.viewer import may_see
from ledger.month.followups import ACTS, CLOSED, OPEN, STATES, Turn
from ledger.people import same_person
from metrics.queries.work.agenda import past_meetings
from metrics.queries.work.followups import Owed
from pages.shared import downloads, forms, wording
from pages.shell.leads import lead
from pages.shell.links import anchor
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

LONGEST = 500  # characters of an answer or a reason


def detail(view: View, owed: Owed) -> None:
    """One follow-up step by step, and the buttons that this viewer may press."""
    task = owed.followup
    state = wording.tag("rectify", {"rectify": "逾期"}) if owed.overdue else wording.tag(task.state, STATES)
    steps = "".join(map(_step, task.turns))
    st.html(
        f'<h3 class="case">{state} {task.number}：{escape(task.what)}</h3>'
        f'<p class="quiet">责任人{escape(person(owed.owner_name))}；期限{day(task.due_on)}；'
        f"来源：{_source(view, owed)}</p>"
        f"<ol class='steps'>{steps}</ol>"
    )
    papers(view, owed)
    mine = task.answer is not None and same_person(view.viewer.user, task.answer.by)
    directs = may_see(view.viewer, followups.DIRECTS)
    with st.container(horizontal=True, gap="small"):
        if task.state != CLOSED and followups.may_answer(view.viewer, owed.own):
            answer(view, owed)
        if directs and task.state != CLOSED:
            if not mine:  # it would be refused
                close(view, owed)
            postpone(view, owed)
        if directs and task.state != OPEN:
            reopen(view, owed)
    if directs and mine and task.state != CLOSED:
        st.caption("由本人答复，须由另一人办结。")


def _source(view: View, owed: Owed) -> str:
    """Whence it comes, as a link to where that is seen."""
    source, name = owed.followup.source, owed.followup.source_id
    if source == "meeting":
        held = past_meetings(view.viewer, home()) if may_see(view.viewer, "meetings") else ()
        name = next((meeting.period for meeting in held if meeting.id == name), view.period)
    return anchor(view, lead(source, name), owed.source_name)


def _step(turn: Turn) -> str:
    due = f"期限{day(turn.due_on)}" if turn.due_on else ""
    papers = f"附{'、'.join(paper.name for paper in turn.papers)}" if turn.papers else ""
    said = "<br>".join(escape(text) for text in (turn.text, due, papers) if text)
    who = f"{day(turn.on)} {escape(person(turn.by))}"
    return f'<li class="step"><b>{ACTS[turn.kind]}</b><span>{who}{f"<br>{said}" if said else ""}</span></li>'


def at_turn(owed: Owed) -> str:
    """Names what is asked at this turn: after the act the form is another one, closed and empty."""
    return f"{owed.followup.id}-{len(owed.followup.turns)}"


def papers(view: View, owed: Owed) -> None:
    """The files that were handed in, to take away."""
    number = owed.followup.id
    with st.container(horizontal=True, gap="small"):
        for paper in {paper.sha256: paper for paper in owed.followup.papers}.values():
            downloads.button(
                paper.name,
                lambda paper=paper: followups.paper(view.viewer, view.snapshot, home(), number, paper.sha256),
                paper.name,
                key=f"paper-{number}-{paper.sha256}",
                mime=downloads.ANY,
            )


def answer(view: View, owed: Owed) -> None:
    number = owed.followup.id
    forms.behind_button(
        "答复",
        ":material/reply:",
        f"answer-{at_turn(owed)}",
        (
            forms.text("做了什么，结果如何", height=90, most=LONGEST),
            forms.files("依据文件", followups.MOST_MEGABYTES),
        ),
        lambda text, papers: followups.answer(home(), number, text, view.viewer, papers),
        lambda followup: f"{followup.number}督办事项的答复已登记",
        send="登记答复",
        primary=True,
    )


def close(view: View, owed: Owed) -> None:
    forms.behind_button(
        "办结",
        ":material/check:",
        f"close-{at_turn(owed)}",
        (forms.text("结论", most=LONGEST),),
        lambda text: followups.close(home(), owed.followup.id, text, view.viewer),
        lambda followup: f"{followup.number}督办事项已办结",
        send="办结",
        primary=True,
    )


def postpone(view: View, owed: Owed) -> None:
    forms.behind_button(
        "调整期限",
        ":material/event:",
        f"postpone-{at_turn(owed)}",
        (forms.day("新期限", owed.followup.due_on), forms.text("原因", most=LONGEST)),
        lambda due_on, text: followups.postpone(home(), owed.followup.id, due_on, text, view.viewer),
        lambda followup: f"{followup.number}督办事项的期限调整为{day(followup.due_on)}",
        send="调整",
    )


def reopen(view: View, owed: Owed) -> None:
    usual = max(owed.followup.due_on, view.snapshot.now.date())
    forms.behind_button(
        "退回重办",
        ":material/undo:",
        f"reopen-{at_turn(owed)}",
        (forms.day("期限", usual), forms.text("原因", most=LONGEST)),
        lambda due_on, text: followups.reopen(home(), owed.followup.id, text, view.viewer, due_on),
        lambda followup: f"{followup.number}督办事项已退回重办，期限{day(followup.due_on)}",
        send="退回",
    )
