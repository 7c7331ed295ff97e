"""评价: a member's score over time, and what it is made of at one period."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from contract.viewer import may_see
from contract.wording import month_name
from metrics.queries.evaluation.scores import score_items, scores
from metrics.queries.work.annotations import SCORE
from pages.shared import charts, tables
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind, Ways
from pages.shared.drawing import Drawing
from pages.shared.export.exhibit import Exhibit
from pages.shared.format import number
from pages.shared.series import annotated
from pages.shell import states
from pages.shell.data import read
from pages.shell.selections import Evaluation
from pages.shell.view import View


def score(view: View, subject: str) -> None:
    """The score over time and what it is made of at this period."""
    if not may_see(view.viewer, "scores"):
        return
    st.header("评价")
    by_period = read(view, scores, subject=subject)
    by_period = by_period[by_period["period"] <= view.period].astype({"total": float})
    now = by_period[by_period["period"] == view.period]
    if now.empty and not view.viewer.bureau:
        disclosed = "、".join(month_name(period) for period in by_period["period"][::-1]) or "暂无"
        states.empty(
            f"本单位的评分表在轮次进入“反馈异议”后开放，可查看的轮次：{disclosed}。",
            "在左侧把报告期换成可查看的轮次",
            title="本期评价未向本单位开放",
        )
        return
    if now.empty or now["total"].isna().all():
        reason = now["unscored_reason"].iat[0] if len(now) else "本期不在名单上"
        states.empty(f"{month_name(view.period)}未评：{reason}。", "在左侧换一个报告期", title="本期未评")
        return
    left, right = st.columns([4, 7])
    with left:
        annotated.draw(
            view,
            score_course(by_period),
            {SCORE: annotated.known_levels(by_period, "total")},
            now["kind"].iat[0],
            subject,
            score_title(now.iloc[0]),
            "监测分，满分100；季末为评价轮次，12月为年度评价",
            by_period,
            {
                "period": tables.text("报告期"),
                "total": tables.figure("得分", 2),
                "rank": tables.figure("名次"),
                "group_rank": tables.figure("同组名次"),
                "grade": tables.text("等级"),
                "bonus": tables.figure("加分", 2),
                "deduction": tables.figure("扣分", 2),
            },
            key=f"score-{subject}",
            behind=Behind(view, lambda row: scorecard(view, row["period"], now["kind"].iat[0], subject), "period"),
        )
    with right:
        items(view, read(view, score_items, period=view.period, subject=subject), now["kind"].iat[0], subject)


def scorecard(view: View, period: str, kind: str, subject: str) -> Ways:
    """The way to the scorecard of a month."""
    return ((Evaluation(period=period, kind=kind, member=subject, round=period), f"{month_name(period)}评分表"),)


def score_title(now: pd.Series) -> str:
    """`监测分81.20，在29家中居前35%`."""
    said = f"{month_name(now['period'])}监测分{number(now['total'], 2)}"
    return f"{said}，百分位{number(now['percentile'], 1)}（{now['peers']}家）" if pd.notna(now["percentile"]) else said


def score_course(scores: pd.DataFrame) -> Drawing:
    totals = [None if pd.isna(total) else total for total in scores["total"]]
    figure = charts.line_chart(scores["period"].tolist(), {"得分": totals}, 2, "分", height=300)
    figure.update_yaxes(range=[0, 100])
    ends = [scores["period"].iat[0], scores["period"].iat[-1]]  # the card is narrow
    figure.update_xaxes(tickvals=ends, ticktext=[month_name(period) for period in ends])
    return figure


def items(view: View, frame: pd.DataFrame, kind: str, subject: str) -> None:
    """A row an item: value between floor and full, weight, points."""
    frame = frame.assign(reason=frame["reason"].fillna(""), name=frame["name"].fillna(frame["item"]))
    columns = {
        "name": tables.text("指标", width=240),
        "value": tables.figure("本期值", 2, width=62),
        "item_score": st.column_config.ProgressColumn("项目得分", format="%.1f", min_value=0, max_value=100, width=84),
        "floor": tables.figure("零分线", 0, width=54),
        "full": tables.figure("满分线", 0, width=54),
        "effective_weight": tables.figure("实际权重", 2, width=66),
        "reason": tables.text("不适用原因", width=84),
    }
    tables.sheet(
        frame,
        columns,
        key="score-items",
        about="评价项目",
        height=tables.tall(len(frame), 12),
        exhibit=Exhibit("评价项目", frame, {"theme": tables.text("主题"), **columns}),
        behind=Behind(view, lambda row: behind_figure(view, row["item"], kind, subject)),
    )
