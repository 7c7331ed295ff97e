"""The pilot list on a day: counts by state, the list itself, what differs from another day, a member's decisions."""

from __future__ import annotations

from datetime import date
from html import escape

import pandas as pd
import streamlit as st

from contract.viewer import may_see
from contract.wording import KINDS, MEASURES
from metrics.queries.members.roster import decisions, roster, roster_changes, timeline
from pages.shared import downloads, states, tables
from pages.shared.counts import count, strip
from pages.shared.format import day, is_absent, number
from pages.shared.sheets import sheet
from pages.shell.data import read
from pages.shell.session import person
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
# What else may differ between two days → its name, and a value in words.
ATTRIBUTES = {
    "ceiling": ("内部评估上限（万元）", number),
    "name": ("名称", str),
    "member_group": ("组别", lambda group: tables.GROUPS.get(group, "—")),
    "contact": ("联系人", lambda contact: "—" if is_absent(contact) else str(contact)),
}
DECISION_HEADS = ("生效日期", "决定", "状态", "批次", "文号", "事由", "提出人", "批准人", "提出日期")
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
CEILING = tables.figure("内部评估上限（万元）", width=140)


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """The list with kinds, groups and states by name."""
    return frame.assign(
        kind_name=frame["kind"].map(KINDS),
        group_name=frame["member_group"].map(tables.GROUPS),
        state_name=frame["state"].map(tables.STATES),
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
            for state, word in tables.STATES.items()
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
    chosen = tables.pick(part, columns, key=f"roster-{kind}", about=f"{day(on)}的{KINDS[kind]}名单", height=height)
    downloads.buttons(view, frame, EXPORT, name=f"试点名单_{on:%Y%m%d}", key="roster")
    return None if chosen is None else chosen["code"]


def difference(view: View, before: date, after: date) -> None:
    """What changed between two days, a line a member."""
    earlier, later = min(before, after), max(before, after)
    frame = read(view, roster_changes, before=earlier, after=later)
    if frame.empty:
        states.empty(
            f"{day(earlier)}与{day(later)}的名单相同：成员、状态、上限、名称、组别、联系人都没有变化。",
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
    tables.sheet(shown, shown_columns, key="roster-difference", about="名单变化")
    downloads.buttons(view, shown, columns, name=f"名单变化_{earlier:%Y%m%d}_{later:%Y%m%d}", key="difference")


def _change(row: dict) -> str:
    """`纳入名单（在册）`, `在册 → 关注`, `内部评估上限 1,000 → 3,000万元；更名 甲银行 → 乙银行`."""
    before, after = (
        None if is_absent(row[key]) else tables.STATES[row[key]] for key in ("state_before", "state_after")
    )
    if not before or not after:
        return f"纳入名单（{after}）" if after else f"移出名单（原{before}）"
    parts = [f"{before} → {after}"] if before != after else []
    for attribute, (label, words) in ATTRIBUTES.items():
        earlier, later = row[f"{attribute}_before"], row[f"{attribute}_after"]
        if not _same(earlier, later):
            parts.append(f"{label} {words(earlier)} → {words(later)}")
    return "；".join(parts)


def _same(one: object, other: object) -> bool:
    return one == other or (is_absent(one) and is_absent(other))


def history(view: View, code: str, name: str) -> None:
    """A member's way on the list: its states by stretch, and the decisions behind them."""
    st.subheader(f"{name}的名单经历")
    stretches = read(view, timeline, code=code)
    steps = "".join(
        f'<li class="step step-{row.state}"><b>{tables.STATES[row.state]}</b>'
        f"<span>{day(row.from_date)} 起{'' if is_absent(row.to_date) else f'，至 {day(row.to_date)}'}</span></li>"
        for row in stretches.itertuples()
    )
    st.html(f'<ol class="steps">{steps}</ol>')
    if not may_see(view.viewer, "decisions"):
        return
    decided = read(view, decisions, subject=code)
    if decided.empty:
        states.empty(f"没有{name}的名单决定。")
        return
    rows = [
        (
            day(row["effective_on"]),
            tables.DECISIONS[row["kind"]],
            tables.tag(row["status"], tables.DECISION_STATUS),
            *(_text(row[key]) for key in ("batch", "document_no", "reason")),
            *(_text(person(row[key])) for key in ("proposer", "approver")),
            day(row["proposed_on"]),
        )
        for row in decided.to_dict("records")
    ]
    st.html(sheet(DECISION_HEADS, rows))


def _text(value: object) -> str:
    return "—" if is_absent(value) or value == "" else escape(str(value))
