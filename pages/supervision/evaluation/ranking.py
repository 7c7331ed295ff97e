"""The ranking of one kind of member in a period: how scores lie, who stands where, who moved."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from contract.wording import KINDS, MEASURES, month_name
from metrics.evaluation.scores import GRADES
from metrics.queries.evaluation.scorecard import Spread, previous_round
from pages.shared import charts, tables, wording
from pages.shared.behind.figures import of_member
from pages.shared.behind.marks import Behind, Ways
from pages.shared.counts import Count, count, strip
from pages.shared.drawing import Drawing
from pages.shared.format import number
from pages.shell.selections import Evaluation
from pages.shell.view import View

NEAR_END = 75  # points: a name beyond here would run out of the picture
EXPORT = {
    "subject": "编码",
    "name": "名称",
    "group_name": "组别",
    "total": "得分",
    "grade_name": "年度等级",
    "rank": "位次",
    "percentile": "百分位",
    "peers": "参评数",
    "group_rank": "组内位次",
    "group_percentile": "组内百分位",
    "group_peers": "组内参评数",
    "bonus": "加分",
    "deduction": "扣分",
    "total_before": "上轮得分",
    "moved": "较上轮",
    "unscored_reason": "未评原因",
}


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """The ranking with groups and grades by name, and what stands for a rank among few."""
    among = [
        _among(*row) for row in frame[["group_rank", "group_peers", "few_peers"]].itertuples(index=False, name=None)
    ]
    return frame.assign(
        group_name=frame["member_group"].map(wording.GROUPS),
        grade_name=frame["grade"].map(GRADES),
        group_shown=among,
        note=frame["unscored_reason"].map(lambda reason: None if pd.isna(reason) else f"未评：{reason}"),
    )


def _among(rank: object, peers: object, few: bool) -> str | None:
    """`2/6＊`: rank and number in the group, a star where they are few; no rank among fewer still, or in no round."""
    if pd.isna(peers):
        return None
    return f"{'—' if pd.isna(rank) else int(rank)}/{int(peers)}{'＊' if few else ''}"


def columns(frame: pd.DataFrame, kind: str) -> dict[str, object]:
    """Ranks in rounds only, grades in December only, reasons where someone is not scored."""
    shown = {"short_name": tables.text(KINDS[kind], width=134), "group_name": tables.text("组别", width=94)}
    if frame["is_round"].any():
        shown["rank"] = tables.figure("位次", width=44)
    shown["total"] = st.column_config.ProgressColumn("得分（分）", format="%.2f", min_value=0, max_value=100, width=82)
    if frame["grade"].notna().any():
        shown["grade_name"] = tables.text("等级", width=48)
    shown["moved"] = st.column_config.NumberColumn("较上轮（分）", format="%+.2f", width=92)
    shown["percentile"] = tables.figure("百分位", 1, width=56)
    if frame["is_round"].any():
        shown["group_shown"] = tables.text("组内位次/家数" if kind == "bank" else "组内位次/个数", width=100)
    if frame["note"].notna().any():
        shown["note"] = tables.text("说明", width=210)
    return shown


def explanation(period: str, is_round: bool) -> str:
    """What this period's scores are."""
    if not is_round:
        return f"{month_name(period)}为监测月：得分仅供监管局掌握，不排位次、不定等级；位次看3、6、9、12月轮次。"
    grades = "并评定年度等级" if period.endswith("12") else "，不定等级（等级只在12月年度轮次评定）"
    return f"{month_name(period)}为评价轮次：排位次{grades}。＊组内家数较少，位次仅供参考；更少的不列组内位次。"


def summary(spread: Spread, kind: str) -> None:
    """Number scored and not, median and range."""
    points = [
        Count(name, number(value, 2), "" if value is None else "分")
        for name, value in (("中位数", spread.median), ("最高", spread.highest), ("最低", spread.lowest))
    ]
    scored = [count("已评", spread.scored, MEASURES[kind]), count("未评", spread.unscored, MEASURES[kind], "warn")]
    strip(KINDS[kind], "", [*scored, *points])


def distribution(view: View, frame: pd.DataFrame, spread: Spread, kind: str, chosen: str) -> None:
    """A dot a member on the scale of points, by group; the chosen one in blue with its name."""
    scored = frame[frame["total"].notna()].sort_values("total")
    if scored.empty:
        return
    groups = [name for code, name in wording.GROUPS.items() if code in set(scored["member_group"])]
    figure = charts.blank(78 + 40 * len(groups), left=10, right=20, top=24, bottom=30)
    others, own = scored[scored["subject"] != chosen], scored[scored["subject"] == chosen]
    _dots(figure, others, charts.PALE, 9)
    _dots(figure, own, charts.BLUE, 13)
    for row in own.itertuples():
        figure.add_annotation(
            x=row.total,
            y=row.group_name,
            text=f"{escape(row.short_name)} {number(row.total, 2)}",
            showarrow=False,
            yshift=15,
            xanchor="right" if row.total > NEAR_END else "center",
            font={"color": charts.BLUE, "size": 12},
            bgcolor="white",
        )
    figure.add_vline(
        x=spread.median,
        line={"color": charts.MUTED, "width": 1, "dash": "dash"},
        name=f"中位数 {number(spread.median, 2)}",
        font={"color": charts.MUTED, "size": 11},
    )
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=groups[::-1],
        range=[-0.6, len(groups) - 0.2],
        automargin=True,
        tickfont={"color": charts.INK},
    )
    figure.update_xaxes(
        type="linear", range=[0, 102], tickvals=list(range(0, 101, 20)), showgrid=True, gridcolor=charts.GRID
    )
    best = scored.iloc[-1]
    title = (
        f"得分中位数{number(spread.median, 2)}分，在{number(spread.lowest, 2)}至{number(spread.highest, 2)}分之间，"
        f"最高为{best['short_name']}"
        if len(scored) > 1
        else f"只有{best['short_name']}已评，得{number(best['total'], 2)}分"
    )
    table = {
        "short_name": tables.text(KINDS[kind], width=132),
        "total": tables.figure("得分", 2, width=56),
        "moved": tables.figure("较上轮", 2, width=56),
        "total_before": tables.figure("上轮得分", 2, width=70),
        "group_name": tables.text("组别", width=98),
    }
    about = f"{month_name(view.period)}各{KINDS[kind]}得分，分；按组别分行，虚线为中位数"
    onward = Behind(view, lambda row: to_member(kind, row["subject"], row["short_name"]), "short_name")
    charts.show(figure, title, about, scored[::-1], table, key=f"spread-{kind}", behind=onward)


def to_member(kind: str, code: str, name: str) -> Ways:
    """The ways to a member's scorecard and profile."""
    return ((Evaluation(kind=kind, member=code), f"{name}评分表"), *of_member(kind, code, name))


def _dots(figure: Drawing, frame: pd.DataFrame, colour: str, size: int) -> None:
    figure.add_scatter(
        x=frame["total"],
        y=frame["group_name"],
        mode="markers",
        text=frame["short_name"],
        customdata=frame["short_name"],
        marker={"color": colour, "size": size, "line": {"color": "white", "width": 1}},
        hovertemplate="%{text}　%{x:.2f}分<extra></extra>",
    )


def before_named(period: str) -> str:
    """`2026年6月轮次`, the round before a period."""
    return f"{month_name(previous_round(period))}轮次"
