"""Follow-ups on the screen: counts, the list, one step by step, and what the viewer may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from html import escape

import pandas as pd
import streamlit as st

from casework.month import followups
from contract.settings import home
from contract.viewer import may_see
from contract.work_codes import work_codes
from ledger.followups import ACTS, ANSWERED, CLOSED, OPEN, STATES, Turn
from ledger.people import same_person
from metrics.queries.work.followups import Owed
from pages.shared import downloads, tables
from pages.shared.counts import count, strip
from pages.shared.format import day, number
from pages.shell import acts
from pages.shell.session import person
from pages.shell.view import View

COLUMNS = {
    "number": tables.text("编号", width=60),
    "what": tables.text("督办内容", width=290),
    "owner": tables.text("责任人", width=130),
    "due": st.column_config.DateColumn("期限", format="YYYY-MM-DD", width=100),
    "late": tables.text("逾期", width=60),
    "state": tables.text("状态", width=80),
    "source": tables.text("来源", width=250),
}
EXPORT = {
    "number": "编号", "source": "来源", "what": "督办内容", "owner": "责任人", "due": "期限", "late": "逾期",
    "state": "状态", "opened": "交办日", "opener": "交办人", "answer": "答复", "conclusion": "结论",
}  # fmt: skip
USUAL = 14  # days that a new follow-up is given unless told otherwise


def counts(found: Sequence[Owed]) -> None:
    """How many there are in each state, and how many are overdue."""
    states = [one.followup.state for one in found]
    late, answered = sum(one.overdue for one in found), states.count(ANSWERED)
    shown = [
        count("待办", states.count(OPEN), "件"),
        count("逾期", late, "件", "alert"),
        count("已答复，待办结", answered, "件", "warn"),
        count("已办结", states.count(CLOSED), "件"),
    ]
    strip(f"{number(len(found))}件督办事项", "台账现状", shown)


def listed(found: Sequence[Owed]) -> pd.DataFrame:
    """A row a follow-up, in words."""
    rows = [
        {
            "id": str(one.followup.id),
            "number": f"第{one.followup.id}号",
            "what": one.followup.what,
            "owner": person(one.owner_name),
            "due": one.followup.due_on,
            "late": "逾期" if one.overdue else None,
            "state": STATES[one.followup.state],
            "source": one.source_name,
            "opened": one.followup.opened_on,
            "opener": person(one.followup.opened_by),
            "answer": one.followup.answer.text if one.followup.answer else None,
            "conclusion": one.followup.closing.text if one.followup.closing else None,
        }
        for one in found
    ]
    return pd.DataFrame(rows, columns=["id", *dict.fromkeys((*COLUMNS, *EXPORT))])


def export(view: View, table: pd.DataFrame) -> None:
    downloads.buttons(view, table, EXPORT, name=f"督办事项_{view.snapshot.now:%Y%m%d}", key="followups")


def detail(view: View, one: Owed) -> None:
    """One follow-up step by step, and the buttons that this viewer may press."""
    task = one.followup
    state = tables.tag("rectify", {"rectify": "逾期"}) if one.overdue else tables.tag(task.state, STATES)
    steps = "".join(map(_step, task.turns))
    st.html(
        f'<h3 class="case">{state} 第{task.id}号：{escape(task.what)}</h3>'
        f'<p class="quiet">责任人{escape(person(one.owner_name))}；期限{day(task.due_on)}；'
        f"来源：{escape(one.source_name)}</p>"
        f"<ol class='steps'>{steps}</ol>"
    )
    papers(view, one)
    mine = task.answer is not None and same_person(view.viewer.user, task.answer.by)
    directs = may_see(view.viewer, followups.DIRECTS)
    with st.container(horizontal=True, gap="small"):
        if task.state != CLOSED and followups.may_answer(view.viewer, one.own):
            answer(view, one)
        if directs and task.state != CLOSED:
            if not mine:  # it would be refused
                close(view, one)
            postpone(view, one)
        if directs and task.state != OPEN:
            reopen(view, one)
    if directs and mine and task.state != CLOSED:
        st.caption("由本人答复，须由另一人办结。")


def _step(turn: Turn) -> str:
    due = f"期限{day(turn.due_on)}" if turn.due_on else ""
    papers = f"附{'、'.join(paper.name for paper in turn.papers)}" if turn.papers else ""
    said = "<br>".join(escape(text) for text in (turn.text, due, papers) if text)
    who = f"{day(turn.on)} {escape(person(turn.by))}"
    return f'<li class="step"><b>{ACTS[turn.kind]}</b><span>{who}{f"<br>{said}" if said else ""}</span></li>'


def at_turn(one: Owed) -> str:
    """Names what is asked at this turn: after the act the form is another one, closed and empty."""
    return f"{one.followup.id}-{len(one.followup.turns)}"


def papers(view: View, one: Owed) -> None:
    """The files that were handed in, to take away."""
    number = one.followup.id
    with st.container(horizontal=True, gap="small"):
        for paper in {paper.sha256: paper for paper in one.followup.papers}.values():
            downloads.button(
                paper.name,
                lambda it=paper: followups.paper(view.viewer, view.snapshot, home(), number, it.sha256),
                paper.name,
                key=f"paper-{number}-{paper.sha256}",
                mime=downloads.ANY,
            )


def answer(view: View, one: Owed) -> None:
    number = one.followup.id
    about = at_turn(one)
    with (
        st.popover("答复", icon=":material/reply:", key=f"answer-open-{about}"),
        st.form(f"answer-{about}", border=False),
    ):
        text = st.text_area("做了什么，结果如何", height=90, max_chars=500, key=f"answer-text-{about}")
        files = st.file_uploader(
            "依据文件",
            accept_multiple_files=True,
            max_upload_size=followups.MOST_MEGABYTES,
            key=f"answer-files-{about}",
        )
        sent = st.form_submit_button("登记答复", type="primary")
    if sent:
        papers = [(file.name, file.getvalue()) for file in files]
        acts.do(
            lambda: followups.answer(home(), number, text, view.viewer, papers),
            lambda found: f"第{found.id}号督办事项的答复已登记",
        )


def close(view: View, one: Owed) -> None:
    task = one.followup
    about = at_turn(one)
    with (
        st.popover("办结", icon=":material/check:", key=f"close-open-{about}"),
        st.form(f"close-{about}", border=False),
    ):
        text = st.text_area("结论", height=70, max_chars=500, key=f"close-text-{about}")
        sent = st.form_submit_button("办结", type="primary")
    if sent:
        acts.do(
            lambda: followups.close(home(), task.id, text, view.viewer),
            lambda found: f"第{found.id}号督办事项已办结",
        )


def postpone(view: View, one: Owed) -> None:
    task = one.followup
    about = at_turn(one)
    with (
        st.popover("调整期限", icon=":material/event:", key=f"postpone-open-{about}"),
        st.form(f"postpone-{about}", border=False),
    ):
        due_on = st.date_input("新期限", value=task.due_on, format="YYYY-MM-DD", key=f"postpone-due-{about}")
        text = st.text_area("原因", height=70, max_chars=500, key=f"postpone-text-{about}")
        sent = st.form_submit_button("调整")
    if sent:
        acts.do(
            lambda: followups.postpone(home(), task.id, due_on, text, view.viewer),
            lambda found: f"第{found.id}号督办事项的期限调整为{day(found.due_on)}",
        )


def reopen(view: View, one: Owed) -> None:
    task = one.followup
    about = at_turn(one)
    with (
        st.popover("退回重办", icon=":material/undo:", key=f"reopen-open-{about}"),
        st.form(f"reopen-{about}", border=False),
    ):
        usual = max(task.due_on, view.snapshot.now.date())
        due_on = st.date_input("期限", value=usual, format="YYYY-MM-DD", key=f"reopen-due-{about}")
        text = st.text_area("原因", height=70, max_chars=500, key=f"reopen-text-{about}")
        sent = st.form_submit_button("退回")
    if sent:
        acts.do(
            lambda: followups.reopen(home(), task.id, text, view.viewer, due_on),
            lambda found: f"第{found.id}号督办事项已退回重办，期限{day(found.due_on)}",
        )


def add(view: View, choices: dict[str, dict[str, str]], owners: dict[str, str], known: int) -> None:
    """The form for a new one; `choices`: source → id → how it is called, empty where the id is typed.

    With each one that is `known` the form is another, so that what was sent does not stand in it still.
    """
    names = work_codes("followup_source")
    source = st.segmented_control(
        "来源", list(names), default="trigger", required=True, format_func=names.get, key="add-source"
    )
    with st.form(f"add-{known}", border=False):
        offered = choices[source]
        if source == "finding":
            source_id = st.text_input("校验问题", placeholder="如B001/2026-10/3：报送机构、报送期、问题序号")
        elif offered:
            source_id = st.selectbox(names[source], list(offered), format_func=offered.get)
        else:
            st.caption(f"没有可选的{names[source]}。")
            source_id = ""
        what = st.text_area("督办内容", height=70, max_chars=300)
        left, right = st.columns(2)
        owner = left.selectbox("责任人", list(owners), format_func=owners.get)
        usual = view.snapshot.now.date() + timedelta(days=USUAL)
        due_on = right.date_input("期限", value=usual, format="YYYY-MM-DD")
        files = st.file_uploader("依据文件", accept_multiple_files=True, max_upload_size=followups.MOST_MEGABYTES)
        sent = st.form_submit_button("交办", type="primary")
    if sent:
        papers = [(file.name, file.getvalue()) for file in files]
        acts.do(
            lambda: followups.add(home(), source, source_id, what, owner, due_on, view.viewer, papers),
            lambda found: f"已交办为第{found.id}号督办事项，期限{day(found.due_on)}",
        )
