"""会商: what do we decide today, and what became of last time?"""

import streamlit as st

from casework.month.followups import DIRECTS
from contract.settings import home
from contract.viewer import may_see
from metrics.queries.work.agenda import agenda, past_meetings
from pages.shared import acts
from pages.shell import frame
from pages.shell.data import read_now
from pages.work.meeting.agenda import sheets
from pages.work.meeting.recording import minutes, record

view = frame.open_page("会商")
acts.said(view.viewer)
sheets(view, read_now(view, agenda, period=view.period))
held = past_meetings(view.viewer, home())
minutes(view, held)
if may_see(view.viewer, DIRECTS):
    with st.expander("登记会商", icon=":material/add:", key="meeting-open", on_change="rerun"):
        record(view)
