"""What is on record of meetings: the minutes to take away, and the form that enters a new one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from casework.month import meetings
from casework.month.followups import MOST_MEGABYTES
from casework.month.meetings import Outcome
from contract.settings import home
from contract.viewer import BUREAU_ROLES, ROLES
from ledger.month.meetings import Meeting
from metrics.queries.members.roster import members
from pages.shared import acts, downloads, forms, on_paper
from pages.shell.data import read
from pages.shell.view import View

FORM = "meeting"
LATEST = 3  # so many meetings' minutes are offered
EMPTY_ROWS = 3  # of the table in which outcomes are entered


def minutes(view: View, held: Sequence[Meeting]) -> None:
    """The minutes of the latest meetings, to take away."""
    with st.container(horizontal=True, gap="small", key="minutes"):
        for meeting in held[:LATEST]:
            downloads.button(
                f"会商 {meeting.id} 纪要",
                lambda meeting=meeting: meetings.minutes_of(view.viewer, home(), meeting.id),
                meeting.minutes.name,
                key=f"minutes-{meeting.id}",
                mime=downloads.ANY,
            )


def record(view: View) -> None:
    """Enters a meeting: its day, minutes, and outcomes a row each; what is typed stays until it is sent."""
    turn = acts.turn(FORM)
    listed = read(view, members)
    labels = {ROLES[role]: role for role in BUREAU_ROLES} | dict(zip(listed["short_name"], listed["code"], strict=True))
    blank = pd.DataFrame({"what": [""] * EMPTY_ROWS, "owner": [None] * EMPTY_ROWS, "due": [None] * EMPTY_ROWS})
    with st.form(f"{FORM}-{turn}", border=False):
        left, right = st.columns([1, 2])
        held_on = left.date_input(
            "会商日", value=view.snapshot.now.date(), max_value=view.snapshot.now.date(), format="YYYY-MM-DD"
        )
        minutes = right.file_uploader("会商纪要", max_upload_size=MOST_MEGABYTES, key=f"{FORM}-minutes-{turn}")
        st.caption("写明责任人和期限的结论成为督办事项；只有结论的记入纪要。")
        columns = {
            "what": st.column_config.TextColumn("结论", width=420),
            "owner": st.column_config.SelectboxColumn("责任人", options=list(labels), width=180),
            "due": st.column_config.DateColumn("期限", format="YYYY-MM-DD", width=120),
        }
        on_paper.table(blank, columns, "会商结论", edited=True)
        entered = st.data_editor(
            blank.astype({"what": "string", "owner": "string", "due": "datetime64[ns]"}),
            column_config=columns,
            num_rows="dynamic",
            placeholder="",
            hide_index=True,
            key=f"{FORM}-outcomes-{turn}",
        )
        sent = st.form_submit_button("登记会商", type="primary")
    if sent and minutes is None:
        st.error("请选择会商纪要", icon=":material/block:")
    elif sent:
        outcomes = [_outcome(row, labels) for row in entered.to_dict("records") if _given(row["what"])]
        paper = forms.handed_in(minutes)
        acts.do(
            lambda: meetings.record(home(), held_on, paper, outcomes, view.viewer),
            lambda recorded: f"{recorded[0].id}会商已登记，其中{len(recorded[1])}项结论成为督办事项",
            empties=FORM,
        )


def _given(value: object) -> bool:
    return not pd.isna(value) and bool(str(value).strip())


def _outcome(row: dict, labels: dict[str, str]) -> Outcome:
    owner = labels[row["owner"]] if _given(row["owner"]) else ""
    return Outcome(str(row["what"]).strip(), owner, None if pd.isna(row["due"]) else row["due"].date())
