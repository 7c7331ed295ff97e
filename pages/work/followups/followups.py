"""督办事项: who owes what, by when?"""

import streamlit as st

from casework.decisions.steps import known_proposals
from casework.month.followups import DIRECTS
from contract.settings import home
from contract.viewer import BUREAU_ROLES, ROLES, may_see
from contract.wording import month_name
from ledger.followups import ANSWERED, CLOSED
from metrics.queries.members.case_ways import OPEN, ways
from metrics.queries.members.roster import members
from metrics.queries.work.agenda import past_meetings
from metrics.queries.work.followups import owed
from pages.shared import states, tables
from pages.shell import acts, frame, session
from pages.shell.data import read, read_now
from pages.shell.in_url import kept
from pages.work.followups import register

TASK, SHOWN = "task", "shown"
SHOWS = {
    "waiting": ("未办结", lambda one: one.followup.state != CLOSED),
    "own": ("本人负责", lambda one: one.own and one.followup.state != CLOSED),
    "overdue": ("逾期", lambda one: one.overdue),
    "answered": ("待办结", lambda one: one.followup.state == ANSWERED),
    "all": ("全部", lambda one: True),
}


def add(view, known: int) -> None:
    """The form for a new one beside those known, with what it may come from and who may owe it."""
    triggers = [way for way in read_now(view, ways) if way.state == OPEN]
    choices = {
        "finding": {},
        "trigger": {way.id: f"{way.name}：{way.rule.name}（{way.id}）" for way in triggers},
        "decision": {
            str(one.id): f"第{one.id}号：{one.subject}{one.kind.name}" for one in known_proposals(view.viewer, home())
        },
        "meeting": {one.id: one.id for one in past_meetings(view.viewer, home())},
        "briefing": {period: month_name(period) for period in view.periods},
    }
    listed = read(view, members)
    owners = dict(zip(listed["code"], listed["short_name"] + "（" + listed["code"] + "）", strict=True))
    register.add(view, choices, {role: ROLES[role] for role in BUREAU_ROLES} | owners, known)


view = frame.open_page("督办事项")
acts.said()
found = read_now(view, owed)
may_give = may_see(view.viewer, DIRECTS)
if not found and not may_give:
    states.empty(
        "目前没有由本单位负责的督办事项。", "监管部门交办后，在这里查看期限、登记答复和依据", title="没有督办事项"
    )
    st.stop()
register.counts(found)
names = {code: name for code, (name, _) in SHOWS.items()}
shown = st.segmented_control(
    "范围", **kept(SHOWN, list(names)), required=True, format_func=names.get, label_visibility="collapsed"
)
kept_ones = [one for one in found if SHOWS[shown][1](one)]
table = register.listed(kept_ones)
picked = tables.pick(table, register.COLUMNS, key=f"followups-{shown}", about="督办事项")
if picked is not None:
    session.keep_choice(TASK, picked["id"])
if kept_ones:
    register.export(view, table)
    number = session.choice(TASK, table["id"].tolist())
    register.detail(view, next(one for one in kept_ones if str(one.followup.id) == number))
if may_give:
    with st.expander("交办一件督办事项", icon=":material/add:"):
        add(view, len(found))
