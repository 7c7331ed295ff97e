"""The loans in the columns of the national form S70, to be held beside what banks filed there."""

from __future__ import annotations

from typing import Any

import streamlit as st

from contract.calendar import is_quarter_end
from contract.viewer import may_see
from contract.wording import month_name
from metrics.queries.figures.targets import s70_view
from metrics.targets.s70 import Column, columns
from pages.overview.tie_out import tie_out
from pages.shared import tables
from pages.shared.behind.figures import of_member
from pages.shared.behind.marks import Behind
from pages.shell.data import read
from pages.shell.view import View

HEIGHT = 16  # rows shown at once


def section(view: View) -> None:
    """A row the city, a group or a bank, folded away: an analyst needs it once a quarter."""
    if not may_see(view.viewer, "s70"):
        return
    frame = read(view, s70_view, period=view.period)
    if frame.empty:
        return
    due = "季末，应与各机构填报的S70对数" if is_quarter_end(view.period) else "不是季末，不须对数，仅供参考"
    with st.expander("按1104报表S70各列列示", icon=":material/table:", key="s70-open", on_change="rerun") as fold:
        if not fold.open:
            return
        st.caption(f"{month_name(view.period)}{due}。合计为各机构之和，户数跨机构不去重；万元、户。")
        tables.sheet(
            frame,
            {
                "name": tables.text("机构", width="medium"),
                **{declared.code: column(declared) for declared in columns().values()},
                "rate": tables.figure("加权利率(%)", 2, help="H÷B"),
            },
            key="s70",
            about="按1104报表S70各列列示",
            height=tables.tall(len(frame), HEIGHT),
            behind=Behind(view, lambda row: of_member(row["scope"], row["entity"], row["name"])),
        )
        if is_quarter_end(view.period):
            tie_out(view)


def column(declared: Column) -> Any:
    """A column of the form under its letter and name."""
    return tables.figure(
        f"{declared.code} {declared.name}({declared.unit})",
        0 if declared.unit == "户" else 2,
        help=declared.note or None,
    )
