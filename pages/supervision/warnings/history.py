"""历次线索: when triggers were raised, rose and ended, as bars over the months."""

from __future__ import annotations

from html import escape

import pandas as pd

from contract.calendar import periods_between
from contract.wording import month_name
from metrics.queries.members.trigger_cases import trigger_history
from metrics.warnings.rules import rule_of
from pages.shared import charts, tables, wording
from pages.shared.behind.marks import Behind, Ways
from pages.shared.drawing import Drawing
from pages.shell import states
from pages.shell.data import read
from pages.shell.selections import Warnings
from pages.shell.view import View
from pages.supervision.warnings.triggers import filtered

LEVEL_COLOURS = {"hint": "#c5d2de", "watch": "#d9a441", "rectify": "#b3261e", "exit": "#5f0f0a"}


def history(view: View) -> None:
    """All triggers up to the period, by level, rule and subject."""
    triggers = named(read(view, trigger_history, until=view.period))
    if triggers.empty:
        states.empty("至本期没有出现过预警线索。", "各项规则见“预警规则”", title="没有预警线索")
    else:
        timeline(view, filtered(triggers))


def named(triggers: pd.DataFrame) -> pd.DataFrame:
    """Triggers over time, with rules, levels and subjects by name."""
    return triggers.assign(
        rule_name=[rule_of(code).name for code in triggers["rule"]],
        level_name=triggers["level"].map(wording.LEVELS),
        subject_name=triggers["short_name"],
        state=triggers["ended"].map({True: "已结束", False: "未关闭"}),
    )


def timeline(view: View, triggers: pd.DataFrame) -> None:
    """When each trigger was raised, rose, and ended, as bars over the months."""
    open_now = triggers.loc[~triggers["ended"], "id"].nunique()
    title = f"至{month_name(view.period)}共出现{triggers['id'].nunique()}条线索，其中{open_now}条未关闭"
    columns = {
        "short_name": tables.text("对象"),
        "rule_name": tables.text("预警规则"),
        "level_name": tables.text("级别"),
        "first": tables.text("自"),
        "last": tables.text("至"),
        "state": tables.text("现状"),
    }
    about = "一行为一个成员的一项规则，横条为触发的期间；级别写在条上，由浅到深为提示、关注、限期整改、退出"
    periods = periods_between(min(triggers["first"]), view.period)
    onward = Behind(view, lambda row: to_case(row["id"]), "id")
    charts.show(_bars(triggers, periods), title, about, triggers, columns, key="timeline", behind=onward)


def to_case(case: str) -> Ways:
    """The way of a case from the trigger to its end."""
    return ((Warnings(part="ways", shown="all", case=case), "这条线索的办理过程"),)


def _bars(frame: pd.DataFrame, periods: list[str]) -> Drawing:
    frame = frame.assign(row=frame["short_name"] + " · " + frame["rule_name"])
    rows = list(dict.fromkeys(frame["row"]))
    figure = charts.blank(60 + 24 * len(rows), left=10, right=20, top=6, bottom=36)
    for spell in frame.itertuples():
        start, end = periods.index(spell.first), periods.index(spell.last)
        figure.add_bar(
            y=[spell.row],
            x=[end - start + 1],
            base=[start - 0.5],
            customdata=[spell.id],
            orientation="h",
            marker_color=LEVEL_COLOURS[spell.level],
            width=0.62,
            text=wording.LEVELS[spell.level] if end > start else "",
            textposition="inside",
            insidetextanchor="start",
            constraintext="inside",
            textfont={"size": 11, "color": charts.INK if spell.level in ("hint", "watch") else "white"},
            hovertemplate=(
                f"{escape(spell.row)}　{wording.LEVELS[spell.level]}<br>{spell.first}至{spell.last}<extra></extra>"
            ),
        )
    figure.update_layout(barmode="overlay", uniformtext={"mode": "hide", "minsize": 10})
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
