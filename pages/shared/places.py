"""Any indicator over Beijing's 17 units and 京外, as a tile map."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from etl.declarations import districts
from metrics import queries
from metrics.catalogue import catalogue, indicator
from pages.shared import charts, states, tables
from pages.shared.data import read
from pages.shared.format import WITHHELD, measure, scaled, with_unit
from pages.shared.session import View, choice, keep_choice
from pages.shared.tiles import OUTSIDE, tile_map
from pages.shared.titles import leader_title

CHOICE = "tile"
DEFAULT = "G01"


def district_map(view: View) -> None:
    """The tile map with its choice of indicator, which is kept in the URL."""
    codes = [code for code, declared in catalogue().items() if "district" in declared.scopes]
    asked = choice(CHOICE, codes, DEFAULT)
    code = st.selectbox(
        "分区指标", codes, index=codes.index(asked), format_func=lambda code: indicator(code).name, key="tile-indicator"
    )
    keep_choice(CHOICE, code)
    frame = by_district(view, code)
    declared = indicator(code)
    how = measure(declared.unit, "district", declared.decimals)
    if frame["value"].isna().all():
        states.empty(f"本期没有{declared.name}的分区数据。")
        return
    values = frame.set_index("code")["value"].to_dict()
    withheld = {row.code: WITHHELD for row in frame.itertuples() if row.withheld}
    pilots = set(frame.loc[frame["pilot"], "code"])
    outside = f"京外{with_unit(values.get(OUTSIDE), how)}；" if OUTSIDE in values else ""
    charts.show(
        tile_map(values, withheld, pilots, how),
        leader_title(declared.name, frame[frame["code"] != OUTSIDE], how),
        f"{declared.name}，{how.unit}；深色为高，虚框为非试点地区；{outside}贷款按借款企业所在区归属",
        frame,
        {"name": tables.text("地区"), "value": tables.money(declared.name, how), "group": tables.text("分组")},
        key="tiles",
    )


def by_district(view: View, code: str) -> pd.DataFrame:
    """One row a unit: code, name, group, value, withheld, pilot."""
    found = read(view, queries.values, period=view.period, indicators=(code,), scopes=("district",))
    known = read(view, queries.members, kind="district")
    values = found.set_index("entity")
    how = measure(indicator(code).unit, "district")
    return pd.DataFrame(
        [
            (
                unit.code,
                unit.short_name,
                tables.GROUPS.get(unit.group, ""),
                scaled(values["value"].get(unit.code), how),
                bool(values["withheld"].get(unit.code, False)),
                unit.code in set(known["code"]),
            )
            for unit in districts().values()
        ],
        columns=["code", "name", "group", "value", "withheld", "pilot"],
    )
