"""规则回溯: a rule, other numbers, and whom it would have caught, when, and how early."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from contract.settings import home
from contract.viewer import Viewer
from contract.wording import month_name
from etl.snapshot.opened import Snapshot
from metrics.queries.evaluation.policy import policy_on
from metrics.queries.members.trigger_cases import replayed
from metrics.warnings.replay import Caught
from metrics.warnings.rules import rule_of, rules
from pages.shared import downloads, tables, wording
from pages.shared.behind.figures import of_member
from pages.shared.behind.marks import Behind
from pages.shared.in_url import kept
from pages.shell import states
from pages.shell.data import read
from pages.shell.view import View

COLUMNS = {
    "name": tables.text("对象", width=130),
    "level_name": tables.text("最高级别", width=80),
    "first": tables.text("首次提示", width=90),
    "rose": tables.text("达到最高级别", width=100),
    "last": tables.text("最后一期", width=90),
    "known_on": st.column_config.DateColumn("可知日", format="YYYY-MM-DD", width=95),
    "new": tables.text("现行参数", width=80),
    "decision_name": tables.text("其后的决定", width=90),
    "decided_on": st.column_config.DateColumn("决定日", format="YYYY-MM-DD", width=95),
    "lead_days": tables.figure("提前天数", width=75),
    "lead_periods": tables.figure("提前期数", width=75),
}
EXPORT = {
    "id": "线索编号", "name": "对象", "level_name": "最高级别", "first": "首次提示", "rose": "达到最高级别",
    "last": "最后一期", "known_on": "可知日", "new": "现行参数", "decision_name": "其后的决定", "decided_on": "决定日",
    "lead_days": "提前天数", "lead_periods": "提前期数",
}  # fmt: skip


def replay(view: View) -> None:
    """The rule and its parameters, then what comes of them."""
    names = {rule.id: rule.name for rule in rules()}
    rule = rule_of(st.selectbox("规则", **kept("replay", list(names)), format_func=names.get))
    policy = read(view, policy_on, day=view.snapshot.now.date())
    st.caption(rule.described(policy))
    values = {}
    places = st.columns(max(2, min(4, len(rule.parameters))))
    for at, name in enumerate(rule.parameters):
        entry = policy.entry(name)
        given = places[at % len(places)].number_input(
            f"{entry.note.partition('，')[0].partition('（')[0]}（{entry.unit}）",
            min_value=0.0,
            value=float(entry.value),
            step=1.0 if entry.value == entry.value.to_integral_value() else 0.1,
            format="%g",
            key=f"replay-{rule.id}-{name}",
        )
        if given != float(entry.value):
            values[name] = repr(given)
    caught = read(view, _tried, rule_id=rule.id, values=values)
    if not caught:
        states.empty("按这些参数，以往各期没有成员会被提示。", "放宽上面的界限或期数再试", title="没有提示")
        return
    table = pd.DataFrame([_row(vars(case)) for case in caught])
    st.markdown(f"**{summary(caught)}**")
    onward = Behind(view, lambda row: of_member(row["kind"], row["subject"], row["name"]))
    tables.sheet(table, COLUMNS, key="replayed", about="规则回溯的结果", export=False, behind=onward)
    downloads.buttons(view, table, EXPORT, name=f"规则回溯_{rule.id}", key="replayed")
    st.caption(
        "可知日为该期的报送截止之后；提前天数、期数自可知日算到其后第一项列入关注、限期整改或退出的决定。只看数据，不计已作决定的影响。"
    )


def _tried(viewer: Viewer, snapshot: Snapshot, rule_id: str, values: dict[str, str]) -> list[Caught]:
    return replayed(viewer, snapshot, home(), rule_of(rule_id), values)


def summary(caught: Sequence[Caught]) -> str:
    """`3个成员、4条线索，其中1条为现行参数下没有的；2条其后有决定，平均提前35天`."""
    text = f"{len({case.subject for case in caught})}个成员、{len(caught)}条线索"
    new = sum(not case.declared for case in caught)
    text += f"，其中{new}条为现行参数下没有的" if new else "，现行参数下也都有"
    led = [case.lead_days for case in caught if case.lead_days is not None]
    return text + (f"；{len(led)}条其后有决定，平均提前{sum(led) / len(led):.0f}天" if led else "；其后都没有决定")


def _row(caught: dict) -> dict:
    return caught | {
        "level_name": wording.LEVELS[caught["level"]],
        "first": month_name(caught["first_period"]),
        "rose": month_name(caught["rose_in"]),
        "last": month_name(caught["last_period"]),
        "new": "也提示" if caught["declared"] else "不提示",
        "decision_name": wording.DECISIONS.get(caught["decision"]),
    }
