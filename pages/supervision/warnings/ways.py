"""办理过程: cases on their way, which step is next, what is due or overdue, and one case step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd
import streamlit as st

from contract.settings import home
from contract.wording import month_name
from metrics.queries.members.case_ways import CLOSURE, OPEN, STEPS, Step, Way, awaits_proposal, ways
from pages.shared import downloads, tables, wording
from pages.shared.counts import count, strip
from pages.shared.format import number
from pages.shared.in_url import segments
from pages.shell import states
from pages.shell.moments import day
from pages.shell.selections import Warnings
from pages.shell.view import View
from pages.supervision.warnings.onward import onward

CASE = "case"
# What may be listed → which cases are, looked at from a period.
SHOWS: dict[str, Callable[[Way, str], bool]] = {
    "open": lambda way, period: way.state == OPEN,
    "proposal": awaits_proposal,
    "overdue": lambda way, period: way.state == OPEN and way.overdue,
    "all": lambda way, period: True,
}
COLUMNS = {
    "level_name": tables.text("级别", width=85),
    "rule_name": tables.text("预警规则", width=160),
    "name": tables.text("对象", width=150),
    "since": tables.text("起始期", width=95),
    "taken": tables.text("已办到", width=90),
    "next": tables.text("下一步", width=90),
    "due": st.column_config.DateColumn("到期", format="YYYY-MM-DD", width=100),
    "late": tables.text("逾期", width=70),
    "state": tables.text("状态", width=100),
}
EXPORT = {"id": "线索编号", "level_name": "级别", "rule_name": "预警规则", "name": "对象", "since": "起始期"} | {
    **{step: f"{step}日" for step in STEPS},
    "next": "下一步",
    "due": "到期",
    "late": "逾期",
    "state": "状态",
}


def under_way(view: View) -> None:
    """Cases that are open, or all there were; the chosen one step by step."""
    by_id = {way.id: way for way in ways(view.viewer, view.snapshot, home())}
    if not by_id:
        states.empty("至今没有出现过预警线索。", "各项规则见“预警规则”", title="没有办理事项")
        return
    counts(tuple(by_id.values()))
    shown = segments("范围", "shown", Warnings.SHOWN)
    fitting = [way for way in by_id.values() if SHOWS[shown](way, view.period)]
    st.caption(f"{Warnings.SHOWN[shown]}：{number(len(fitting))}件；点选一行看各步。")
    table = listed(fitting)
    chosen = tables.pick_kept(table, COLUMNS, CASE, "id", key=f"ways-{shown}", about="预警线索的办理过程", export=False)
    downloads.buttons(view, table, EXPORT, name=f"预警办理_{view.snapshot.now:%Y%m%d}", key="case-ways")
    if chosen:
        detail(view, by_id[chosen])


def listed(cases: Sequence[Way]) -> pd.DataFrame:
    """A row a case, in words, with the day of each step."""
    return pd.DataFrame([_row(way) for way in cases], columns=["level", *dict.fromkeys((*COLUMNS, *EXPORT))])


def _row(way: Way) -> dict[str, object]:
    following = way.next
    days = dict.fromkeys(STEPS) | {step.name: step.on for step in way.steps}
    taken = [step.name for step in way.steps if step.done]
    return days | {
        "id": way.id,
        "level": way.level,
        "level_name": wording.LEVELS[way.level],
        "rule_name": way.rule.name,
        "name": way.name,
        "since": month_name(way.first_period),
        "taken": taken[-1],
        "next": following.name if following else None,
        "due": following.due if following else None,
        "late": "逾期" if way.overdue and way.state == OPEN else None,
        "state": way.state,
    }


def counts(cases: Sequence[Way]) -> None:
    """Open cases by the step that is next, and how many are overdue."""
    waiting = [way for way in cases if way.state == OPEN]
    by_step = [(step, sum(way.next.name == step for way in waiting)) for step in STEPS]
    late = sum(way.overdue for way in waiting)
    shown = [count(f"待{step}", cases, "件") for step, cases in by_step if cases and step != CLOSURE]
    strip(f"{number(len(waiting))}件在办", "按下一步分", [*shown, count("逾期", late, "件", "alert" if late else "")])


def detail(view: View, way: Way) -> None:
    """One case, step by step."""
    tag = wording.tag(way.level, wording.LEVELS)
    steps = "".join(_step(step) for step in way.steps)
    st.html(
        f'<h3 class="case">{tag} {escape(way.name)}：{escape(way.rule.name)}</h3>'
        f'<p class="quiet">线索编号 {escape(way.id)}；{month_name(way.first_period)}至{month_name(way.last_period)}；'
        f"{way.state}</p><ol class='steps'>{steps}</ol>"
    )
    open_in = view.period if way.first_period <= view.period <= way.open_until else way.open_until
    onward(view, way.id, way.subject, way.kind, way.level, open_in=open_in)


def _step(step: Step) -> str:
    tone = "step-rectify" if step.overdue else "" if step.done else "step-exited"
    ahead = f"{'逾期，' if step.overdue else ''}期限{day(step.due)}" if step.due else "待办"
    when = day(step.on) if step.done else ahead
    due = f"（期限{day(step.due)}）" if step.done and step.due and step.due != step.on else ""
    note = f"<br>{escape(step.note)}" if step.note else ""
    return f'<li class="step {tone}"><b>{step.name}</b><span>{when}{due}{note}</span></li>'
