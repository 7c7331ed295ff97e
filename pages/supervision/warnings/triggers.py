"""Open triggers and their evidence, the rules behind them, and how they came and went."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from contract.calendar import periods_between
from contract.parameters import declared_parameters
from contract.wording import KINDS, month_name
from metrics.queries.members.trigger_cases import Case, Course, course, rules_in_force
from metrics.warnings.rules import Rule, rule_of
from pages.shared import charts, tables
from pages.shared.counts import count, strip
from pages.shared.format import number
from pages.shared.sheets import sheet
from pages.shell.data import read
from pages.shell.view import View
from pages.supervision.warnings.trigger_words import (
    CADENCES,
    GRAVEST_FIRST,
    SUBJECTS,
    against,
    evidence_cells,
    softened,
)

LEVEL_TONES = {"watch": "warn", "rectify": "alert", "exit": "alert"}
LEVEL_COLOURS = {"hint": "#c5d2de", "watch": "#d9a441", "rectify": "#b3261e", "exit": "#5f0f0a"}
COLUMNS = {
    "level_name": tables.text("级别", width=85),
    "rule_name": tables.text("预警规则", width=170),
    "subject_name": tables.text("对象", width=150),
    "kind_name": tables.text("类别", width=85),
    "against": tables.text("数值与界限", width=230),
    "since": tables.text("起始期", width=95),
    "softened": tables.text("说明", width=260),
}
EXPORT = {"id": "线索编号"} | {
    "level_name": "级别",
    "rule_name": "预警规则",
    "text": "触发条件",
    "subject_name": "对象",
    "kind_name": "类别",
    "against": "数值与界限",
    "since": "起始期",
    "softened": "说明",
}


def listed(found: Sequence[Case]) -> pd.DataFrame:
    """A row a case, in words."""
    return pd.DataFrame(
        {
            "id": case.id,
            "level": case.level,
            "level_name": tables.LEVELS[case.level],
            "rule": case.rule.id,
            "rule_name": case.rule.name,
            "text": case.text,
            "subject": case.subject,
            "subject_name": case.name,
            "kind_name": KINDS[case.kind],
            "against": against(case),
            "since": month_name(case.since),
            "softened": softened(case) or None,
        }
        for case in found
    )


def counts(found: Sequence[Case], period: str) -> None:
    """Open triggers by level, the gravest first."""
    members = len({case.subject for case in found})
    strip(
        f"{number(len(found))}条预警线索",
        f"{month_name(period)}末未关闭，涉及{number(members)}个成员",
        [
            count(tables.LEVELS[level], sum(case.level == level for case in found), "条", LEVEL_TONES.get(level, ""))
            for level in GRAVEST_FIRST
        ],
    )


def case_detail(view: View, case: Case) -> None:
    """One trigger: rule in words, value against threshold, the course with its line, the evidence by period."""
    tag = tables.tag(case.level, tables.LEVELS)
    st.html(
        f'<h3 class="case">{tag} {escape(case.name)}：{escape(case.rule.name)}</h3>'
        f'<p class="case">{escape(case.text)}。本期{escape(against(case))}，自{month_name(case.since)}起。'
        f"{escape(softened(case))}</p>"
        f'<p class="quiet">线索编号 {escape(case.id)}；由数据自动提出，是否采取措施由人决定。</p>'
    )
    drawn = read(view, course, case=case)
    if drawn and drawn.points:
        chart, beside = st.columns([3, 2])
        with chart:
            _course(case, drawn)
        beside.html(_parameters(case))
        st.html(_evidence(case))
    else:
        st.html(_evidence(case) + _parameters(case))


def _course(case: Case, drawn: Course) -> None:
    periods = [period for period, _ in drawn.points]
    values = [value for _, value in drawn.points]
    unit = "个百分点" if drawn.unit == "百分点" else drawn.unit
    lines = {"界限": drawn.threshold} if drawn.threshold is not None else None
    figure = charts.line_chart(periods, {drawn.name: values}, drawn.decimals, unit, references=lines, height=240)
    last = next((value for value in reversed(values) if value is not None), None)
    title = f"{case.name}{drawn.name}{month_name(periods[-1])}为{number(last, drawn.decimals)}{unit}"
    if drawn.threshold is not None:
        title += f"，界限{number(drawn.threshold, 0 if float(drawn.threshold).is_integer() else 1)}{unit}"
    table = pd.DataFrame({"period": periods, "value": values})
    columns = {"period": tables.text("报告期"), "value": tables.figure(f"{drawn.name}（{unit}）", drawn.decimals)}
    charts.show(figure, title, f"{drawn.name}，{unit}", table, columns, key="course")


def _evidence(case: Case) -> str:
    rows = [evidence_cells(row) for row in case.periods]
    cells = [[escape(text) for text in row.values()] for row in rows]
    table = sheet(list(rows[0]), cells, figures=range(1, len(rows[0])), style="evidence")
    return f'<h4 class="case">各期依据</h4><div class="scroll">{table}</div>'


def _parameters(case: Case) -> str:
    """The policy numbers in force, each with its document."""
    used = "".join(
        f"<li>{escape(declared_parameters().history[name][-1].note)}："
        f"{escape(entry['value'])}（{escape(entry['document_no'])}）</li>"
        for name, entry in case.parameters.items()
    )
    used = used or "<li>本规则不取参数，界限随所比对的数据</li>"
    return f'<h4 class="case">所用参数</h4><ul class="parameters">{used}</ul>'


def reachable(rule: Rule) -> str:
    """The levels that a rule can reach, each once."""
    return "、".join(dict.fromkeys(tables.LEVELS[level.level] for level in rule.levels))


def rules_table(view: View) -> None:
    """What each rule means, with the numbers in force."""
    rows = [
        (
            f"<b>{escape(rule.name)}</b>",
            SUBJECTS[rule.subject],
            CADENCES[rule.cadence],
            escape(text),
            reachable(rule),
        )
        for rule, text in read(view, rules_in_force, period=view.period)
    ]
    st.html(sheet(("规则", "对象", "判断时点", "触发条件", "可达级别"), rows))
    st.caption("条件中的数值为政策参数，文号见“评价参数”。适应期内、户数或余额较小的，有关规则只作提示。")


def named(history: pd.DataFrame) -> pd.DataFrame:
    """Triggers over time, with rules, levels and subjects by name."""
    return history.assign(
        rule_name=[rule_of(code).name for code in history["rule"]],
        level_name=history["level"].map(tables.LEVELS),
        subject_name=history["short_name"],
        state=history["ended"].map({True: "已结束", False: "未关闭"}),
    )


def timeline(view: View, history: pd.DataFrame) -> None:
    """When each trigger was raised, rose, and ended, as bars over the months."""
    open_now = history.loc[~history["ended"], "id"].nunique()
    title = f"至{month_name(view.period)}共出现{history['id'].nunique()}条线索，其中{open_now}条未关闭"
    columns = {
        "short_name": tables.text("对象"),
        "rule_name": tables.text("预警规则"),
        "level_name": tables.text("级别"),
        "first": tables.text("自"),
        "last": tables.text("至"),
        "state": tables.text("现状"),
    }
    about = "一行为一个成员的一项规则，横条为触发的期间；级别写在条上，由浅到深为提示、关注、限期整改、退出"
    periods = periods_between(min(history["first"]), view.period)
    charts.show(_bars(history, periods), title, about, history, columns, key="timeline")


def _bars(frame: pd.DataFrame, periods: list[str]) -> go.Figure:
    frame = frame.assign(row=frame["short_name"] + " · " + frame["rule_name"])
    rows = list(dict.fromkeys(frame["row"]))
    figure = charts.blank(60 + 24 * len(rows), left=10, right=20, top=6, bottom=36)
    for one in frame.itertuples():
        start, end = periods.index(one.first), periods.index(one.last)
        figure.add_bar(
            y=[one.row],
            x=[end - start + 1],
            base=[start - 0.5],
            orientation="h",
            marker_color=LEVEL_COLOURS[one.level],
            width=0.62,
            text=tables.LEVELS[one.level] if end > start else "",
            textposition="inside",
            insidetextanchor="start",
            constraintext="none",
            textfont={"size": 11, "color": charts.INK if one.level in ("hint", "watch") else "white"},
            hovertemplate=f"{escape(one.row)}　{tables.LEVELS[one.level]}<br>{one.first}至{one.last}<extra></extra>",
        )
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=rows[::-1],
        automargin=True,
        tickfont={"color": charts.INK},
        showgrid=False,
    )
    ticks = charts.month_ticks(periods)
    figure.update_xaxes(
        type="linear",
        range=[-0.6, len(periods) - 0.4],
        tickvals=[periods.index(period) for period in ticks["tickvals"]],
        ticktext=ticks["ticktext"],
        showgrid=True,
        gridcolor=charts.GRID,
    )
    return figure
