"""督办事项: who owes what, by when?"""

import streamlit as st

from casework.month.followups import DIRECTS
from contract.viewer import may_see
from metrics.queries.work.followups import owed
from pages.shared import acts, tables
from pages.shared.in_url import segments
from pages.shell import frame, states, url
from pages.shell.data import read_now
from pages.shell.selections import Followups
from pages.work.followups.followup import detail
from pages.work.followups.listing import COLUMNS, SHOWS, counts, export, listed
from pages.work.followups.new_followup import give

view = frame.open_page("督办事项")
acts.said(view.viewer)
followups = read_now(view, owed)
may_give = may_see(view.viewer, DIRECTS)
if not followups and not may_give:
    states.empty(
        "目前没有由本单位负责的督办事项。", "监管部门交办后，在这里查看期限、登记答复和依据", title="没有督办事项"
    )
    st.stop()
counts(followups)
shown = segments("范围", "shown", Followups.SHOWN)
by_number = {str(task.followup.id): task for task in followups if SHOWS[shown](task)}
table = listed(tuple(by_number.values()))
chosen = tables.pick_kept(table, COLUMNS, "task", "id", key=f"followups-{shown}", about="督办事项", export=False)
if chosen:
    export(view, table)
    detail(view, by_number[chosen])
if may_give:
    asked = url.selected(Followups)
    asks = bool(asked.source or asked.about)
    key = f"add-open-{asks}"  # a link that fills the form in opens it; what was opened by hand stays so
    with st.expander("交办一件督办事项", icon=":material/add:", expanded=asks, key=key, on_change="rerun"):
        give(view)
