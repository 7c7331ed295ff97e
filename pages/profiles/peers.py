"""同组比较: where a member stands among all and in its group, by indicator; no peer is named."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from contract.viewer import may_see
from contract.wording import NO_VALUE
from metrics.indicators.catalogue import indicator
from metrics.queries.figures.comparison import peers
from pages.shared import tables
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind
from pages.shared.format import Measure, is_absent, measure, shown
from pages.shell import states
from pages.shell.data import read
from pages.shell.view import View


def among_peers(view: View, codes: Sequence[str], scope: str, entity: str) -> None:
    """Where the member stands among all and in its group, an indicator a row; no peer is named."""
    if not may_see(view.viewer, "peers"):
        return
    st.header("同组比较")
    places = read(view, peers, period=view.period, indicators=tuple(codes), scope=scope, entity=entity)
    if places.empty:
        states.empty("本期没有可比较的数据。", "在“数据报送”页面查看本期报送情况")
        return
    frame = pd.DataFrame([peer_row(row, measured(row.indicator, scope)) for row in places.itertuples()])
    st.caption(
        "名次按好的方向排列，并列的名次相同；百分位越高越好。名次带*的，家数较少；家数过少的，只列家数和区间。"
        "家数较多时列出截尾均值，即去掉最低和最高的少数几家后的平均。"
    )
    tables.sheet(
        frame,
        {
            "name": tables.text("指标", width=250),
            "value": tables.text("本期", alignment="right"),
            "rank": tables.text("全部名次", alignment="right"),
            "trimmed": tables.text("全部截尾均值", alignment="right"),
            "percentile": st.column_config.ProgressColumn("全部百分位", format="%.1f", min_value=0, max_value=100),
            "group_rank": tables.text("同组名次", alignment="right"),
            "range": tables.text("同组区间", alignment="right"),
            "median": tables.text("同组中位数", alignment="right"),
        },
        key=f"peers-{scope}",
        about="同组比较",
        indicators=tuple(places["indicator"]),
        height=tables.tall(len(frame), 20),
        behind=Behind(view, lambda row: behind_figure(view, row["code"], scope, entity)),
    )


def measured(code: str, scope: str) -> Measure:
    declared = indicator(code)
    return measure(declared.unit, scope, declared.decimals)


def peer_row(row: object, how: Measure) -> dict[str, object]:
    """One indicator's line of the peer table."""
    return {
        "code": row.indicator,
        "name": f"{indicator(row.indicator).name}({how.unit})",
        "value": shown(row.value, how),
        "rank": standing(row.rank, row.peers, row.ranked, row.small, row.range_only),
        "trimmed": shown(row.trimmed_mean, how),
        "percentile": row.percentile if row.ranked and not row.range_only else None,
        "group_rank": standing(row.group_rank, row.group_peers, row.ranked, row.group_small, row.group_range_only),
        "range": between(row.group_lowest, row.group_highest, how),
        "median": NO_VALUE if row.group_range_only else shown(row.group_median, how),
    }


def between(lowest: float, highest: float, how: Measure) -> str:
    """`28.67～31.21`; one mark where there is no value, as where the range is not told."""
    return NO_VALUE if is_absent(lowest) else f"{shown(lowest, how)}～{shown(highest, how)}"


def standing(rank: int, others: int, ranked: bool, small: bool, range_only: bool) -> str:
    """`3/8*`: the place among peers; only their number where they are too few for places, a star where few."""
    if range_only:
        return f"{others}家"
    return (f"{rank}/{others}" if ranked else f"{others}家") + ("*" if small else "")
