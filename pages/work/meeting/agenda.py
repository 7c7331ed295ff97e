"""The agenda of a meeting as sheets, to read and to print on A4."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby

import streamlit as st

from contract.wording import month_name
from metrics.indicators.catalogue import indicator
from metrics.queries.work.agenda import CHANGED, LAST_TIME, THIS_TIME, TO_DECIDE, Agenda, Point
from pages.shared.format import difference, measure, with_unit
from pages.shared.sheets import sheet
from pages.shell.leads import lead
from pages.shell.links import anchor
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

FIGURE_HEADS = ("指标", "上次", "本期", "变化")
HEADS = ("类别", "对象", "内容", "责任人", "期限", "状态")
URGENT = ("逾期",)
PERIOD = re.compile(r"\d{4}-\d{2}")


def sheets(view: View, agenda: Agenda) -> None:
    """The three parts, one after the other."""
    last = f"上次会商{day(agenda.last.held_on)}" if agenda.last else "此前没有登记过会商，变化自上月起算"
    st.html(
        f'<p class="quiet">变化自{month_name(agenda.since)}起 · {last} · 指标和预警线索取自本数据版本，'
        "决定和督办为台账现状</p>"
    )
    changed = agenda.of(CHANGED)
    figures = [point for point in changed if point.indicator]
    _part("一、变化", _figures(view, figures), _lines(view, [point for point in changed if point not in figures]))
    _part("二、待议事项", _lines(view, agenda.of(TO_DECIDE)))
    _part("三、上次会商的落实", _lines(view, agenda.of(LAST_TIME)))
    if agenda.of(THIS_TIME):
        _part("四、本次会商的结论", _lines(view, agenda.of(THIS_TIME)))


def _part(title: str, *bodies: str) -> None:
    st.header(title)
    body = "".join(bodies)
    st.html(f'<div class="agenda scroll">{body}</div>' if body else '<p class="quiet">没有。</p>')


def _figures(view: View, points: Sequence[Point]) -> str:
    rows = []
    for point in points:
        how = measure(point.what, "city", indicator(point.indicator).decimals)
        before, now = with_unit(point.before, how), with_unit(point.now, how)
        rows.append((_subject(view, point), before, now, difference(point.now, point.before, how) or "—"))
    return sheet(FIGURE_HEADS, rows, figures=(1, 2, 3), style="agenda-figures") if rows else ""


def _subject(view: View, point: Point) -> str:
    """What a point is about, a period by its month, as a link to where that is seen."""
    words = month_name(point.subject) if PERIOD.fullmatch(point.subject) else point.subject
    return anchor(view, lead(*point.leads), words) if point.leads else escape(words)


def _lines(view: View, points: Sequence[Point]) -> str:
    """A row a point; the kind stands once over the points that follow."""
    rows = []
    for kind, several in groupby(points, key=lambda point: point.kind):
        for place, point in enumerate(several):
            urgent = any(word in point.state for word in URGENT)
            state = f'<b class="late">{escape(point.state)}</b>' if urgent else escape(point.state)
            cells = (point.what, person(point.owner), day(point.due) if point.due else "")
            rows.append((escape(kind) if place == 0 else "", _subject(view, point), *map(escape, cells), state))
    return sheet(HEADS, rows, style="agenda-lines") if rows else ""
