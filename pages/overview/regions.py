"""The country and its regions side by side; one region beside the country, with its members."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from contract.wording import KINDS, NO_VALUE, month_name
from metrics.indicators.catalogue import catalogue, indicator
from metrics.nation.build import NATION
from metrics.queries.figures.nation import figures, members
from pages.shared import tables, wording
from pages.shared.format import WITHHELD, measured, shown
from pages.shell import states
from pages.shell.data import read
from pages.shell.links import go
from pages.shell.moments import day, minute
from pages.shell.selections import Nation
from pages.shell.view import View

WHOLE = "全国"
# Short headers: a row must fit a small screen.
FIGURES = {"G01": "余额", "G12": "余额同比", "G04": "本年发放", "G02": "户数", "G09": "不良率", "S01": "中长期占比"}
ROWS = 34  # shown at once: more than there are regions


def said(figure, code: str) -> str:
    """A figure as it is shown; withheld and absent ones as everywhere."""
    if figure is None:
        return NO_VALUE
    return WITHHELD if figure.withheld else shown(figure.value, measured(indicator(code), NATION))


def headed(code: str) -> str:
    """`余额(亿元)`."""
    return f"{FIGURES[code]}({measured(indicator(code), NATION).unit})"


def comparison(view: View, known: pd.DataFrame) -> None:
    """The country, and below it a row a region; one that is chosen is opened."""
    found = read(view, figures, period=view.period, indicators=tuple(FIGURES))
    cells = {(row.scope == NATION or row.entity, row.indicator): row for row in found.itertuples()}
    places = [(True, WHOLE, int(known["banks"].sum()), int(known["districts"].sum()), "")]
    places += [
        (row.code, row.short_name, row.banks, row.districts, basis(row.last_period, row.made_at))
        for row in known.itertuples()
    ]
    lines = [
        {"name": name, "banks": banks, "districts": districts, "basis": on}
        | {code: said(cells.get((place, code)), code) for code in FIGURES}
        for place, name, banks, districts, on in places
    ]
    chosen = tables.pick(
        pd.DataFrame(lines).assign(code=["", *known["code"]]),
        {
            "name": tables.text("区域", width="small"),
            "banks": tables.figure("机构"),
            "districts": tables.figure("地区"),
            **{code: tables.text(headed(code), alignment="right", help=indicator(code).definition) for code in FIGURES},
            "basis": tables.text("数据截至和导出时间", width="medium"),
        },
        key="regions",
        about=f"全国和各区域（{month_name(view.period)}）",
        height=tables.tall(len(lines), ROWS),
        indicators=tuple(FIGURES),
    )
    st.caption("点选一行查看该区域。各区域的数由其导出的数据交换算出；全国的数在各区域合计后再计算比率。")
    if chosen is not None and chosen["code"]:
        go(view, Nation(region=chosen["code"]))


def basis(last_period: str | None, made_at: pd.Timestamp) -> str:
    """What a region's figures rest on."""
    return "尚未提供" if pd.isna(made_at) else f"{month_name(last_period)}，{minute(made_at)}"


def region_beside(view: View, code: str, name: str) -> None:
    """Every figure of a region beside the country's, then who is on its list."""
    found = read(view, figures, period=view.period, region=code)
    cells = {(row.scope, row.indicator): row for row in found.itertuples()}
    lines = [
        {
            "group": declared.group,
            "name": f"{declared.name}({measured(declared, NATION).unit})",
            "own": said(cells.get(("region", declared.code)), declared.code),
            "whole": said(cells.get((NATION, declared.code)), declared.code),
        }
        for declared in catalogue().values()
        if ("region", declared.code) in cells
    ]
    if not lines:
        states.empty(
            f"{name}在{month_name(view.period)}没有数据。", "在左侧换一个报告期", "等该区域导出数据交换后重新发布"
        )
        return
    st.header("指标")
    tables.sheet(
        pd.DataFrame(lines),
        {
            "group": tables.text("类别", width="small"),
            "name": tables.text("指标", width="medium"),
            "own": tables.text(name, alignment="right"),
            "whole": tables.text(WHOLE, alignment="right"),
        },
        key="region-figures",
        about=f"{name}与全国（{month_name(view.period)}）",
        height=tables.tall(len(lines), 16),
    )
    st.header("试点成员")
    listed = read(view, members, region=code)
    frame_ = listed.assign(
        kind=listed["kind"].map(KINDS),
        member_group=listed["member_group"].map(wording.GROUPS),
        state=listed["state"].map(wording.STATES),
        since=listed["since"].map(day),
    )
    tables.sheet(
        frame_,
        {
            "short_name": tables.text("名称", width="medium"),
            "code": tables.text("编码", width="small"),
            "kind": tables.text("机构或地区", width="small"),
            "member_group": tables.text("组别"),
            "state": tables.text("状态", width="small"),
            "since": tables.text("状态起始日"),
        },
        key="region-members",
        about=f"{name}试点成员",
        height=tables.tall(len(frame_), 16),
    )
