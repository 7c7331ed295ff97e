"""预警与退出: what is going wrong, since when, on which evidence?"""

import streamlit as st

from contract.settings import home
from contract.viewer import may_see
from metrics.queries.members.case_ways import OPEN, ways
from metrics.queries.members.trigger_cases import cases, trigger_history
from pages.shared import downloads, states, tables
from pages.shell import frame, session
from pages.shell.data import read
from pages.shell.in_url import kept
from pages.supervision.warnings import cases as case_view
from pages.supervision.warnings.replay import replay
from pages.supervision.warnings.triggers import (
    COLUMNS,
    EXPORT,
    case_detail,
    counts,
    listed,
    named,
    rules_table,
    timeline,
)

PART, CASE, ALL = "part", "case", "all"
PARTS = {"open": "未关闭线索", "ways": "办理过程", "history": "历次线索", "rules": "预警规则"}
REPLAY = {"replay": "规则回溯"}  # for the Bureau
SHOWN = {"open": "在办", "all": "全部"}
FILTERS = {"level": "级别", "rule": "规则", "subject": "对象"}


def filtered(table):
    """The rows that the choices for level, rule and subject leave; choices are what there is."""
    for place, (code, label) in zip(st.columns(len(FILTERS)), FILTERS.items(), strict=True):
        names = {ALL: f"全部{label}"} | dict(zip(table[code], table[f"{code}_name"], strict=True))
        chosen = place.selectbox(label, **kept(code, list(names)), format_func=names.get)
        table = table if chosen == ALL else table[table[code] == chosen]
    return table


view = frame.open_page("预警与退出")
parts = PARTS | (REPLAY if may_see(view.viewer, "replay") else {})
part = st.segmented_control(
    "查看", **kept(PART, list(parts)), required=True, format_func=parts.get, label_visibility="collapsed"
)

if part == "rules":
    rules_table(view)
elif part == "replay":
    replay(view)
elif part == "ways":
    found = {way.id: way for way in ways(view.viewer, view.snapshot, home())}
    if not found:
        states.empty("至今没有出现过预警线索。", title="没有办理事项")
        st.stop()
    case_view.counts(tuple(found.values()))
    shown = st.segmented_control(
        "范围", **kept("shown", list(SHOWN)), required=True, format_func=SHOWN.get, label_visibility="collapsed"
    )
    table = case_view.listed([way for way in found.values() if shown == ALL or way.state == OPEN])
    picked = tables.pick(table, case_view.COLUMNS, key=f"ways-{shown}", about="预警线索的办理过程")
    case_view.export(view, table)
    if picked is not None:
        session.keep_choice(CASE, picked["id"])
    if not table.empty:
        case_view.detail(found[session.choice(CASE, table["id"].tolist())])
elif part == "history":
    history = named(read(view, trigger_history, until=view.period))
    if history.empty:
        states.empty("至本期没有出现过预警线索。", "各项规则见“预警规则”", title="没有预警线索")
    else:
        timeline(view, filtered(history))
else:
    found = {case.id: case for case in read(view, cases, period=view.period)}
    if not found:
        states.empty(
            "本期末没有未关闭的预警线索。", "历次出现过的见“历次线索”", "各项规则见“预警规则”", title="没有预警线索"
        )
        st.stop()
    counts(tuple(found.values()), view.period)
    table = filtered(listed(tuple(found.values())))
    picked = tables.pick(table, COLUMNS, key="cases", about="未关闭的预警线索")
    if picked is not None:
        session.keep_choice(CASE, picked["id"])
    downloads.buttons(view, table, EXPORT, name=f"预警线索_{view.period}", key="cases")
    case_detail(view, found[session.choice(CASE, table["id"].tolist())])
