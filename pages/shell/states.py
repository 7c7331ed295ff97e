"""What a page says when it has nothing to show: empty, refused, failed; each with the next step."""

from __future__ import annotations

from html import escape

import streamlit as st


def card(icon: str, title: str, text: str, *steps: str, tone: str = "calm") -> None:
    """A designed notice: what is so, and what to do next."""
    listed = "".join(f"<li>{escape(step)}</li>" for step in steps)
    st.html(
        f'<section class="state state-{tone}" role="status"><div class="state-icon" aria-hidden="true">{icon}</div>'
        f"<div><h2>{escape(title)}</h2><p>{escape(text)}</p>{f'<ul>{listed}</ul>' if steps else ''}</div></section>"
    )


def empty(text: str, next_step: str, *steps: str, title: str = "暂无数据") -> None:
    """There is nothing here, and that is no fault; what the reader can do next is never left out."""
    card("i", title, text, next_step, *steps)


def no_data_version() -> None:
    card(
        "i",
        "还没有数据版本",
        "系统尚在启用准备，登记试点名单后各页面才有内容。",
        "由分析员或复核人在“启用准备”中登记名单，随后即可接收报送",
        "指标的定义和算法，现在就可以在“指标字典”中查阅",
    )


def older_version(number: int) -> None:
    card(
        "!",
        f"数据版本第{number}版由旧版程序发布",
        "其中没有本页所需的内容。报送原件和台账不受影响。",
        "请由管理人员重新发布；发布完成后本页即可打开",
        "其他页面可照常使用",
        tone="alert",
    )


def signed_out() -> None:
    card("i", "登录已结束", "会话已满时限、已退出，或使用者的登记有变更。", "请重新登录；登录后回到本页", tone="alert")
    st.html('<p><a href="/sign-in" target="_self">重新登录</a></p>')


def refused(reason: str) -> None:
    card("✕", "无权查看", reason, "请从左侧选择其他页面；确需查看的，请联系市地方金融管理部门的分析员", tone="alert")


def failed(line: str, log_id: str) -> None:
    card("!", "页面未能打开", line, "请稍后刷新重试", f"仍不成功的，请把日志编号{log_id}告知管理员", tone="alert")
