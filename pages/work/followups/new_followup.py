"""The form that gives a new follow-up: what it comes from, what is to be done, who owes it, by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from casework.decisions.steps import known_proposals
from casework.filing.answering import work_list
from casework.month import followups
from contract.declarations import form_name
from contract.month_work import work_codes
from contract.settings import home
from contract.viewer import BUREAU_ROLES, ROLES
from contract.wording import month_name
from ledger.month.followups import Followup
from metrics.queries.members.case_ways import OPEN, ways
from metrics.queries.members.roster import members
from metrics.queries.members.trigger_cases import cases
from metrics.queries.work.agenda import past_meetings
from pages.shared import acts, forms
from pages.shared.cases import because
from pages.shared.in_url import kept
from pages.shell import url
from pages.shell.data import read, read_now
from pages.shell.moments import day
from pages.shell.view import View

FORM = "add"
USUAL = 14  # days that a new follow-up is given unless told otherwise
USUAL_SOURCE = "trigger"
LONGEST = 300  # characters of what is to be done


@dataclass(frozen=True)
class Source:
    """One thing that a follow-up may come from: how it is called, and whom and what it usually asks."""

    name: str
    owner: str = ""
    what: str = ""


def give(view: View) -> None:
    """The form; what is typed into it stays until it is sent.

    What it comes from is in the URL, so that a link from there opens the form filled in.
    """
    names = work_codes("followup_source")
    left, right = st.columns([3, 4], vertical_alignment="bottom")
    source = left.segmented_control(
        "来源", **kept("source", list(names), USUAL_SOURCE), required=True, format_func=names.get
    )
    offered = SOURCES[source](view)
    if not offered:
        right.caption(f"没有可选的{names[source]}。")
        return
    about = right.selectbox(names[source], **kept("about", list(offered)), format_func=lambda name: offered[name].name)
    chosen, whom = offered[about], owners(view)
    at = f"{acts.turn(FORM)}-{source}-{about}"
    with st.form(f"{FORM}-{at}", border=False):
        what = st.text_area(
            "督办内容", value=chosen.what[:LONGEST], height=70, max_chars=LONGEST, key=f"{FORM}-what-{at}"
        )
        left, right = st.columns(2)
        usual_owner = list(whom).index(chosen.owner) if chosen.owner in whom else 0
        owner = left.selectbox("责任人", list(whom), index=usual_owner, format_func=whom.get)
        usual = view.snapshot.now.date() + timedelta(days=USUAL)
        due_on = right.date_input("期限", value=usual, format="YYYY-MM-DD")
        files = st.file_uploader(
            "依据文件",
            accept_multiple_files=True,
            max_upload_size=followups.MOST_MEGABYTES,
            key=f"{FORM}-files-{at}",
        )
        sent = st.form_submit_button("交办", type="primary")
    if not sent:
        return
    papers = [forms.handed_in(file) for file in files]

    def add() -> Followup:
        given = followups.add(home(), source, about, what, owner, due_on, view.viewer, papers)
        for name in ("source", "about"):  # what was filled in is done with
            url.keep(name, "")
        return given

    acts.do(add, lambda followup: f"已交办为{followup.number}督办事项，期限{day(followup.due_on)}", empties=FORM)


def findings(view: View) -> dict[str, Source]:
    """Open questions across members, each to be answered by its submitter."""
    return {
        f"{row.submitter}/{row.period}/{row.key}": Source(
            f"{row.short_name}{month_name(row.period)}{form_name(row.form)}：{row.message}",
            row.submitter,
            f"请核实{month_name(row.period)}报送的{form_name(row.form)}：{row.message}",
        )
        for row in work_list(view.viewer, view.snapshot, home()).itertuples()
    }


def triggers(view: View) -> dict[str, Source]:
    """Cases on their way; what is asked of one that is open in the period says why."""
    reasons = {case.id: because(case) for case in read(view, cases, period=view.period)}
    return {
        way.id: Source(
            f"{way.name}：{way.rule.name}（自{month_name(way.first_period)}起）", way.subject, reasons.get(way.id, "")
        )
        for way in read_now(view, ways)
        if way.state == OPEN or way.id == url.asked("about")
    }


def decisions(view: View) -> dict[str, Source]:
    """Decisions on the list, proposed and taken."""
    names = read(view, members).set_index("code")["short_name"].to_dict()
    return {
        str(proposal.id): Source(
            f"{proposal.number}：{names.get(proposal.subject) or proposal.sets.get('name', '')}{proposal.kind.name}",
            proposal.subject,
        )
        for proposal in known_proposals(view.viewer, home())
    }


def held_meetings(view: View) -> dict[str, Source]:
    return {meeting.id: Source(f"{meeting.id}会商") for meeting in past_meetings(view.viewer, home())}


def briefings(view: View) -> dict[str, Source]:
    return {period: Source(f"{month_name(period)}监管月报") for period in view.periods}


# Source of a follow-up → id → what may be chosen.
SOURCES = {
    "finding": findings,
    "trigger": triggers,
    "decision": decisions,
    "meeting": held_meetings,
    "briefing": briefings,
}


def owners(view: View) -> dict[str, str]:
    """Who may owe one: roles of the Bureau, then members with their codes."""
    listed = read(view, members)
    names = listed["short_name"] + "（" + listed["code"] + "）"
    return {role: ROLES[role] for role in BUREAU_ROLES} | dict(zip(listed["code"], names, strict=True))
