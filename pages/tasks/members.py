"""One indicator of a task by bank, group of banks or district: bars with the lines of group and city, and a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from contract.wording import NO_VALUE, month_name
from metrics.indicators.catalogue import Indicator, indicator
from metrics.indicators.relations import CITY
from metrics.queries.tasks.declared import TaskPage
from metrics.queries.tasks.reach import EVERYONE, Subject
from metrics.queries.tasks.standing import standing, ways
from pages.shared import charts, explain, tables, wording
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind, offer
from pages.shared.drawing import Drawing
from pages.shared.export.exhibit import Exhibit
from pages.shared.format import Measure, exact, growth, is_absent, measured, number, scaled, signed, with_unit
from pages.shared.in_url import kept
from pages.shell import states
from pages.shell.data import read
from pages.shell.plain import plain
from pages.shell.view import View
from pages.tasks import whose
from pages.tasks.bars import many_bars
from pages.tasks.says import greatest

BY, INDICATOR = "by", "indicator"  # the choices in the URL
NAMES = {"bank": "按机构", "bank_type": "按机构类别", "district": "按地区"}
HEADS = {"bank": "机构", "bank_type": "机构类别", "district": "地区"}
MET = {True: "已达到", False: "未达到"}


def section(view: View, task: TaskPage, subject: Subject) -> None:
    """The choice of indicator and way, both in the URL; then what they give."""
    left, middle, right = st.columns([5, 4, 1], vertical_alignment="bottom")
    with left:
        codes = [one.code for one in task.indicators if ways(view.viewer, one.code)]
        if not codes:
            states.empty(
                f"“{task.title}”的指标没有可供{view.viewer.role_name}比较的机构或地区数据。", "这些指标的数见“进展”"
            )
            return
        kept_code = kept(INDICATOR, codes, next((code for code in task.lead if code in codes), None))
        code = st.selectbox("指标", **kept_code, format_func=lambda code: indicator(code).name)
    possible = ways(view.viewer, code)
    with middle:
        by = st.segmented_control("比较方式", **kept(BY, list(possible)), required=True, format_func=NAMES.get)
    with right:
        own = subject.scope in indicator(code).scopes
        scope, entity = (subject.scope, subject.entity) if own else ("city", CITY)
        st.html(explain.anchor(view, code, scope, entity))
    frame = read(view, standing, period=view.period, indicators=(code,), by=by)
    if frame["value"].isna().all():
        states.empty(
            f"{month_name(view.period)}没有{indicator(code).name}的数据，或涉及不足3家机构或企业，不予披露。",
            "在上面换一项指标或另一种比法",
            "在左侧换一个报告期",
        )
        return
    compared(view, indicator(code), by, frame, subject)


def compared(view: View, declared: Indicator, by: str, frame: pd.DataFrame, subject: Subject) -> None:
    """Chart and table side by side; a row chosen in the table turns the page to that member."""
    how = measured(declared, by)
    frame = table_of(frame, how)
    known = frame.dropna(subset=["value"])
    # Only of a ratio is the city's comparable with one member's.
    city = None if declared.kind == "plain" else scaled(known["city_value"].iat[0], how)
    left, right = st.columns([1, 2])
    with left, st.container(border=True, key="chart-members", height="stretch"):
        name, said = title(declared, known, how), about(declared, known, city, how)
        charts.heading(name, said)
        figure = bars(known, city, how, subject.name)
        onward = Behind(view, lambda row: behind_figure(view, declared.code, by, row["entity"], whose=row["name"]))
        picked = charts.plot(figure, name, said, key="members", **charts.CHOOSING)
        offer(onward, known, onward.of_mark(known, picked.selection.points), mark="一条")
        if by == view.viewer.own_scope:
            explain.place_among_peers(view, declared.code, by, view.viewer.scope)
    with right:
        told = {
            "key": f"members-{declared.code}-{by}-{subject.entity}",
            "about": f"{declared.name}{NAMES[by]}比较",
            "height": tables.tall(len(frame), 18),
        }
        alone, shown = by == view.viewer.own_scope, columns(frame, by, how)
        exhibit = Exhibit(name, frame, shown, said, figure, (declared.code,))
        chosen = (tables.sheet if alone else tables.pick)(frame, shown, **told, exhibit=exhibit)
        st.caption(plain(footnote(frame, alone)))
    if chosen is not None:
        whose.turn_to(by, chosen["entity"])


def table_of(frame: pd.DataFrame, how: Measure) -> pd.DataFrame:
    """The rows as chart and table show them: names, figures in their unit, changes signed."""
    return frame.assign(
        name=[wording.GROUPS.get(code, name) for code, name in zip(frame["entity"], frame["name"], strict=True)],
        group=frame["member_group"].map(wording.GROUPS).fillna(""),
        shown=[scaled(value, how) for value in frame["value"]],
        group_shown=[scaled(value, how) for value in frame["group_value"]],
        month=[moved(row.value, row.last_month, how) for row in frame.itertuples()],
        year=[moved(row.value, row.last_year, how) for row in frame.itertuples()],
        result=["" if is_absent(met) else MET[bool(met)] for met in frame["met"]],
    )


def is_difference(how: Measure) -> bool:
    """Whether a change is told as a difference, and not in percent: as a card shows it."""
    return how.rate or how.unit == "天"


def moved(value: float | None, base: float | None, how: Measure) -> str:
    """`+0.38`: the change in the unit that the head names."""
    if not is_difference(how):
        return (growth(value, base) or NO_VALUE).removesuffix("%")
    if is_absent(value) or is_absent(base):
        return NO_VALUE
    return signed(exact(value) - exact(base), how.decimals)


def columns(frame: pd.DataFrame, by: str, how: Measure) -> dict[str, object]:
    """The table's columns, without those that nothing is in."""
    unit = how.difference_unit if is_difference(how) else "%"
    return {
        **({"rank": tables.figure("名次", width=44)} if frame["rank"].notna().any() else {}),
        "name": tables.text(HEADS[by], width=130),
        **({"group": tables.text("组别", width=94)} if by != "bank_type" else {}),
        "shown": tables.money("本期", how, width=70),
        **({"group_shown": tables.money("同组", how, width=70)} if by == "bank" else {}),
        "month": tables.text(f"环比({unit})", alignment="right", width=104 if is_difference(how) else 76),
        "year": tables.text(f"同比({unit})", alignment="right", width=104 if is_difference(how) else 76),
        **({"result": tables.text("目标", width=58)} if frame["result"].any() else {}),
    }


def footnote(frame: pd.DataFrame, alone: bool) -> str:
    """What choosing a row does; who has no figure, and why."""
    absent = frame.loc[frame["value"].isna() & frame["listed"] & ~frame["withheld"], "name"].tolist()
    withheld = int(frame["withheld"].sum())
    said = [
        "同组、试点合计之外不列其他单位" if alone else "点选一行，本页转为该对象",
        f"{'、'.join(absent)}本期没有该数据" if absent else "",
        f"{withheld}个涉及不足3家机构或企业，不披露" if withheld else "",
        "浅色为非试点地区，不排名次" if not frame["listed"].all() and frame["rank"].notna().any() else "",
    ]
    return "；".join(filter(None, said)) + "。"


def title(declared: Indicator, known: pd.DataFrame, how: Measure) -> str:
    """Who is highest; of one's own alone, what it is."""
    if len(known) > 1:
        return greatest(declared.name, known, how)
    own = known.iloc[0]
    return f"{own['name']}{declared.name}{with_unit(own['value'], how)}"


def about(declared: Indicator, known: pd.DataFrame, city: float | None, how: Measure) -> str:
    said = [f"{declared.name}，{how.unit}"]
    if city is not None:
        said.append(f"虚线为{EVERYONE}{number(city, how.decimals)}{how.unit}")
    if known["group_value"].notna().any():
        said.append("竖短线为同组")
    return "；".join(said)


def bars(known: pd.DataFrame, city: float | None, how: Measure, subject: str) -> Drawing:
    """A bar each, the best first where there is one: the subject's in blue, those of other than pilots pale."""
    colours = [
        charts.BLUE if name == subject else charts.PALE if listed else charts.GRID
        for name, listed in zip(known["name"], known["listed"], strict=True)
    ]
    return many_bars(known["name"].tolist(), known["shown"].tolist(), how, colours, city, known["group_shown"].tolist())
