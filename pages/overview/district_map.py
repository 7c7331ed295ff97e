"""Any indicator over a region's units and what is outside of it, as a tile map."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from contract.declarations import OUTSIDE, districts
from metrics.indicators.catalogue import Indicator, catalogue, indicator
from metrics.indicators.relations import CITY
from metrics.queries.figures.values import values
from metrics.queries.members.roster import members
from pages.overview.titles import leader_title
from pages.shared import charts, tables, wording
from pages.shared.format import WITHHELD, is_absent, measure, scaled, with_unit
from pages.shared.in_url import kept
from pages.shared.row_views import rows_behind
from pages.shared.tiles import tile_map
from pages.shell import states
from pages.shell.data import once, read
from pages.shell.links import go, links
from pages.shell.selections import District
from pages.shell.view import View

CHOICE = "tile"
DEFAULT = "G01"


def district_map(view: View) -> None:
    """The tile map with its choice of indicator, which is kept in the URL."""
    codes = [code for code, declared in catalogue().items() if "district" in declared.scopes]
    with st.container(border=True, key="chart-tiles", height="stretch"):
        code = st.selectbox(
            "分区指标",
            **kept(CHOICE, codes, DEFAULT),
            format_func=lambda code: f"{indicator(code).name}（{indicator(code).group}）",
            label_visibility="collapsed",
        )
        draw_map(view, by_district(view, code), indicator(code))


def draw_map(view: View, frame: pd.DataFrame, declared: Indicator) -> None:
    """The tiles of one indicator; money in 亿元, as they are parts of the city's."""
    if frame["value"].isna().all():
        states.empty(f"本期没有{declared.name}的分区数据。", "在上面换一项指标", "在左侧换一个报告期")
        return
    how = measure(declared.unit, "city", declared.decimals)
    by_code = frame.set_index("code")["value"].to_dict()
    withheld = {row.code: WITHHELD for row in frame.itertuples() if row.withheld}
    outside = (
        f"；{districts()[OUTSIDE].name}{with_unit(by_code[OUTSIDE], how)}" if not is_absent(by_code[OUTSIDE]) else ""
    )
    chosen = charts.draw(
        tile_map(by_code, withheld, set(frame.loc[frame["pilot"], "code"]), how),
        leader_title(declared.name, frame[frame["code"] != OUTSIDE], how),
        f"{declared.name}，{how.unit}；深色为高，虚框为非试点地区，点选看画像{outside}",
        frame.assign(shown=[scaled(value, how) for value in frame["value"]]),
        {"name": tables.text("地区"), "shown": tables.money(declared.name, how), "group": tables.text("分组")},
        key="tiles",
        indicators=(declared.code,),
        on_select="rerun",
        selection_mode="points",
    )
    links(view, *rows_behind(view, declared, "city", CITY, whose="试点合计"))
    if chosen.selection.points:
        go(view, District(district=chosen.selection.points[0]["customdata"]))


@once
def by_district(view: View, code: str) -> pd.DataFrame:
    """One row a unit: code, name, group, value, withheld, pilot."""
    figures = read(view, values, period=view.period, indicators=(code,), scopes=("district",)).set_index("entity")
    value, withheld = figures["value"].to_dict(), figures["withheld"].to_dict()
    pilots = set(read(view, members, kind="district")["code"])
    return pd.DataFrame(
        [
            (
                unit.code,
                unit.short_name,
                wording.GROUPS.get(unit.group, ""),
                value.get(unit.code),
                bool(withheld.get(unit.code, False)),
                unit.code in pilots,
            )
            for unit in districts().values()
        ],
        columns=["code", "name", "group", "value", "withheld", "pilot"],
    )
