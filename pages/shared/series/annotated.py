"""批注 on a chart of months: numbered marks at their months, what each says below, and the form to add one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st

from casework.sharing.annotations import AREA, MOST, annotate, withdraw
from contract.settings import home
from contract.viewer import may_see
from contract.wording import month_name
from ledger.sharing.annotations import Annotation
from metrics.indicators.catalogue import catalogue
from metrics.queries.work.annotations import pinned, series_of
from pages.shared import acts, charts, forms
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind, Ways
from pages.shared.drawing import Drawing
from pages.shared.export.colours import INK
from pages.shell.data import read_now
from pages.shell.moments import day
from pages.shell.plain import plain
from pages.shell.selections import Bank, District
from pages.shell.session import person
from pages.shell.view import View

FIRST_MARK, MOST_MARKS = 0x2460, 20  # ① to ⑳
ABOVE = 28  # pixels above the figure: clear of the label of the last column


def mark(place: int) -> str:
    """① for the first; a number in brackets beyond the twentieth."""
    return chr(FIRST_MARK + place) if place < MOST_MARKS else f"({place + 1})"


def read_pinned(view: View, indicators: Sequence[str], scope: str, entity: str, since: str) -> tuple[Annotation, ...]:
    """What is pinned to the series from a period on, up to the period looked at."""
    known = read_now(view, pinned, indicators=tuple(indicators), scope=scope, entity=entity, upto=view.period)
    return tuple(one for one in known if one.period >= since)


def pin(
    figure: Drawing,
    annotations: Sequence[Annotation],
    code: str,
    levels: Mapping[str, float | None],
    **panel: int,
) -> None:
    """The marks of one indicator's annotations at their months, at the height of the figure (`levels`: period → it)."""
    stacked: dict[str, int] = {}
    for place, one in enumerate(annotations):
        if one.indicator != code or levels.get(one.period) is None:
            continue
        figure.add_annotation(
            x=one.period, y=levels[one.period], text=mark(place), showarrow=False, font={"color": INK, "size": 14},
            yshift=ABOVE + 15 * stacked.get(one.period, 0), hovertext=escape(one.text), **panel,
        )  # fmt: skip
        stacked[one.period] = stacked.get(one.period, 0) + 1


def draw(
    view: View,
    figure: Drawing,
    levels: Mapping[str, Mapping[str, float | None]],
    scope: str,
    entity: str,
    title: str,
    about: str,
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    key: str,
    panels: Mapping[str, Mapping[str, int]] = MappingProxyType({}),
    behind: Behind | None = None,
) -> None:
    """A chart of an entity's series over months in its card: what is annotated on it, and the ways behind each month.

    `levels`: series → period → the height at which it is drawn; `frame`: a row a period (column `period`); `panels`:
    the place of each series in a figure of several; `behind`: where a month leads, else to the figures' explanations.
    """
    periods = frame["period"].tolist()
    noted = read_pinned(view, tuple(levels), scope, entity, periods[0])
    if noted:
        figure = figure.copy()
    for code, known in levels.items():
        pin(figure, noted, code, known, **panels.get(code, {}))
    onward = behind or Behind(view, lambda row: of_month(view, tuple(levels), scope, entity, row["period"]), "period")
    with st.container(border=True, key=f"chart-{key}", height="stretch"):
        charts.draw(
            figure, title, about, frame, columns, key=key, indicators=[code for code in levels if code in catalogue()],
            remarks=remarks(noted), behind=onward,
        )  # fmt: skip
        section(view, noted, tuple(levels), scope, entity, periods, key)


def known_levels(frame: pd.DataFrame, column: str) -> dict[str, float]:
    """Period → figure, of the periods that have one."""
    known = frame.dropna(subset=[column])
    return dict(zip(known["period"], known[column].astype(float), strict=True))


def of_month(view: View, series: Sequence[str], scope: str, entity: str, period: str) -> Ways:
    """The ways behind the figures of a month."""
    ways = [way for code in series for way in behind_figure(view, code, scope, entity, period=period)]
    return [way for way in dict.fromkeys(ways) if not isinstance(way[0], Bank | District)]


def remarks(annotations: Sequence[Annotation]) -> tuple[str, ...]:
    """A line each: `① 2026年3月 不良率：集中核销（演示分析员，2026-11-16）`."""
    return tuple(
        f"{mark(place)} {month_name(one.period)} {series_of(one.indicator).name}：{one.text}"
        f"（{person(one.by)}，{day(one.on)}）"
        for place, one in enumerate(annotations)
    )


def section(
    view: View,
    annotations: Sequence[Annotation],
    series: Sequence[str],
    scope: str,
    entity: str,
    periods: Sequence[str],
    key: str,
) -> None:
    """What the marks say; for who may annotate, the form to add one and to take one back."""
    if text := st.session_state.pop(acts.SAID, None):  # said where it was done: a page may have several such charts
        st.success(plain(text), icon=":material/check:")
    lines = remarks(annotations)
    if lines:
        st.html(f'<ul class="pinned">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>')
    if not may_see(view.viewer, AREA):
        return
    with st.container(horizontal=True, gap="small"):
        count = len(annotations)
        forms.behind_button(
            "批注", ":material/add_comment:", f"annotate-{key}-{scope}-{entity}-{count}",
            (
                forms.pick("指标", {code: series_of(code).name for code in series}),
                forms.pick("月份", {period: month_name(period) for period in reversed(periods)}),
                forms.text("内容", most=MOST),
            ),
            lambda code, period, text: annotate(home(), code, scope, entity, period, text, view.viewer),
            lambda one: f"已在{month_name(one.period)}添加批注",
            send="添加",
        )  # fmt: skip
        if annotations:
            forms.behind_button(
                "撤回批注", ":material/undo:", f"withdraw-{key}-{scope}-{entity}-{count}",
                (
                    forms.pick("批注", {one.id: said for one, said in zip(annotations, lines, strict=True)}),
                    forms.text("理由", most=MOST),
                ),
                lambda number, reason: withdraw(home(), number, reason, view.viewer),
                lambda one: f"已撤回{month_name(one.period)}的批注",
                send="撤回",
            )  # fmt: skip
