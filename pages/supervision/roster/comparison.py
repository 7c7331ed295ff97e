"""What differs on the pilot list between two days, a line a member."""

from __future__ import annotations

from datetime import date

import streamlit as st

from contract.wording import KINDS
from metrics.queries.members.roster import roster_changes
from pages.shared import downloads, tables, wording
from pages.shared.behind.marks import Behind
from pages.shared.format import is_absent, number
from pages.shell import states
from pages.shell.data import read
from pages.shell.moments import day
from pages.shell.selections import Roster
from pages.shell.view import View

# What else may differ between two days → its name, and a value in words.
ATTRIBUTES = {
    "ceiling": ("内部评估上限（万元）", number),
    "name": ("名称", str),
    "member_group": ("组别", lambda group: wording.GROUPS.get(group, "—")),
    "contact": ("联系人", lambda contact: "—" if is_absent(contact) else str(contact)),
}


def difference(view: View, before: date, after: date) -> None:
    """What changed between two days, a line a member."""
    earlier, later = min(before, after), max(before, after)
    frame = read(view, roster_changes, before=earlier, after=later)
    if frame.empty:
        states.empty(
            f"{day(earlier)}与{day(later)}的名单相同：成员、状态、上限、名称、组别、联系人都没有变化。",
            "在上面换两个相隔更久的日期",
            title="没有变化",
        )
        return
    shown = frame.assign(
        kind_name=frame["kind"].map(KINDS),
        change=[_change(row) for row in frame.to_dict("records")],
    )
    st.markdown(f"**{day(earlier)} → {day(later)}：{number(len(frame))}个成员有变化**")
    columns = {"kind_name": "类别", "code": "编码", "short_name": "简称", "change": "变化", "since": "状态起始日"}
    shown_columns = {code: tables.text(name) for code, name in columns.items() if code != "since"}
    shown_columns["since"] = st.column_config.DateColumn("状态起始日", format="YYYY-MM-DD")
    onward = Behind(view, lambda row: [(Roster(part="history", member=row["code"]), f"{row['short_name']}的名单经历")])
    tables.sheet(shown, shown_columns, key="roster-difference", about="名单变化", export=False, behind=onward)
    downloads.buttons(view, shown, columns, name=f"名单变化_{earlier:%Y%m%d}_{later:%Y%m%d}", key="difference")


def _change(row: dict) -> str:
    """`纳入名单（在册）`, `在册 → 关注`, `内部评估上限 1,000 → 3,000万元；更名 甲银行 → 乙银行`."""
    before, after = (
        None if is_absent(row[key]) else wording.STATES[row[key]] for key in ("state_before", "state_after")
    )
    if not before or not after:
        return f"纳入名单（{after}）" if after else f"移出名单（原{before}）"
    parts = [f"{before} → {after}"] if before != after else []
    for attribute, (label, words) in ATTRIBUTES.items():
        earlier, later = row[f"{attribute}_before"], row[f"{attribute}_after"]
        if not _same(earlier, later):
            parts.append(f"{label} {words(earlier)} → {words(later)}")
    return "；".join(parts)


def _same(before: object, after: object) -> bool:
    return before == after or (is_absent(before) and is_absent(after))
