"""谁能看什么: how far each role goes in each area and which pages need it, from the declarations that enforce it."""

from __future__ import annotations

from itertools import chain

import pandas as pd
import streamlit as st

from casework.access.listed import levels_for, rights_for, uses_for
from contract.settings import home
from contract.viewer import ROLES
from pages.shared import tables
from pages.shell.moments import minute
from pages.shell.navigation import SECTIONS
from pages.shell.session import person
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


USES = {
    "user": tables.text("使用者"),
    "role": tables.text("角色", width="small"),
    "scope": tables.text("机构或地区", width=96),
    "area": tables.text("范围"),
    "level": tables.text("数据级别", width="small"),
    "reach": tables.text("可及", width="small"),
    "last": tables.text("最近一次使用", width=132),
    "pages": tables.text("页面"),
}
SHOWN = 14


def rights(view: View) -> None:
    """One row an area; one a user and right, with its last use; one a level of data."""
    pages = {entry.title: entry.areas for entry in chain.from_iterable(SECTIONS.values())}
    frame = pd.DataFrame(rights_for(view.viewer, pages), columns=list(COLUMNS))
    st.caption("由系统据以放行的声明和页面菜单直接列出。“本单位”只及本人所属的机构或地区。")
    tables.sheet(frame, COLUMNS, key="rights", about="谁能看什么", export=view.snapshot is not None)
    st.subheader("各使用者最近一次使用")
    st.caption("依查阅记录：打开页面、查看明细、导出、办理。空的是记录中从未用过的权限。")
    used = pd.DataFrame(
        [
            vars(right)
            | {"user": person(right.user), "role": ROLES[right.role]}
            | {"last": minute(right.last) if right.last else None}
            for right in uses_for(view.viewer, home(), pages)
        ],
        columns=list(USES),
    )
    height = tables.tall(len(used), SHOWN)
    tables.sheet(used, USES, key="uses", about="各使用者最近一次使用", height=height, export=view.snapshot is not None)
    st.subheader("数据级别")
    st.caption("各列的级别在声明该列处写明；显示、导出、查阅记录和保存年限依级别而定。")
    held = pd.DataFrame(levels_for(view.viewer), columns=list(LEVELS))
    tables.sheet(held, LEVELS, key="levels", about="数据级别", height="content", export=view.snapshot is not None)
