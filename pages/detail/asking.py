"""How rows are asked for: conditions that hold, each to be taken away; one more by column; order and columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from contract.declarations import Column
from contract.errors import CallError
from metrics.indicators.relations import SCOPES
from metrics.queries.detail.kinds import CODES, SPAN, asked_by, codes_of
from metrics.queries.detail.selection import (
    ABSENT,
    TO,
    Selection,
    filter_words,
    open_columns,
    read_filter,
    role_words,
    shown_columns,
)
from pages.detail import selecting
from pages.shared.row_views import header
from pages.shared.wording import GROUPS, rights
from pages.shell.plain import plain, refused
from pages.shell.view import View

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)


def conditions(view: View, now: Selection, names: Mapping[str, str]) -> None:
    """What holds at the moment, a button each that takes it away."""
    known = open_columns(view.viewer, now)
    held = []
    if now.scope:
        called = dict(names) | GROUPS | rights()
        whose = "试点合计（期末在名单）" if now.scope == "city" else called.get(now.entity, now.entity)
        held.append((f"{SCOPES[now.scope]}：{whose}", {"scope": "", "entity": ""}))
    if now.figure:
        held.append((role_words(now.figure), {"figure": ""}))
    for place, (label, dropped) in enumerate(held):
        st.button(
            f"{plain(label)}　✕", key=f"held-{place}", help="取消这一条件", on_click=selecting.turn, kwargs=dropped
        )
    for each in now.filters:
        label = filter_words(known[each.column], each, dict(names))
        st.button(
            f"{plain(label)}　✕", key=f"filter-{each.column}", help="取消这一条件",
            on_click=selecting.drop_filter, args=(now, each.column),
        )  # fmt: skip


def one_more(view: View, now: Selection, names: Mapping[str, str]) -> None:
    """One more filter: the column, then what it has to hold."""
    known = open_columns(view.viewer, now)
    with st.popover("添加筛选", icon=":material/filter_alt:", key="filter-open"):
        code = st.selectbox("按哪一列", list(known), format_func=lambda each: known[each].header, key=f"by-{now.kind}")
        column = known[code]
        with st.form(f"filter-{now.kind}-{code}", border=False):
            written = entered(column, names)
            sent = st.form_submit_button("筛选", type="primary")
        if sent and written:
            try:
                selecting.keep_filter(now, read_filter(column, written))
            except CallError as error:
                st.error(refused(error), icon=":material/block:")
            else:
                st.rerun()


def entered(column: Column, names: Mapping[str, str]) -> str:
    """What a form asks for a column by its type, as an address has it; empty while nothing was entered."""
    key = f"entered-{column.code}"
    if asked_by(column) == CODES:
        called = codes_of(column) or dict(names)
        written = ",".join(st.multiselect(column.header, list(called), format_func=called.get, key=key))
    elif asked_by(column) == SPAN:
        left, right = st.columns(2)
        if column.type == "date":
            span = {"value": None, "min_value": FIRST_DAY, "max_value": LAST_DAY, "format": "YYYY-MM-DD"}
            ends = left.date_input("自", key=f"{key}-low", **span), right.date_input("至", key=f"{key}-high", **span)
        else:
            ends = left.text_input("不低于", key=f"{key}-low"), right.text_input("不高于", key=f"{key}-high")
        low, high = (str(end or "").strip() for end in ends)
        written = f"{low}{TO}{high}" if low or high else ""
        st.caption(f"{header(column)}，两端都包含，可只填一端")
    else:
        written = st.text_input(f"{column.header}含有", key=key).strip()
    if not column.required and st.checkbox("只看空的", key=f"{key}-absent"):
        return ABSENT
    return written


def arrangement(view: View, now: Selection) -> None:
    """The order of the rows, and the columns shown."""
    known = open_columns(view.viewer, now)
    with st.popover("排序与列", icon=":material/view_column:", key="arrange-open"), st.form("arrange", border=False):
        by = now.sort.removeprefix("-")
        options = ["", *known]
        chosen = st.selectbox(
            "排序", options, index=options.index(by) if by in known else 0,
            format_func=lambda code: known[code].header if code else "按报送顺序",
        )  # fmt: skip
        down = st.checkbox("从大到小", value=now.sort.startswith("-"))
        columns = st.multiselect(
            "显示的列", list(known), default=list(shown_columns(view.viewer, now)),
            format_func=lambda code: known[code].header,
        )  # fmt: skip
        if st.form_submit_button("应用", type="primary"):
            usual = tuple(columns) == shown_columns(view.viewer, Selection(now.kind, now.period, now.of))
            selecting.turn(
                sort=f"{'-' if down else ''}{chosen}" if chosen else "", columns="" if usual else ",".join(columns)
            )
            st.rerun()
