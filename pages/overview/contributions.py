"""What moved the balance since last month: the members that pushed it up and down most."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from metrics.queries.figures.comparison import contributions
from pages.overview.titles import movement_title
from pages.shared import charts, tables
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind
from pages.shared.drawing import Drawing
from pages.shared.format import measure, scaled, signed
from pages.shell import states
from pages.shell.data import read
from pages.shell.view import View

MEMBER = measure("万元", "bank")
SHOWN = 5  # each way
NAMED = 2


def contributors(view: View, code: str, name: str) -> None:
    """Bars of each bank's change in a sum, the greatest each way; the rest in the table.

    Banks that reported in one of the two months only are named and left out: their change is none.
    """
    everyone = read(view, contributions, period=view.period, code=code)
    frame = everyone[everyone["both"]]
    if frame.empty:
        states.empty("没有本月、上月都已报送的机构，无从比较。", "在“数据报送”查看缺的是哪一期", "在左侧换一个报告期")
        return
    ups, downs = frame[frame["change"] > 0], frame[frame["change"] < 0].sort_values("change")
    drawn = pd.concat([ups.head(SHOWN), downs.head(SHOWN).iloc[::-1]])
    partly = everyone.loc[~everyone["both"], "short_name"].tolist()
    note = f"；{'、'.join(partly)}缺其中一期，未计入" if partly else ""
    leaders = (side["short_name"].head(NAMED).tolist() for side in (ups, downs))
    with st.container(border=True, height="stretch", key=f"chart-movement-{code}"):
        if drawn.empty:
            charts.heading(f"各机构{name}与上月持平", f"{len(frame)}家机构两期均已报送{note}")
            return
        charts.draw(
            diverging(drawn),
            movement_title(f"同口径{name}", frame["change"].sum(), measure("万元", "city"), *leaders),
            f"各机构{name}比上月增减，{MEMBER.unit}；列增减最多的各{SHOWN}家{note}",
            everyone,
            {
                "short_name": tables.text("机构", width=132),
                "before": tables.money("上月", MEMBER, width=84),
                "after": tables.money("本月", MEMBER, width=84),
                "change": tables.money("增减", MEMBER, width=74),
                "points": tables.figure("拉动（个百分点）", 2, width=82),
            },
            key=f"movement-{code}",
            indicators=(code,),
            behind=Behind(view, lambda bank: behind_figure(view, code, "bank", bank["code"]), "short_name"),
        )


@charts.drawn_once
def diverging(frame: pd.DataFrame) -> Drawing:
    values = [scaled(value, MEMBER) for value in frame["change"]]
    figure = charts.blank(330, left=charts.beside(frame["short_name"]), right=10, top=4, bottom=8)
    figure.add_bar(
        y=frame["short_name"], x=values, orientation="h", textposition="outside", cliponaxis=False,
        marker_color=[charts.BLUE if value > 0 else charts.GREY for value in values],
        text=[signed(value, 0) for value in values], hovertemplate="%{y}　%{x:,.2f}万元<extra></extra>",
    )  # fmt: skip
    reach = max((abs(value) for value in values), default=1) * 1.3
    figure.update_yaxes(type="category", autorange="reversed", tickfont={"color": charts.INK})
    figure.update_xaxes(type="linear", visible=False, range=[-reach if min(values, default=0) < 0 else 0, reach])
    return figure
