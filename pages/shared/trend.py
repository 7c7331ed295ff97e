"""Balance and its growth over time, of the city or of one member."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from metrics import queries
from metrics.catalogue import indicator
from metrics.queries import Headline
from pages.shared import charts, states, tables
from pages.shared.data import read
from pages.shared.format import Measure, measure, number, scaled
from pages.shared.session import View
from pages.shared.titles import growth_title, level_title

BALANCE, GROWTH = "G01", "G12"
HEIGHT = 330  # pixels


def balance_and_growth(view: View, scope: str, entity: str, height: int = HEIGHT) -> None:
    """Two panels over one another: growth as a line, balance as columns; the title says how growth moved."""
    balance, growth = read(
        view, queries.headlines, period=view.period, indicators=(BALANCE, GROWTH), scope=scope, entity=entity
    )
    if not balance.trend:
        states.empty("该对象在所选报告期及以前没有余额数据。", "换一个报告期，或在“数据报送”页面查看报送情况")
        return
    how = measure(indicator(BALANCE).unit, scope, indicator(BALANCE).decimals)
    frame = course(balance, growth, how)
    growing = bool(growth.trend)
    charts.show(
        two_panels(frame, how, height) if growing else one_panel(frame, how, height),
        growth_title("余额同比增速", growth) if growing else level_title(balance),
        f"上：余额同比增速，%；下：质押贷款余额，{how.unit}" if growing else f"质押贷款余额，{how.unit}",
        frame,
        {
            "period": tables.text("报告期"),
            "balance": tables.money("质押贷款余额", how),
            "growth": tables.figure("余额同比增速(%)", 1),
        },
        key=f"balance-{scope}",
    )


def course(balance: Headline, growth: Headline, how: Measure) -> pd.DataFrame:
    """One row a period: balance in the measure's unit, growth in percent."""
    rates = dict(growth.trend)
    return pd.DataFrame(
        [(period, scaled(value, how), rates.get(period)) for period, value in balance.trend],
        columns=["period", "balance", "growth"],
    )


def one_panel(frame: pd.DataFrame, how: Measure, height: int) -> go.Figure:
    return charts.columns_chart(frame["period"].tolist(), frame["balance"].tolist(), how.decimals, how.unit, height)


def two_panels(frame: pd.DataFrame, how: Measure, height: int) -> go.Figure:
    periods = frame["period"].tolist()
    rates = [None if pd.isna(rate) else rate for rate in frame["growth"]]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.1, row_heights=[0.4, 0.6])
    figure.update_layout(charts.blank(height, right=84).layout)
    figure.add_bar(
        x=periods, y=frame["balance"], row=2, col=1, cliponaxis=False, textposition="outside",
        marker_color=[charts.PALE] * (len(periods) - 1) + [charts.BLUE],
        text=[""] * (len(periods) - 1) + [number(frame["balance"].iat[-1], how.decimals)],
        textfont={"color": charts.BLUE, "size": 13}, textangle=0, constraintext="none",
        hovertemplate=f"%{{x}}　余额 %{{y:,.{how.decimals}f}}{how.unit}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=periods, y=rates, row=1, col=1, mode="lines", line={"color": charts.BLUE, "width": 2.2},
        hovertemplate="%{x}　同比增长 %{y:.1f}%<extra></extra>",
    )  # fmt: skip
    if rates[-1] is not None:
        figure.add_scatter(
            x=[periods[-1]], y=[rates[-1]], row=1, col=1, mode="markers+text", cliponaxis=False, hoverinfo="skip",
            marker={"color": charts.BLUE, "size": 7}, text=[f" {number(rates[-1], 1)}%"], textposition="middle right",
            textfont={"color": charts.BLUE, "size": 13},
        )  # fmt: skip
    charts.house_axes(figure)
    figure.update_xaxes(categoryorder="array", categoryarray=periods, **charts.month_ticks(periods))
    figure.update_xaxes(showticklabels=False, row=1, col=1)
    figure.update_yaxes(rangemode="tozero", nticks=4)
    return figure
