"""The template of a member for a period, to start from: what the last report brings along is in it."""

from __future__ import annotations

import streamlit as st

from casework.filing.intake import template as template_of
from contract.declarations import filed_level
from contract.wording import month_name
from metrics.queries.filing.board import periods_to_file
from metrics.queries.members.roster import members
from pages.shared import downloads
from pages.shell import states
from pages.shell.data import read
from pages.shell.view import View


def template(view: View) -> None:
    """One's own template, or for the Bureau any member's; the period that is due stands first."""
    listed = read(view, members)
    if view.viewer.scope:
        listed = listed[listed["code"] == view.viewer.scope]
    if listed.empty:
        states.empty("名单上没有成员。", "在“启用准备”中登记试点名单")
        return
    names = dict(zip(listed["code"], listed["short_name"], strict=True))
    whose, when, button = st.columns([3, 2, 2], vertical_alignment="bottom")
    code = whose.selectbox(
        "模板用于", list(names), format_func=lambda code: f"{names[code]}（{code}）", key="template-member"
    )
    periods, due = read(view, periods_to_file, submitter=code)
    period = when.selectbox(
        "报送期",
        periods,
        index=periods.index(due),
        format_func=lambda period: f"{month_name(period)}{'（待报）' if period == due else ''}",
        key=f"template-period-{code}",
    )
    viewer, snapshot = view.viewer, view.snapshot
    with button:
        downloads.button(
            "下载模板",
            lambda: template_of(viewer, snapshot, code, period),
            f"{period}_{code}.xlsx",
            key="template",
            level=filed_level(),
            type="primary",
        )
    st.caption(
        "已填好编码、名称、报送期，并按上期报送预填仍须列报的行（存续贷款、在办案件、服务点等），当期数留空，黄色单元格须填写；"
        "带下拉列表、表内校验、填报说明和数据字典。"
    )
