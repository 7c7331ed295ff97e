"""The form that gives a new follow-up: what it comes from, what is to be done, who owes it, by when."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from casework.decisions.steps import known_proposals
from casework.month import followups
from contract.month_work import work_codes
from contract.settings import home
from contract.viewer import BUREAU_ROLES, ROLES
from contract.wording import month_name
from metrics.queries.members.case_ways import OPEN, ways
from metrics.queries.members.roster import members
from metrics.queries.work.agenda import past_meetings
from pages.shared import acts, forms
from pages.shell.data import read, read_now
from pages.shell.moments import day
from pages.shell.view import View

USUAL = 14  # days that a new follow-up is given unless told otherwise


def give(view: View, known: int) -> None:
    """The form; with each follow-up that is `known` it is another, so that what was sent does not stand in it still."""
    names = work_codes("followup_source")
    source = st.segmented_control(
        "来源", list(names), default="trigger", required=True, format_func=names.get, key="add-source"
    )
    with st.form(f"add-{known}", border=False):
        offered = sources(view)[source]
        if source == "finding":
            source_id = st.text_input("校验问题", placeholder="如B001/2026-10/3：报送机构、报送期、问题序号")
        elif offered:
            source_id = st.selectbox(names[source], list(offered), format_func=offered.get)
        else:
            st.caption(f"没有可选的{names[source]}。")
            source_id = ""
        what = st.text_area("督办内容", height=70, max_chars=300)
        left, right = st.columns(2)
        whom = owners(view)
        owner = left.selectbox("责任人", list(whom), format_func=whom.get)
        usual = view.snapshot.now.date() + timedelta(days=USUAL)
        due_on = right.date_input("期限", value=usual, format="YYYY-MM-DD")
        files = st.file_uploader("依据文件", accept_multiple_files=True, max_upload_size=followups.MOST_MEGABYTES)
        sent = st.form_submit_button("交办", type="primary")
    if sent:
        papers = [forms.handed_in(file) for file in files]
        acts.do(
            lambda: followups.add(home(), source, source_id, what, owner, due_on, view.viewer, papers),
            lambda followup: f"已交办为第{followup.id}号督办事项，期限{day(followup.due_on)}",
        )


def sources(view: View) -> dict[str, dict[str, str]]:
    """Source → id → how it is called: what a follow-up may come from; empty where the id is typed."""
    triggers = [way for way in read_now(view, ways) if way.state == OPEN]
    return {
        "finding": {},
        "trigger": {way.id: f"{way.name}：{way.rule.name}（{way.id}）" for way in triggers},
        "decision": {
            str(proposal.id): f"第{proposal.id}号：{proposal.subject}{proposal.kind.name}"
            for proposal in known_proposals(view.viewer, home())
        },
        "meeting": {meeting.id: meeting.id for meeting in past_meetings(view.viewer, home())},
        "briefing": {period: month_name(period) for period in view.periods},
    }


def owners(view: View) -> dict[str, str]:
    """Who may owe one: roles of the Bureau, then members with their codes."""
    listed = read(view, members)
    names = listed["short_name"] + "（" + listed["code"] + "）"
    return {role: ROLES[role] for role in BUREAU_ROLES} | dict(zip(listed["code"], names, strict=True))
