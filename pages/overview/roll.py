"""The roll of members with their state, figures, score and course; a click on a row leads to the profile."""

from __future__ import annotations

import streamlit as st

from metrics.indicators.catalogue import indicator
from metrics.queries.figures.comparison import standings
from pages.shared import tables
from pages.shared.format import measure
from pages.shell import navigation
from pages.shell.data import read
from pages.shell.session import PERIOD, View

# Short headers: a row must fit a small screen.
FIGURES = {
    "bank": {"G01": "余额", "G12": "同比", "G09": "不良率", "G18": "还原不良率", "S18": "偏离"},
    "district": {
        "G01": "余额", "G12": "同比", "G17": "同口径", "G09": "不良率", "G18": "还原不良率", "D01": "服务点",
        "C05": "风险分担占比",
    },
}  # fmt: skip
PROFILES = {"bank": navigation.BANK, "district": navigation.DISTRICT}


def institutions(view: View) -> None:
    roll(view, "bank", "机构")


def regions(view: View) -> None:
    roll(view, "district", "地区")


def roll(view: View, kind: str, name: str) -> None:
    """A row a member, the greatest balance first."""
    frame = read(view, standings, period=view.period, kind=kind, indicators=tuple(FIGURES[kind]))
    frame = frame.assign(
        group_name=frame["member_group"].map(tables.GROUPS), state_name=frame["state"].map(tables.STATES)
    )
    declared = [indicator(code) for code in FIGURES[kind]]
    columns = {
        "short_name": tables.text(name, width="medium"),
        "group_name": tables.text("组别"),
        "state_name": tables.text("状态", width="small"),
        **{
            one.code: tables.money(FIGURES[kind][one.code], measure(one.unit, kind, one.decimals), help=one.definition)
            for one in declared
        },
        "score": st.column_config.ProgressColumn("监测分", format="%.2f", min_value=0, max_value=100),
        "course": st.column_config.LineChartColumn("近12期余额", color="#1f4e79"),
    }
    st.caption(f"点选一行查看{name}画像；监测分为空的，本期未评。")
    chosen = tables.pick(
        frame, columns, key=f"roll-{kind}", about=f"试点{name}一览", height=tables.tall(len(frame), 16)
    )
    if chosen is not None:
        st.switch_page(PROFILES[kind].file, query_params={PERIOD: view.period, kind: chosen["code"]})
