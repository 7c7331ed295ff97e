"""The roll of banks with their state, figures, score and course; a click on a row leads to the profile."""

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
FIGURES = {"G01": "余额", "G12": "同比", "G09": "不良率", "G18": "还原不良率", "S18": "偏离"}
KIND = "bank"


def institutions(view: View) -> None:
    """A row a bank, the greatest balance first."""
    frame = read(view, standings, period=view.period, kind=KIND, indicators=tuple(FIGURES))
    frame = frame.assign(
        group_name=frame["member_group"].map(tables.GROUPS), state_name=frame["state"].map(tables.STATES)
    )
    declared = [indicator(code) for code in FIGURES]
    columns = {
        "short_name": tables.text("机构", width="medium"),
        "group_name": tables.text("组别"),
        "state_name": tables.text("状态", width="small"),
        **{
            one.code: tables.money(FIGURES[one.code], measure(one.unit, KIND, one.decimals), help=one.definition)
            for one in declared
        },
        "score": st.column_config.ProgressColumn("监测分", format="%.2f", min_value=0, max_value=100),
        "course": st.column_config.LineChartColumn("近12期余额", color="#1f4e79"),
    }
    st.caption("点选一行查看机构画像；监测分为空的，本期未评。")
    chosen = tables.pick(frame, columns, key=f"roll-{KIND}", about="试点机构一览", height=tables.tall(len(frame), 16))
    if chosen is not None:
        st.switch_page(navigation.BANK.file, query_params={PERIOD: view.period, KIND: chosen["code"]})
