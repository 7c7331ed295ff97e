"""会商: what do we decide today, and what became of last time?"""

import streamlit as st

from etl.settings import home
from metrics import queries
from metrics.followup_desk import OWNING_ROLES
from metrics.queries.agenda import agenda, past_meetings
from metrics.viewer import ROLES, may_see
from metrics.work_door import AREA
from pages.shared import acts, frame, meeting_view
from pages.shared.data import read, read_now

view = frame.open_page("会商")
acts.said()
meeting_view.page(read_now(view, agenda, period=view.period))
held = past_meetings(view.viewer, home())
meeting_view.minutes(view, held)
if may_see(view.viewer, AREA):
    with st.expander("登记会商", icon=":material/add:"):
        members = read(view, queries.members)
        owners = {role: ROLES[role] for role in OWNING_ROLES} | dict(
            zip(members["code"], members["short_name"], strict=True)
        )
        meeting_view.record(view, owners, len(held))
