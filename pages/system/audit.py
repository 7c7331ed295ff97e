"""查阅记录: who came in, looked, took away, by kind, user and days; to be searched and taken away."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from casework.access.listed import KIND_NAMES, audit_for
from contract.levels import levels
from contract.settings import home, wall_time
from contract.viewer import ROLES
from ledger.audit import KINDS
from pages.shared import tables
from pages.shared.in_url import kept, kept_day, kept_text
from pages.shell.moments import minute
from pages.shell.session import person
from pages.shell.view import View
from pages.system import audit_words

COLUMNS = {
    "at": tables.text("时间（UTC+8）", width=118),
    "kind": tables.text("事项"),
    "user": tables.text("谁"),
    "role": tables.text("角色"),
    "what": tables.text("内容", width=170),
    "selection": tables.text("条件", width=330),
    "rows": tables.figure("行数"),
    "number": tables.text("数据版本"),
    "level": tables.text("数据级别"),
    "address": tables.text("来自", width=110),
    "sha256": tables.text("导出件校验值"),
}
FIRST_DAY, DAYS, SHOWN = date(2020, 1, 1), 30, 12


def audit(view: View) -> None:
    """The entries that fit, the latest first."""
    today = wall_time().date()
    first, second, third, fourth = st.columns(4)
    kind = first.selectbox("事项", format_func=KIND_NAMES.get, **kept("kind", list(KIND_NAMES)))
    user = second.text_input("谁", placeholder="姓名或其中几个字", **kept_text("user"))
    since = third.date_input("自", **kept_day("since", FIRST_DAY, today, today - timedelta(days=DAYS)))
    until = fourth.date_input("至", **kept_day("until", FIRST_DAY, today, today))
    found = audit_for(view.viewer, home(), since, until, kind, user)
    frame = pd.DataFrame(
        [
            vars(look)
            | {"at": minute(look.at), "kind": KINDS[look.kind], "user": person(look.user)}
            | {"what": audit_words.what(look.what), "selection": audit_words.selection(look.selection)}
            | {"level": levels()[look.level].name if look.level else ""}
            | {"role": ROLES.get(look.role, ""), "number": f"第{look.number}版" if look.number else ""}
            for look in found
        ],
        columns=list(COLUMNS),
    )
    st.caption(
        f"共{len(found)}条。记录只增不改，前后以校验码相连；不含任何单元格的值和口令，查询过的文本只留其校验值。"
    )
    height = tables.tall(len(frame), SHOWN)
    tables.sheet(frame, COLUMNS, key="audit", about="查阅记录", height=height, export=view.snapshot is not None)
