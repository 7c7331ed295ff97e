"""Open triggers: how many of each level, the list, and one with its course and the evidence by period."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from contract.parameters import declared_parameters
from contract.wording import KINDS, month_name
from metrics.queries.members.trigger_cases import Case, Course, cases, course
from pages.shared import charts, downloads, tables, wording
from pages.shared.cases import against
from pages.shared.counts import count, strip
from pages.shared.format import number, unit_name
from pages.shared.in_url import kept
from pages.shared.series import annotated
from pages.shared.sheets import sheet
from pages.shell import states
from pages.shell.data import read
from pages.shell.view import View
from pages.supervision.warnings.onward import onward
from pages.supervision.warnings.wording import GRAVEST_FIRST, evidence_cells, softened

CASE, ALL = "case", "all"
FILTERS = {"level": "级别", "rule": "规则", "subject": "对象"}
LEVEL_TONES = {"watch": "warn", "rectify": "alert", "exit": "alert"}
COLUMNS = {
    "level_name": tables.text("级别", width=70),
    "rule_name": tables.text("预警规则", width=140),
    "subject_name": tables.text("对象", width=136),
    "kind_name": tables.text("类别", width=70),
    "against": tables.text("数值与界限", width=216),
    "since": tables.text("起始期", width=84),
    "softened": tables.text("说明", width=310),
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


def open_triggers(view: View) -> None:
    """What is open at the period's end, by level, rule and subject, with the evidence of the chosen one."""
    by_id = {case.id: case for case in read(view, cases, period=view.period)}
    if not by_id:
        states.empty(
            "本期末没有未关闭的预警线索。", "历次出现过的见“历次线索”", "各项规则见“预警规则”", title="没有预警线索"
        )
        return
    counts(tuple(by_id.values()), view.period)
    table = filtered(listed(tuple(by_id.values())))
    chosen = tables.pick_kept(table, COLUMNS, CASE, "id", key="cases", about="未关闭的预警线索", export=False)
    downloads.buttons(view, table, EXPORT, name=f"预警线索_{view.period}", key="cases")
    detail(view, by_id[chosen])


def filtered(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that the choices for level, rule and subject leave; choices are what there is."""
    for place, (code, label) in zip(st.columns(len(FILTERS)), FILTERS.items(), strict=True):
        names = {ALL: f"全部{label}"} | dict(zip(table[code], table[f"{code}_name"], strict=True))
        chosen = place.selectbox(label, **kept(code, list(names)), format_func=names.get)
        table = table if chosen == ALL else table[table[code] == chosen]
    return table


def listed(triggers: Sequence[Case]) -> pd.DataFrame:
    """A row a case, in words."""
    return pd.DataFrame(
        {
            "id": case.id,
            "level": case.level,
            "level_name": wording.LEVELS[case.level],
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
        for case in triggers
    )


def counts(triggers: Sequence[Case], period: str) -> None:
    """Open triggers by level, the gravest first."""
    members = len({case.subject for case in triggers})
    strip(
        f"{number(len(triggers))}条预警线索",
        f"{month_name(period)}末未关闭，涉及{number(members)}个成员",
        [
            count(
                wording.LEVELS[level], sum(case.level == level for case in triggers), "条", LEVEL_TONES.get(level, "")
            )
            for level in GRAVEST_FIRST
        ],
    )


def detail(view: View, case: Case) -> None:
    """One trigger: rule in words, value against threshold, the course with its line, the evidence by period."""
    tag = wording.tag(case.level, wording.LEVELS)
    st.html(
        f'<h3 class="case">{tag} {escape(case.name)}：{escape(case.rule.name)}</h3>'
        f'<p class="case">{escape(case.text)}。本期{escape(against(case))}，自{month_name(case.since)}起。'
        f"{escape(softened(case))}</p>"
        f'<p class="quiet">线索编号 {escape(case.id)}；由数据自动提出，是否采取措施由人决定。</p>'
    )
    onward(view, case.id, case.subject, case.kind, case.level)
    drawn = read(view, course, case=case)
    if drawn and drawn.points:
        chart, beside = st.columns([3, 2])
        with chart:
            _course(view, case, drawn)
        beside.html(_parameters(case))
        st.html(_evidence(case))
    else:
        st.html(_evidence(case) + _parameters(case))


def _course(view: View, case: Case, drawn: Course) -> None:
    periods = [period for period, _ in drawn.points]
    values = [value for _, value in drawn.points]
    unit = unit_name(drawn.unit)
    lines = {"界限": drawn.threshold} if drawn.threshold is not None else None
    figure = charts.line_chart(periods, {drawn.name: values}, drawn.decimals, unit, references=lines, height=240)
    last = next((value for value in reversed(values) if value is not None), None)
    title = f"{case.name}{drawn.name}{month_name(periods[-1])}为{number(last, drawn.decimals)}{unit}"
    if drawn.threshold is not None:
        title += f"，界限{number(drawn.threshold, 0 if float(drawn.threshold).is_integer() else 1)}{unit}"
    table = pd.DataFrame({"period": periods, "value": values})
    columns = {"period": tables.text("报告期"), "value": tables.figure(f"{drawn.name}（{unit}）", drawn.decimals)}
    about = f"{drawn.name}，{unit}"
    annotated.draw(
        view, figure, {drawn.series: dict(drawn.points)}, case.kind, case.subject, title, about, table, columns,
        key="course",
    )  # fmt: skip


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
