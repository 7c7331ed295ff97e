"""参照序列: figures of others that ours are held beside, each with how it counts and where it comes from."""

from __future__ import annotations

import streamlit as st

from contract.wording import month_name
from metrics.queries.figures.targets import reference_series
from metrics.targets.reference_series import BASES
from pages.shared import tables
from pages.shell.data import read
from pages.shell.view import View

HEIGHT = 12  # rows shown at once


def listed(view: View) -> None:
    """A row a series and period, the latest first within a series."""
    frame = read(view, reference_series)
    st.caption("不是本系统的数据，只作参照。登记口径与银行口径相差数倍，不得混用；没有列出的期间尚未登记。")
    frame = frame.assign(basis=frame["basis"].map(BASES)).sort_values(
        ["basis", "series", "period"], ascending=[True, True, False]
    )
    frame = frame.assign(period=frame["period"].map(month_name))
    tables.sheet(
        frame,
        {
            "name": tables.text("序列", width="medium"),
            "basis": tables.text("口径"),
            "period": tables.text("期间（末月）"),
            "value": tables.figure("值", 2),
            "unit": tables.text("单位", width="small"),
            "source": tables.text("来源", width="large"),
            "published_on": st.column_config.DateColumn("发布日", format="YYYY-MM-DD"),
        },
        key="references",
        about="参照序列",
        height=tables.tall(len(frame), HEIGHT),
    )
