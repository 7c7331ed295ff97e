"""谁能看什么: how far each role goes in each area and which pages need it, from the declarations that enforce it."""

from __future__ import annotations

from itertools import chain

import pandas as pd
import streamlit as st

from casework.access.listed import levels_for, rights_for
from contract.viewer import ROLES
from pages.shared import tables
from pages.shell.navigation import SECTIONS
from pages.shell.view import View

COLUMNS = {
    "area": tables.text("范围"),
    "level": tables.text("数据级别", width="small"),
    **{role: tables.text(name, width="small") for role, name in ROLES.items()},
    "pages": tables.text("页面"),
}


LEVELS = {
    "level": tables.text("数据级别"),
    "columns": tables.figure("报表和封面的列数"),
    "shown": tables.text("显示给"),
    "export": tables.text("导出"),
    "recorded": tables.text("查看记录"),
    "years": tables.figure("至少保存(年)"),
}


def rights(view: View) -> None:
    """One row an area, and one a level of data."""
    pages = {entry.title: entry.areas for entry in chain.from_iterable(SECTIONS.values())}
    frame = pd.DataFrame(rights_for(view.viewer, pages), columns=list(COLUMNS))
    st.caption("由系统据以放行的声明（data/access.csv和页面菜单）直接列出。“本单位”只及本人所属的机构或地区。")
    tables.sheet(frame, COLUMNS, key="rights", about="谁能看什么", export=view.snapshot is not None)
    st.subheader("数据级别")
    st.caption("各列的级别在声明该列处写明；显示、导出、查阅记录和保存年限依级别而定（data/levels.csv）。")
    held = pd.DataFrame(levels_for(view.viewer), columns=list(LEVELS))
    tables.sheet(held, LEVELS, key="levels", about="数据级别", height="content", export=view.snapshot is not None)
