"""What a trial would have given: past rounds in a line each, and the members of one beside today's."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from contract.wording import KINDS, month_name
from metrics.evaluation.what_if import Compared, frozen_note, summaries
from pages.shared import charts, tables, wording
from pages.shared.behind.marks import Behind, Ways
from pages.shared.drawing import Drawing
from pages.shared.format import signed
from pages.shared.in_url import kept
from pages.shell import states
from pages.shell.selections import Evaluation
from pages.shell.view import View

SUMMARY = {
    "round": tables.text("轮次", width=90),
    "scored": tables.figure("参评数", width=60),
    "mean_now": tables.figure("现行平均分", 2, width=85),
    "mean_trial": tables.figure("试算平均分", 2, width=85),
    "higher": tables.figure("得分上升", width=70),
    "lower": tables.figure("得分下降", width=70),
    "rank_moved": tables.figure("位次变动", width=70),
    "grade_changed": tables.figure("等级变动", width=70),
    "newly_below": tables.figure("新低于分数线", width=95),
    "no_longer_below": tables.figure("不再低于", width=70),
}
MEMBERS = {
    "name": tables.text("名称", width=140),
    "total_now": tables.figure("现行得分", 2, width=75),
    "total_trial": tables.figure("试算得分", 2, width=75),
    "difference": st.column_config.NumberColumn("差", format="%+.2f", width=65),
    "rank_now": tables.figure("现行位次", width=70),
    "rank_trial": tables.figure("试算位次", width=70),
    "group_rank_now": tables.figure("现行组内", width=70),
    "group_rank_trial": tables.figure("试算组内", width=70),
    "grade_now": tables.text("现行等级", width=70),
    "grade_trial": tables.text("试算等级", width=70),
    "consequence": tables.text("变化", width=170),
}
EXPORT = {
    "period": "报送期", "kind_name": "类别", "subject": "编码", "name": "名称", "group_name": "组别",
    "total_now": "现行得分", "total_trial": "试算得分", "difference": "差", "rank_now": "现行位次",
    "rank_trial": "试算位次", "group_rank_now": "现行组内位次", "group_rank_trial": "试算组内位次",
    "grade_now": "现行等级", "grade_trial": "试算等级", "consequence": "变化",
}  # fmt: skip


def results(view: View, outcomes: Sequence[Compared], kind: str) -> None:
    """Every round in a line, then the members of one: a table and a chart."""
    summed = pd.DataFrame([vars(outcome) | {"round": month_name(outcome.period)} for outcome in summaries(outcomes)])
    if summed.empty:
        states.empty("没有已结束的轮次。", "第一个评价轮次结束后，可在此对照")
        return
    st.subheader("以往各轮次")
    tables.sheet(_plain(summed), SUMMARY, key="trial-summary", about="以往各轮次试算与现行对照", height="content")
    for note in frozen_note(outcomes):
        st.caption(note)
    periods = list(reversed(summed["period"].tolist()))
    period = st.selectbox("轮次", **kept("round", periods), format_func=month_name, width=200)
    members = [outcome for outcome in outcomes if outcome.period == period]
    frame = frame_of(members).sort_values(["total_trial", "subject"], ascending=[False, True], na_position="last")
    st.subheader(f"{month_name(period)}的{KINDS[kind]}")
    onward = Behind(view, lambda row: to_card(period, kind, row["subject"]))
    tables.sheet(
        frame, MEMBERS, key="trial-members", about="得分与位次对照", height=tables.tall(len(frame), 12), behind=onward
    )
    _chart(frame, members, onward)


def to_card(period: str, kind: str, subject: str) -> Ways:
    """The way to the scorecard of a round, by the policy in force."""
    return ((Evaluation(period=period, kind=kind, member=subject), f"{month_name(period)}评分表（现行参数）"),)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].astype(float) for name in ("mean_now", "mean_trial")})


def frame_of(outcomes: Sequence[Compared]) -> pd.DataFrame:
    """One row a member and period: both outcomes side by side, totals and differences as numbers."""
    rows = [
        {
            "period": outcome.period,
            "kind_name": KINDS[outcome.kind],
            "subject": outcome.subject,
            "name": outcome.name,
            "group_name": wording.GROUPS.get(outcome.group, outcome.group),
            **{
                f"{name}_{when}": getattr(result, name)
                for when, result in (("now", outcome.now), ("trial", outcome.trial))
                for name in ("total", "rank", "group_rank", "grade")
            },
            "difference": outcome.difference,
            "consequence": outcome.consequence,
        }
        for outcome in outcomes
    ]
    frame = pd.DataFrame(rows)
    figures = ("total_now", "total_trial", "difference", "rank_now", "rank_trial", "group_rank_now", "group_rank_trial")
    return frame.assign(**{name: frame[name].astype(float) for name in figures})


def title_of(members: Sequence[Compared]) -> str:
    """`试算使12家得分上升、3家下降，位次升得最多的是…（升3位）`."""
    moved = [member.difference for member in members if member.difference is not None]
    text = f"试算使{sum(value > 0 for value in moved)}家得分上升、{sum(value < 0 for value in moved)}家下降"
    ranked = [member for member in members if member.rank_change]
    if not ranked:
        return f"{text}，位次都不变"
    most = max(ranked, key=lambda member: (abs(member.rank_change), member.subject))
    return f"{text}，位次变动最大的是{most.name}（{'升' if most.rank_change > 0 else '降'}{abs(most.rank_change)}位）"


def _chart(frame: pd.DataFrame, members: Sequence[Compared], onward: Behind) -> None:
    scored = frame.dropna(subset=["total_now", "total_trial"])
    figure = charts.blank(70 + 20 * len(scored), left=10, right=48, top=26, bottom=24)
    for row in scored.itertuples():
        figure.add_scatter(
            x=[row.total_now, row.total_trial], y=[row.name, row.name], mode="lines",
            line={"color": charts.PALE, "width": 3}, hoverinfo="skip",
        )  # fmt: skip
    for column, name, colour, symbol in (
        ("total_now", "现行", charts.GREY, "circle-open"),
        ("total_trial", "试算", charts.BLUE, "circle"),
    ):
        figure.add_scatter(
            x=scored[column], y=scored["name"], mode="markers", marker={"color": colour, "size": 8, "symbol": symbol},
            customdata=scored["name"], hovertemplate=f"%{{customdata}}　{name}%{{x:.2f}}分<extra></extra>",
        )  # fmt: skip
    _ends(figure, scored)
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=scored["name"].tolist()[::-1], automargin=True,
        tickfont={"color": charts.INK, "size": 11}, showgrid=False,
    )  # fmt: skip
    figure.update_xaxes(type="linear", showgrid=True, gridcolor=charts.GRID)
    about = "得分，分；空心为现行，实心为试算，右侧为试算与现行之差，按试算得分排列"
    columns = {name: MEMBERS[name] for name in ("name", "total_now", "total_trial", "difference")}
    charts.show(figure, title_of(members), about, scored, columns, key="trial", behind=onward)


def _ends(figure: Drawing, scored: pd.DataFrame) -> None:
    """The difference written at the right of each pair that differs."""
    moved = scored[scored["difference"] != 0]
    figure.add_scatter(
        x=moved[["total_now", "total_trial"]].max(axis=1), y=moved["name"], mode="text",
        text=[f"  {signed(value, 2)}" for value in moved["difference"]], textposition="middle right",
        textfont={"size": 11, "color": charts.MUTED}, cliponaxis=False, hoverinfo="skip",
    )  # fmt: skip
