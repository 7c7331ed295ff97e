"""会商: what do we decide today, and what became of last time?"""

import streamlit as st

from casework.month.followups import DIRECTS
from contract.settings import home
from contract.viewer import BUREAU_ROLES, ROLES, may_see
from metrics.queries.members.roster import members
from metrics.queries.work.agenda import agenda, past_meetings
from pages.shell import acts, frame
from pages.shell.data import read, read_now
from pages.work.meeting import agenda as meeting_view

view = frame.open_page("会商")
acts.said()
meeting_view.page(read_now(view, agenda, period=view.period))
held = past_meetings(view.viewer, home())
meeting_view.minutes(view, held)
if may_see(view.viewer, DIRECTS):
    with st.expander("登记会商", icon=":material/add:"):
        known = read(view, members)
        owners = {role: ROLES[role] for role in BUREAU_ROLES} | dict(
            zip(known["code"], known["short_name"], strict=True)
        )
        meeting_view.record(view, owners, len(held))
