"""The institutions with their state, figures, score and course; a click on a row leads to the profile."""

from __future__ import annotations

import streamlit as st

from metrics.indicators.catalogue import indicator
from metrics.queries.figures.comparison import standings
from pages.shared import tables, wording
from pages.shared.format import measure
from pages.shell.data import read
from pages.shell.links import go
from pages.shell.selections import Bank
from pages.shell.view import View

BANK = "bank"
# Short headers: a row must fit a small screen.
FIGURES = {"G01": "余额", "G12": "同比", "G09": "不良率", "G18": "还原不良率", "S18": "偏离"}
ROWS = 16  # shown at once


def institutions(view: View) -> None:
    """A row an institution, the greatest balance first."""
    frame = read(view, standings, period=view.period, kind=BANK, indicators=tuple(FIGURES))
    frame = frame.assign(
        group_name=frame["member_group"].map(wording.GROUPS), state_name=frame["state"].map(wording.STATES)
    )
    declared = [indicator(code) for code in FIGURES]
    columns = {
        "short_name": tables.text("机构", width=146),
        "group_name": tables.text("组别", width=98),
        "state_name": tables.text("状态", width="small"),
        **{
            figure.code: tables.money(
                FIGURES[figure.code], measure(figure.unit, BANK, figure.decimals), help=figure.definition
            )
            for figure in declared
        },
        "score": st.column_config.ProgressColumn("监测分", format="%.2f", min_value=0, max_value=100, width=120),
        "course": st.column_config.LineChartColumn("近12期余额", width=130),
    }
    st.caption("点选一行查看机构画像；监测分为空的，本期未评。")
    height = tables.tall(len(frame), ROWS)
    chosen = tables.pick(frame, columns, key="institutions", about="试点机构一览", height=height)
    if chosen is not None:
        go(view, Bank(bank=chosen["code"]))
