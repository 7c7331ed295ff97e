"""The meeting's page as sheets to read and to print on A4, and the form that records a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

import pandas as pd
import streamlit as st

from casework.month import meetings
from casework.month.followups import MOST_MEGABYTES
from casework.month.meetings import Outcome
from contract.settings import home
from contract.wording import month_name
from ledger.meetings import Meeting
from metrics.indicators.catalogue import indicator
from metrics.queries.work.agenda import CHANGED, LAST_TIME, THIS_TIME, TO_DECIDE, Agenda, Point
from pages.shared import downloads
from pages.shared.format import day, difference, measure, with_unit
from pages.shared.sheets import sheet
from pages.shell import acts
from pages.shell.session import person
from pages.shell.view import View

FIGURE_HEADS = ("指标", "上次", "本期", "变化")
HEADS = ("类别", "对象", "内容", "责任人", "期限", "状态")
URGENT = ("逾期",)
LATEST = 3  # so many meetings' minutes are offered
EMPTY_ROWS = 3  # of the table in which outcomes are entered


def page(one: Agenda) -> None:
    """The three parts, one after the other."""
    last = f"上次会商{day(one.last.held_on)}" if one.last else "此前没有登记过会商，变化自上月起算"
    st.html(
        f'<p class="quiet">变化自{month_name(one.since)}起 · {last} · 指标和预警线索取自本数据版本，'
        "决定和督办为台账现状</p>"
    )
    _part("一、变化", _figures([it for it in one.of(CHANGED) if it.now is not None or it.before is not None]),
          _lines([it for it in one.of(CHANGED) if it.now is None and it.before is None]))  # fmt: skip
    _part("二、待议事项", _lines(one.of(TO_DECIDE)))
    _part("三、上次会商的落实", _lines(one.of(LAST_TIME)))
    if one.of(THIS_TIME):
        _part("四、本次会商的结论", _lines(one.of(THIS_TIME)))


def minutes(view: View, held: Sequence[Meeting]) -> None:
    """The minutes of the latest meetings, to take away."""
    with st.container(horizontal=True, gap="small", key="minutes"):
        for one in held[:LATEST]:
            downloads.button(
                f"{one.id}纪要",
                lambda it=one: meetings.minutes_of(view.viewer, home(), it.id),
                one.minutes.name,
                key=f"minutes-{one.id}",
                mime=downloads.ANY,
            )


def _part(title: str, *bodies: str) -> None:
    st.header(title)
    body = "".join(bodies)
    st.html(f'<div class="agenda scroll">{body}</div>' if body else '<p class="quiet">没有。</p>')


def _figures(points: Sequence[Point]) -> str:
    rows = []
    for point in points:
        how = measure(point.what, "city", indicator(point.indicator).decimals)
        before, now = with_unit(point.before, how), with_unit(point.now, how)
        rows.append((escape(point.subject), before, now, difference(point.now, point.before, how) or "—"))
    return sheet(FIGURE_HEADS, rows, figures=(1, 2, 3), style="agenda-figures") if rows else ""


def _lines(points: Sequence[Point]) -> str:
    """A row a point; the kind stands once over the points that follow."""
    rows = []
    for kind, several in groupby(points, key=lambda point: point.kind):
        for place, point in enumerate(several):
            urgent = any(word in point.state for word in URGENT)
            state = f'<b class="late">{escape(point.state)}</b>' if urgent else escape(point.state)
            cells = (point.subject, point.what, person(point.owner), day(point.due) if point.due else "")
            rows.append((escape(kind) if place == 0 else "", *map(escape, cells), state))
    return sheet(HEADS, rows, style="agenda-lines") if rows else ""


def record(view: View, owners: dict[str, str], known: int) -> None:
    """Enters a meeting beside those known: its day, minutes, and outcomes a row each."""
    labels = {name: code for code, name in owners.items()}
    blank = pd.DataFrame({"what": [""] * EMPTY_ROWS, "owner": [None] * EMPTY_ROWS, "due": [None] * EMPTY_ROWS})
    with st.form(f"meeting-{known}", border=False):
        left, right = st.columns([1, 2])
        held_on = left.date_input(
            "会商日", value=view.snapshot.now.date(), max_value=view.snapshot.now.date(), format="YYYY-MM-DD"
        )
        minutes = right.file_uploader("会商纪要", max_upload_size=MOST_MEGABYTES)
        st.caption("写明责任人和期限的结论成为督办事项；只有结论的记入纪要。")
        entered = st.data_editor(
            blank.astype({"what": "string", "owner": "string", "due": "datetime64[ns]"}),
            column_config={
                "what": st.column_config.TextColumn("结论", width=420),
                "owner": st.column_config.SelectboxColumn("责任人", options=list(labels), width=180),
                "due": st.column_config.DateColumn("期限", format="YYYY-MM-DD", width=120),
            },
            num_rows="dynamic",
            placeholder="",
            hide_index=True,
            key=f"meeting-outcomes-{known}",
        )
        sent = st.form_submit_button("登记会商", type="primary")
    if sent and minutes is None:
        st.error("请选择会商纪要", icon=":material/block:")
    elif sent:
        outcomes = [_outcome(row, labels) for row in entered.to_dict("records") if _given(row["what"])]
        paper = (minutes.name, minutes.getvalue())
        acts.do(
            lambda: meetings.record(home(), held_on, paper, outcomes, view.viewer),
            lambda found: f"{found[0].id}会商已登记，其中{len(found[1])}项结论成为督办事项",
        )


def _given(value: object) -> bool:
    return not pd.isna(value) and bool(str(value).strip())


def _outcome(row: dict, labels: dict[str, str]) -> Outcome:
    owner = labels[row["owner"]] if _given(row["owner"]) else ""
    return Outcome(str(row["what"]).strip(), owner, None if pd.isna(row["due"]) else row["due"].date())
