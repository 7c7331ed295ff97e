"""The pilot list on a day: members by kind and state, a row a member, and the file to take away."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from contract.wording import KINDS, MEASURES
from metrics.queries.members.roster import roster
from pages.shared import downloads, tables, wording
from pages.shared.counts import count, strip
from pages.shared.format import number
from pages.shell import states
from pages.shell.data import read
from pages.shell.moments import day
from pages.shell.view import View

STATE_TONES = {"watch": "warn", "rectify": "alert"}
LIST_ROWS = 11  # so that the chosen member's decisions stay in sight
EXPORT = {
    "code": "编码",
    "name": "名称",
    "kind_name": "类别",
    "group_name": "组别",
    "state_name": "状态",
    "since": "状态起始日",
    "admitted_on": "纳入日期",
    "batch": "批次",
    "ceiling": "内部评估上限（万元）",
    "document_no": "文号",
    "contact": "联系人",
    "predecessors": "承继自",
    "successor": "承继机构",
}
COLUMNS = {
    "short_name": tables.text("简称", width=150),
    "code": tables.text("编码", width=90),
    "group_name": tables.text("组别", width=120),
    "state_name": tables.text("状态", width=90),
    "since": st.column_config.DateColumn("状态起始日", format="YYYY-MM-DD", width=105),
    "admitted_on": st.column_config.DateColumn("纳入日期", format="YYYY-MM-DD", width=105),
    "batch": tables.text("批次", width=80),
    "document_no": tables.text("文号", width=110),
}
CEILING = tables.figure("内部评估上限（万元）", width=150)


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """The list with kinds, groups and states by name."""
    return frame.assign(
        kind_name=frame["kind"].map(KINDS),
        group_name=frame["member_group"].map(wording.GROUPS),
        state_name=frame["state"].map(wording.STATES),
        document_no=frame["document_no"].replace("", None),
    )


def counts(view: View, on: date) -> None:
    """Members by kind and state on a day."""
    frame = read(view, roster, on=on)
    for kind, name in KINDS.items():
        by_state = frame.loc[frame["kind"] == kind, "state"].value_counts()
        if by_state.empty:
            continue
        shown = [
            count(word, int(by_state.get(state, 0)), MEASURES[kind], STATE_TONES.get(state, ""))
            for state, word in wording.STATES.items()
            if state in by_state or state != "candidate"
        ]
        strip(name, f"共{number(by_state.sum())}{MEASURES[kind]}", shown)


def listing(view: View, on: date, kind: str) -> str | None:
    """The list of one kind on a day, with its export; gives the member chosen in it."""
    frame = named(read(view, roster, on=on))
    part = frame[frame["kind"] == kind]
    if part.empty:
        states.empty(f"{day(on)}名单上没有{KINDS[kind]}。", "请选择较晚的日期", title="名单为空")
        return None
    columns = COLUMNS | ({"ceiling": CEILING} if kind == "bank" else {})
    height = tables.tall(len(part), LIST_ROWS)
    chosen = tables.pick(
        part, columns, key=f"roster-{kind}", about=f"{day(on)}的{KINDS[kind]}名单", height=height, export=False
    )
    downloads.buttons(view, frame, EXPORT, name=f"试点名单_{on:%Y%m%d}", key="roster")
    return None if chosen is None else chosen["code"]
