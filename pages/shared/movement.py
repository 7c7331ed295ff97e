"""What moved the balance since last month: the members that pushed it up and down most."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from metrics import queries
from pages.shared import charts, states, tables
from pages.shared.data import read
from pages.shared.format import measure, scaled, signed
from pages.shared.session import View
from pages.shared.titles import movement_title

SHOWN = 5  # each way
NAMED = 2


def balance_movement(view: View) -> None:
    """Bars of each bank's change, the greatest each way; the rest in the table."""
    frame = read(view, queries.contributions, period=view.period)
    if frame.empty:
        states.empty("上月没有余额数据，无从比较。")
        return
    how, member = measure("万元", "city"), measure("万元", "bank")
    ups, downs = frame[frame["change"] > 0], frame[frame["change"] < 0].sort_values("change")
    drawn = pd.concat([ups.head(SHOWN), downs.head(SHOWN).iloc[::-1]])
    missing = frame.loc[~frame["both"], "short_name"].tolist()
    note = f"；{'、'.join(missing)}缺其中一期，按零计入" if missing else ""
    charts.show(
        diverging(drawn),
        movement_title(frame["change"].sum(), how, *(side["short_name"].head(NAMED).tolist() for side in (ups, downs))),
        f"各机构余额比上月增减，{member.unit}；增减最多的各{SHOWN}家{note}",
        frame,
        {
            "short_name": tables.text("机构"),
            "before": tables.money("上月余额", member),
            "after": tables.money("本月余额", member),
            "change": tables.money("增减", member),
            "points": tables.figure("拉动余额增长(个百分点)", 2),
        },
        key="movement",
    )


def diverging(frame: pd.DataFrame) -> go.Figure:
    member = measure("万元", "bank")
    values = [scaled(value, member) for value in frame["change"]]
    figure = charts.blank(330, left=10, right=10, top=4, bottom=8)
    figure.add_bar(
        y=frame["short_name"], x=values, orientation="h", textposition="outside", cliponaxis=False,
        marker_color=[charts.BLUE if value > 0 else charts.GREY for value in values],
        text=[signed(value, 0) for value in values], hovertemplate="%{y}　%{x:,.2f}万元<extra></extra>",
    )  # fmt: skip
    reach = max((abs(value) for value in values), default=1) * 1.3
    figure.update_yaxes(type="category", autorange="reversed", automargin=True, tickfont={"color": charts.INK})
    figure.update_xaxes(type="linear", visible=False, range=[-reach if min(values, default=0) < 0 else 0, reach])
    return figure
