"""Balance and its growth over time, of the city or of one member, with the lines of their targets."""

from __future__ import annotations

import pandas as pd

from contract.wording import exact, month_name, percent, shift
from metrics.indicators.catalogue import indicator
from metrics.queries.figures.targets import reference_series, targets
from metrics.queries.figures.values import Headline, headlines
from pages.shared import charts, tables
from pages.shared.drawing import Drawing, panels
from pages.shared.format import Measure, is_absent, measure, number, scaled, with_unit
from pages.shared.series import annotated
from pages.shell import states
from pages.shell.data import once, read
from pages.shell.view import View

BALANCE, GROWTH, SAME_BANKS = "G01", "G12", "G17"
HEIGHT = 330  # pixels
PERCENT = measure("%", "city")
STEADY = 0.05  # a rate that moves by less is said to be level: it would round to nothing


def balance_and_growth(view: View, scope: str, entity: str, height: int = HEIGHT) -> None:
    """Two panels over one another: growth as a line, balance as columns; the title says how growth moved."""
    place = {"scope": scope, "entity": entity}
    balance, growth, alike = read(
        view, headlines, period=view.period, indicators=(BALANCE, GROWTH, SAME_BANKS), **place
    )
    if not balance.trend:
        states.empty("该对象在所选报告期及以前没有余额数据。", "换一个报告期，或在“数据报送”页面查看报送情况")
        return
    how = measure(indicator(BALANCE).unit, scope, indicator(BALANCE).decimals)
    aimed = read(
        view, targets, period=view.period, indicators=(BALANCE, GROWTH), scopes=(scope,), entities=(entity,),
        since=balance.trend[0][0],
    )  # fmt: skip
    frame = course(balance, growth, aimed, how)
    others = read(view, reference_series, since=balance.trend[0][0], beside=GROWTH)
    others = others[others["period"] <= view.period]
    references = known_references(others)
    growing = bool(growth.trend)
    about = f"质押贷款余额，{how.unit}"
    if growing:
        same = "" if alike.value is None else f"，同口径{with_unit(alike.value, PERCENT)}"
        about = f"上：余额同比增速，%{same}；下：{about}"
    figure = two_panels(frame, others, how, height) if growing else one_panel(frame, how, height)
    levels = {BALANCE: annotated.known_levels(frame, "balance")} | (
        {GROWTH: annotated.known_levels(frame, "growth")} if growing else {}
    )
    annotated.draw(
        view, figure, levels, scope, entity,
        growth_title("余额同比增速", growth) if growing else level_title(balance),
        f"{about}{drawn_targets(frame)}{drawn_references(others) if growing else ''}",
        frame.join(references, on="period"),
        {
            "period": tables.text("报告期"),
            "balance": tables.money("质押贷款余额", how),
            "balance_target": tables.money("余额目标", how),
            "growth": tables.figure("余额同比增速(%)", 1),
            "growth_target": tables.figure("增速目标(%)", 1),
            **{name: tables.figure(f"参照：{name}(%)", 1) for name in references},
        },
        key=f"balance-{scope}",
        panels={BALANCE: {"row": 2, "col": 1}, GROWTH: {"row": 1, "col": 1}} if growing else {},
    )  # fmt: skip


@once
def course(balance: Headline, growth: Headline, aimed: pd.DataFrame, how: Measure) -> pd.DataFrame:
    """One row a period: balance in the measure's unit, growth in percent, and each one's target line then."""
    rates = dict(growth.trend)
    lines: dict[str, dict[str, float]] = {BALANCE: {}, GROWTH: {}}
    for code, period, level in aimed[["indicator", "period", "level"]].itertuples(index=False, name=None):
        lines[code][period] = level
    return pd.DataFrame(
        [
            (
                period, scaled(value, how), scaled(lines[BALANCE].get(period), how), rates.get(period),
                lines[GROWTH].get(period),
            )
            for period, value in balance.trend
        ],
        columns=["period", "balance", "balance_target", "growth", "growth_target"],
    ).astype({"balance_target": float, "growth_target": float})  # fmt: skip


def drawn_targets(frame: pd.DataFrame) -> str:
    return "；虚线为目标" if frame[["balance_target", "growth_target"]].notna().any(axis=None) else ""


@once
def drawn_references(others: pd.DataFrame) -> str:
    """`；灰点为参照：…（中国人民银行北京市分行…）`: what is drawn and not ours, by name and source."""
    latest = others.drop_duplicates("name", keep="last")
    said = "、".join(f"{row.name_}（{row.source}）" for row in latest.rename(columns={"name": "name_"}).itertuples())
    return f"；灰点为参照：{said}" if said else ""


@once
def known_references(others: pd.DataFrame) -> pd.DataFrame:
    """One row a period, one column a reference series by name: for the table beside the chart."""
    return others.pivot(index="period", columns="name", values="value")


@charts.drawn_once
def one_panel(frame: pd.DataFrame, how: Measure, height: int) -> Drawing:
    figure = charts.columns_chart(frame["period"].tolist(), frame["balance"].tolist(), how.decimals, how.unit, height)
    charts.add_target(figure, frame["period"], frame["balance_target"], how.decimals, how.unit)
    if not frame["balance"].any():  # an axis of nothing but zeros would go below it
        figure.update_yaxes(range=[0, 1])
    return figure


@charts.drawn_once
def two_panels(frame: pd.DataFrame, others: pd.DataFrame, how: Measure, height: int) -> Drawing:
    periods = frame["period"].tolist()
    rates = [None if pd.isna(rate) else rate for rate in frame["growth"]]
    figure = panels(charts.blank(height, right=84).layout, (0.4, 0.6), 0.1, shared=True)
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
    if not is_absent(rates[-1]):
        figure.add_scatter(
            x=[periods[-1]], y=[rates[-1]], row=1, col=1, mode="markers+text", cliponaxis=False, hoverinfo="skip",
            marker={"color": charts.BLUE, "size": 7}, text=[f" {number(rates[-1], 1)}%"], textposition="middle right",
            textfont={"color": charts.BLUE, "size": 13},
        )  # fmt: skip
    for name, series in others.groupby("name"):
        charts.add_reference(figure, series["period"], series["value"], name, 1, "%", row=1, col=1)
    charts.add_target(figure, periods, frame["growth_target"], 1, "%", row=1, col=1)
    charts.add_target(figure, periods, frame["balance_target"], how.decimals, how.unit, row=2, col=1)
    charts.house_axes(figure)
    figure.update_xaxes(categoryorder="array", categoryarray=periods, **charts.month_ticks(periods))
    figure.update_xaxes(showticklabels=False, row=1, col=1)
    figure.update_yaxes(rangemode="tozero", nticks=4, automargin=True)
    return figure


def growth_title(name: str, headline: Headline) -> str:
    """`余额同比增速回落至33.7%`: the growth now, against last month's."""
    if headline.value is None:
        return _latest(name, headline, PERCENT) or f"{name}暂无可比数据"
    now = percent(exact(headline.value))
    if headline.last_month is None:
        return f"{name}为{now}"
    moved = headline.value - headline.last_month
    if abs(moved) < STEADY:
        return f"{name}持平于{now}"
    if headline.value < 0:
        return f"{name}{'收窄' if moved > 0 else '扩大'}至{now}"
    return f"{name}{'回升' if moved > 0 else '回落'}至{now}"


def _latest(name: str, headline: Headline, how: Measure) -> str:
    """Of a figure that this period lacks, the latest: `余额本期无数据，2026年9月为1.81亿元`; empty for none."""
    if headline.withheld or not headline.trend:
        return ""
    period, value = headline.trend[-1]
    return f"{name}本期无数据，{month_name(period)}为{with_unit(value, how)}"


def level_title(headline: Headline) -> str:
    """`中长期贷款占比38.6%，比上年同期上升5.20个百分点`; without a base, the level alone."""
    declared = indicator(headline.indicator)
    how = measure(declared.unit, headline.scope, declared.decimals)
    if headline.withheld:
        return f"{declared.name}不披露"
    if headline.value is None:
        return _latest(declared.name, headline, how) or f"{declared.name}暂无数据"
    said = f"{declared.name}{with_unit(headline.value, how)}"
    if headline.last_year is None:
        return said
    if how.rate:
        return f"{said}，比上年同期{shift(exact(headline.value), exact(headline.last_year))}"
    gap = with_unit(abs(headline.value - headline.last_year), how)
    word = "增加" if headline.value > headline.last_year else "减少" if headline.value < headline.last_year else ""
    return f"{said}，比上年同期{word}{gap}" if word else f"{said}，与上年同期持平"
