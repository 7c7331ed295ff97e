"""会话: who is in, since when and from where; and the end of a session."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from casework.access.accounts import end_session
from casework.access.listed import moment, sessions_for
from contract.settings import home
from ledger.access.configured import running
from pages.shared import acts, tables
from pages.shell import session, states
from pages.shell.moments import minute
from pages.shell.plain import plain
from pages.shell.view import View

COLUMNS = {
    "number": tables.figure("编号", width="small"),
    "name": tables.text("使用者"),
    "way": tables.text("登录方式"),
    "began": tables.text("登录时间"),
    "seen": tables.text("最近操作"),
    "address": tables.text("来自"),
}


def sessions(view: View) -> None:
    """A table of the living sessions, of which one can be ended."""
    if session.demonstration():
        states.empty(
            "演示登录没有会话：在本机的人可以选择任何角色。", "正式使用前请配置登录，见运行维护手册", title="演示登录"
        )
        return
    rules = running(home())
    st.caption(
        f"登录最长{rules.hours:g}小时，{rules.idle_minutes:g}分钟没有操作即结束；使用者的登记有变更的，随即结束。"
    )
    rows = [
        vars(one) | {"began": minute(moment(one.began)), "seen": minute(moment(one.seen))}
        for one in sessions_for(view.viewer, home())
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    chosen = tables.pick(frame, COLUMNS, key="sessions", about="会话", export=False)
    if chosen is None:
        st.caption("选一行，可以结束这一会话。")
        return
    number, name = int(chosen["number"]), chosen["name"]
    if st.button(f"结束{plain(name)}的第{number}号会话", icon=":material/logout:", key=f"end-{number}"):
        acts.do(partial(end_session, home(), number, view.viewer), lambda _: f"已结束{name}的第{number}号会话")
