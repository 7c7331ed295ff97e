"""两期或两家对照: a member beside itself at another period, or beside another of its kind, indicator by indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from contract.calendar import previous
from contract.wording import NO_VALUE, month_name
from metrics.indicators.catalogue import indicator
from metrics.queries.figures.values import Headline, headlines
from pages.shared import charts, tables
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind, Ways
from pages.shared.format import WITHHELD, difference, growth, is_absent, measure, scaled, shown
from pages.shared.in_url import kept
from pages.shared.series import annotated
from pages.shell import states
from pages.shell.data import read
from pages.shell.view import View

BESIDE, COURSE_OF = "beside", "course"  # the choices in the URL
ALONE = "不对照"


def section(view: View, scope: str, entity: str, names: Mapping[str, str], codes: Sequence[str]) -> None:
    """The choice of what to stand beside it, and the two side by side; `names`: members that the viewer may choose."""
    st.header("对照")
    codes = tuple(dict.fromkeys(codes))
    others = {} if view.viewer.own_scope else {code: name for code, name in names.items() if code != entity}
    periods = {period: said(view, period) for period in view.periods if period != view.period}
    options = {"": ALONE} | periods | others
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    other = left.selectbox("与哪一期或哪一家对照", **kept(BESIDE, list(options)), format_func=options.get)
    if not other:
        right.caption("选一个报告期，看本对象两期的变化；选另一家，看两家同期的差别。")
        return
    ours = read(view, headlines, period=view.period, indicators=codes, scope=scope, entity=entity)
    if other in periods:
        place, heads = {"period": other, "entity": entity}, (month_name(view.period), month_name(other))
    else:
        place, heads = {"period": view.period, "entity": other}, (names[entity], names[other])
    theirs = read(view, headlines, indicators=codes, scope=scope, **place)
    pairs = [(one, beside) for one, beside in zip(ours, theirs, strict=True) if known(one) or known(beside)]
    if not pairs:
        states.empty(f"{heads[0]}和{heads[1]}都没有可对照的数据。", "换一个报告期或另一家")
        return
    frame = pd.DataFrame([line(one, beside) for one, beside in pairs])
    tables.sheet(
        frame,
        {
            "name": tables.text("指标", width="medium"),
            "ours": tables.text(heads[0], alignment="right"),
            "theirs": tables.text(heads[1], alignment="right"),
            "gap": tables.text("相差", alignment="right"),
            "rate": tables.text("前者较后者", alignment="right"),
        },
        key=f"beside-{scope}",
        about=f"{names[entity]}对照：{heads[0]}与{heads[1]}",
        height=tables.tall(len(frame), 20),
        indicators=codes,
        behind=Behind(view, lambda row: both(view, row["code"], scope, entity, place)),
    )
    if other in others:
        course(view, scope, entity, heads, ours, theirs)


def both(view: View, code: str, scope: str, entity: str, other: Mapping[str, str]) -> Ways:
    """The ways behind one figure, and behind the one that stands beside it."""
    ours = behind_figure(view, code, scope, entity)
    beside = behind_figure(view, code, scope, other["entity"], period=other["period"])
    return [*ours, *((way, f"对照：{words}") for way, words in beside)]


def known(headline: Headline) -> bool:
    """Whether there is a figure, told or withheld."""
    return headline.withheld or headline.value is not None


def said(view: View, period: str) -> str:
    """`2025年10月（上年同期）`."""
    told = {previous(view.period): "（上月）", previous(view.period, 12): "（上年同期）"}
    return month_name(period) + told.get(period, "")


def line(ours: Headline, theirs: Headline) -> dict[str, str]:
    """One indicator: both figures, their difference in the unit, and in percent where that means something."""
    declared = indicator(ours.indicator)
    how = measure(declared.unit, ours.scope, declared.decimals)
    told = [WITHHELD if one.withheld else shown(one.value, how) for one in (ours, theirs)]
    return {
        "code": declared.code,
        "name": f"{declared.name}({how.unit})",
        "ours": told[0],
        "theirs": told[1],
        "gap": difference(ours.value, theirs.value, how) or NO_VALUE,
        "rate": (None if how.rate else growth(ours.value, theirs.value)) or NO_VALUE,
    }


def course(
    view: View,
    scope: str,
    entity: str,
    heads: tuple[str, str],
    ours: Sequence[Headline],
    theirs: Sequence[Headline],
) -> None:
    """One indicator of both over time, with what is annotated on the first."""
    drawn = {one.indicator: (one, beside) for one, beside in zip(ours, theirs, strict=True) if one.trend}
    if not drawn:
        return
    code = st.selectbox(
        "走势指标", **kept(COURSE_OF, list(drawn)), format_func=lambda code: indicator(code).name, width=360
    )
    one, beside = drawn[code]
    how = measure(indicator(code).unit, scope, indicator(code).decimals)
    periods = sorted({period for period, _ in (*one.trend, *beside.trend)})
    levels = [{period: scaled(value, how) for period, value in member.trend} for member in (one, beside)]
    lines = {head: [level.get(period) for period in periods] for head, level in zip(heads, levels, strict=True)}
    figure = charts.line_chart(periods, lines, how.decimals, how.unit, height=280)
    gap = difference(one.value, beside.value, how)
    name = indicator(code).name
    title = f"{heads[0]}{name}{higher(one, beside)}" + (f"，相差{gap.lstrip('+−')}" if gap else "")
    frame = pd.DataFrame({"period": periods, "ours": lines[heads[0]], "theirs": lines[heads[1]]})
    annotated.draw(
        view, figure, {code: levels[0]}, scope, entity, title,
        f"{name}，{how.unit}；蓝线为{heads[0]}，灰线为{heads[1]}",
        frame.astype({"ours": float, "theirs": float}),
        {"period": tables.text("报告期"), "ours": tables.money(heads[0], how), "theirs": tables.money(heads[1], how)},
        key=f"beside-{scope}",
    )  # fmt: skip


def higher(ours: Headline, theirs: Headline) -> str:
    """`高于对照方`, in words that follow from the figures."""
    if is_absent(ours.value) or is_absent(theirs.value):
        return "与对照方比较：本期缺一方数据"
    if ours.value == theirs.value:
        return "与对照方持平"
    return "高于对照方" if ours.value > theirs.value else "低于对照方"
