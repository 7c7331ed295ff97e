"""How well members file: first-pass rate over time, attempts a member, the checks that fail most."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from contract.calendar import previous
from contract.declarations import form_name
from contract.wording import month_name
from metrics.indicators.relations import CITY
from metrics.queries.filing.quality import failing_checks, quality_by_member, quality_by_period
from pages.shared import charts, tables, wording
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind, Ways
from pages.shared.format import is_absent, number
from pages.shared.series import annotated
from pages.shell import states
from pages.shell.data import read
from pages.shell.selections import Filing, Rules
from pages.shell.view import View
from pages.supervision.filing.corrections import restated, revised
from pages.supervision.filing.wording import place

MONTHS = 12
SERIES = {"M02": "first_pass_pct", "M01": "on_time_pct"}  # indicator → column that draws it
MOST_CHECKS = 30
MOST_MEMBERS = 8  # rows shown at once, beside the chart
ROOM = 10  # points of percent below the lowest value
PERIOD_COLUMNS = {
    "period": tables.text("报告期"),
    "expected": tables.figure("应报（家次）"),
    "filed": tables.figure("已报（家次）"),
    "passed_first": tables.figure("首报通过（家次）"),
    "first_pass_pct": tables.figure("首报通过率（%）", 1),
    "attempts": tables.figure("平均报送次数（版）", 2),
    "until_accepted": tables.figure("平均第几版受理", 2),
    "late": tables.figure("迟报未报（家次）"),
    "on_time_pct": tables.figure("按时率（%）", 1),
}
MEMBER_COLUMNS = {
    "short_name": tables.text("成员", width=132),
    "returned": tables.figure("退回（版）", width=80),
    "late": tables.figure("迟报未报（期）", width=105),
    "passed_first": tables.figure("首报通过（期）", width=105),
    "expected": tables.figure("应报（期）", width=80),
    "until_accepted": tables.figure("平均第几版受理", 2),
}
CHECK_COLUMNS = {
    "level_name": tables.text("级别", width=70),
    "form_name": tables.text("表", width=150),
    "header": tables.text("列", width=130),
    "message": tables.text("问题（最近一例）", width="large"),
    "findings": tables.figure("处数"),
    "members": tables.figure("涉及成员（家）"),
    "check_id": tables.text("校验编号", width=110),
}


def quality(view: View) -> None:
    """The last twelve periods up to the chosen one."""
    since = previous(view.period, MONTHS - 1)
    span = {"since": since, "until": view.period}
    periods = read(view, quality_by_period, **span)
    if periods.empty:
        states.empty(f"{month_name(since)}至{month_name(view.period)}没有已到期的报送任务。", "请另选报告期")
        return
    _trend(view, periods)
    with st.container(border=True, key="quality-of-members"):
        charts.heading("退回和迟报较多的成员在前", f"{month_name(since)}至{month_name(view.period)}，已到期的各期")
        members = read(view, quality_by_member, **span)
        tables.sheet(
            members,
            MEMBER_COLUMNS,
            key="quality-members",
            about="各成员报送质量",
            height=tables.tall(len(members), MOST_MEMBERS),
            behind=Behind(view, lambda row: [(Filing(part="detail", member=row["submitter"]), "本期报送明细")]),
        )
    revised(view, **span)
    restated(view, **span)
    st.subheader("最常不通过的校验")
    failing = read(view, failing_checks, **span)
    if failing.empty:
        states.empty("这一时段收到的各版报送没有发现问题。", "校验了哪些，见“校验规则”", title="没有校验问题")
        return
    shown = failing.head(MOST_CHECKS)
    shown = shown.assign(
        level_name=shown["level"].map(wording.CHECK_LEVELS),
        form_name=shown["form"].map(form_name),
        header=[place(row) for row in shown.to_dict("records")],
    )
    tables.sheet(
        shown, CHECK_COLUMNS, key="quality-checks", about="最常不通过的校验",
        behind=Behind(view, lambda row: [(Rules(check=row["check_id"]), "这条规则")]),
    )  # fmt: skip


def _trend(view: View, periods: pd.DataFrame) -> None:
    last = periods.iloc[-1]
    title = f"{month_name(last['period'])}{rates_said(last['first_pass_pct'], last['on_time_pct'])}"
    figure = charts.line_chart(
        periods["period"].tolist(),
        {name: _numbers(periods[code]) for name, code in (("首报通过率", "first_pass_pct"), ("按时率", "on_time_pct"))},
        1,
        "%",
        height=300,
    )
    lowest = periods[["first_pass_pct", "on_time_pct"]].min(axis=None)
    figure.update_yaxes(range=[max(0, lowest - ROOM), 100 + ROOM / 5])
    about = "%；首报通过率：第一版即受理的成员占已报成员，按时率：首次报送不晚于截止时间的占应报成员"
    levels = {code: annotated.known_levels(periods, column) for code, column in SERIES.items()}
    annotated.draw(
        view, figure, levels, "city", CITY, title, about, periods, PERIOD_COLUMNS, key="quality-trend",
        behind=Behind(view, lambda row: of_month(view, row["period"]), "period"),
    )  # fmt: skip


def rates_said(first_pass: float | None, on_time: float | None) -> str:
    """`首报通过率97.4%，按时率93.3%`; of a month in which nobody has filed only what there is."""
    passed = "尚无报送" if is_absent(first_pass) else f"首报通过率{number(first_pass, 1)}%"
    return f"{passed}，按时率{number(on_time, 1)}%"


def of_month(view: View, period: str) -> Ways:
    """The board of a month; how the two rates come about."""
    board = (Filing(period=period, year=period[:4]), f"{month_name(period)}报送情况")
    return (board, *(way for code in SERIES for way in behind_figure(view, code, "city", CITY, period=period)))


def _numbers(column: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in column]
