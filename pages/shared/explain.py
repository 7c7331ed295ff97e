"""The explanation that every figure opens: what it means, how it is worked out, what it was, whence it comes."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from contract.declarations import code_lists, districts
from contract.errors import AccessDenied
from contract.viewer import may_see
from contract.wording import month_name
from metrics.explaining.explanation import Explanation, Restated
from metrics.indicators.catalogue import Indicator, catalogue, indicator
from metrics.queries.figures.comparison import peers
from metrics.queries.figures.explanation import explanation
from metrics.queries.figures.values import Headline, headlines
from pages.shared import tables, wording
from pages.shared.explained_terms import (
    added_up,
    amount,
    in_words,
    level_of_rows,
    member_names,
    show_term,
    unit_of_part,
)
from pages.shared.format import WITHHELD, Measure, measure, number, with_unit
from pages.shared.row_views import rows_behind, seen
from pages.shell import url
from pages.shell.data import read
from pages.shell.links import link, links
from pages.shell.moments import day, minute
from pages.shell.plain import plain, refused
from pages.shell.selecting import EXPLAINED
from pages.shell.selections import Dictionary
from pages.shell.task_links import task_link
from pages.shell.view import View

ADDED_UP = "下列各行的合计或个数"  # of a figure that is a sum itself


def anchor(view: View, code: str, scope: str, entity: str) -> str:
    """口径: a link that opens the explanation of one figure over the page, in HTML of our own.

    The page's script (`address.js`) lets the rest of the address as it is.
    """
    asked = urlencode({"period": view.period, EXPLAINED: f"{code}-{scope}-{entity}"})
    name = escape(f"{indicator(code).name}：口径")
    return f'<a class="way explains" data-within href="?{escape(asked)}" target="_self" aria-label="{name}">口径</a>'


def open_asked(view: View) -> None:
    """The explanation that the address asks for, over the page; nothing where it names no figure that there is."""
    code, _, whose = url.asked(EXPLAINED).partition("-")
    scope, _, entity = whose.partition("-")
    if view.snapshot and code in catalogue() and scope in indicator(code).scopes:
        panel(view, code, scope, entity)


def close() -> None:
    """The address without it, so that it stays closed."""
    url.keep(EXPLAINED, "")


@st.dialog("这个数是怎么来的", width="large", on_dismiss=close)
def panel(view: View, code: str, scope: str, entity: str) -> None:
    """The explanation, worked out only when it is opened, and the way to its own address."""
    told(view, code, scope, entity)
    task_link(view, code)
    link(view, Dictionary(code=code, of=f"{scope}-{entity}"), "在指标字典中查看")


def told(view: View, code: str, scope: str, entity: str, *, defined: bool = False) -> None:
    """What a figure is, how it comes about, where it stands in the files. `defined`: what it means stands above."""
    declared = indicator(code)
    how = measure(declared.unit, scope, declared.decimals)
    whose = whose_figure(view, scope, entity)
    st.subheader(plain(f"{declared.name}　{whose}　{month_name(view.period)}"))
    if not defined:
        st.text(declared.definition)
    try:
        answer = read(view, explanation, period=view.period, code=code, scope=scope, entity=entity)
    except AccessDenied as refusal:
        st.warning(refused(refusal), icon=":material/block:")
        return
    (headline,) = read(view, headlines, period=view.period, indicators=(code,), scope=scope, entity=entity)
    facts(view, declared, how, headline, answer)
    if answer is None:
        st.info(f"{month_name(view.period)}没有该数据。")
    elif answer.absence:
        st.info(plain(f"{month_name(view.period)}没有该数据。{answer.absence.words}。"))
        show_sources(view, answer)
    else:
        place_among_peers(view, code, scope, entity)
        told = sum(len(term.rows) for term in answer.terms)
        if told:
            asked = {"period": view.period, "indicator": code, "scope": scope, "entity": entity}
            seen(view, "figure", asked, told, level_of_rows(answer.terms), "rows")
        for position, term in enumerate(answer.terms):
            show_term(view, term, position, alone=len(answer.terms) == 1)
        show_sources(view, answer)
        to_rows(view, declared, scope, entity)


def whose_figure(view: View, scope: str, entity: str) -> str:
    """Whom a figure is of, by name."""
    if scope == "city":
        return "试点合计"
    if scope == "district" and entity in districts():
        return districts()[entity].short_name
    groups = {"bank_type": code_lists()["peer_group"], "ip": wording.rights()}
    return groups.get(scope, member_names(view)).get(entity, entity)


def facts(view: View, declared: Indicator, how: Measure, headline: Headline, answer: Explanation | None) -> None:
    """The figure, what it was, part and whole, in a table."""
    lines = [
        ("本期", with_unit(headline.value, how)),
        ("上月", with_unit(headline.last_month, how)),
        ("上年同期", with_unit(headline.last_year, how)),
    ]
    if answer is not None and answer.part is not None and declared.has_whole:
        lines += [(term.role, f"{term.relation.title}，{amount(term, in_words(term)[1])}") for term in answer.terms]
    if answer is not None and answer.beside is not None:
        lines.append((f"并看：{indicator(declared.beside).name}", with_unit(answer.beside, how)))
    if answer is not None and answer.restated is not None:
        lines.append(("更正", changed_by_correction(answer, answer.restated, how, member_names(view))))
    lines += [
        ("算法", declared.formula if declared.has_whole or declared.kind == "difference" else ADDED_UP),
        ("方向", wording.DIRECTIONS[declared.better]),
        ("对应任务", declared.clause),
        ("指标代码", declared.code),
        ("数据版本", f"第{view.snapshot.number}版，{minute(view.snapshot.built_at)}发布"),
    ]
    tables.facts(dict(lines))


def changed_by_correction(
    answer: Explanation, before: Restated, how: Measure, names: Mapping[str, str] = MappingProxyType({})
) -> str:
    """What the figure was as first accepted, and which later versions changed it, as far as the viewer may know."""
    if before.withheld and before.part is None and before.value is None:
        change = f"曾因更正变动：原值{WITHHELD}"
    elif before.value is None and answer.value is None:
        unit = unit_of_part(answer.indicator)
        change = f"曾因更正变动：分子由{added_up(before.part, unit)}改为{added_up(answer.part, unit)}"
    else:
        change = f"曾因更正变动：由{with_unit(before.value, how)}改为{with_unit(answer.value, how)}"
    by = "；".join(
        f"{names.get(source.submitter, source.submitter)} {month_name(source.period)}第{source.version}版，"
        f"{day(source.received_at)}收到"
        for source in before.corrections
    )
    return f"{change}（{by}）" if by else change


def place_among_peers(view: View, code: str, scope: str, entity: str) -> None:
    """Rank and percentile, for members."""
    if scope not in ("bank", "district") or not may_see(view.viewer, "peers"):
        return
    places = read(view, peers, period=view.period, indicators=(code,), scope=scope, entity=entity)
    if places.empty or not places["ranked"].iat[0]:
        return
    row = places.iloc[0]
    among_all = among("全部", row.peers, row["rank"], row.percentile, row.range_only)
    in_group = among("同组", row.group_peers, row.group_rank, row.group_percentile, row.group_range_only)
    st.text(f"{among_all}；{in_group}。")


def among(who: str, others: int, rank: int, percentile: float, range_only: bool) -> str:
    """The place among some peers in words; none where they are too few."""
    if range_only:
        return f"{who}{others}家，家数过少，不列名次"
    return f"{who}{others}家中列第{rank}位，百分位{number(percentile, 1)}"


def to_rows(view: View, declared: Indicator, scope: str, entity: str) -> None:
    """The ways to the rows that the figure is made of, as far as the viewer may see them."""
    links(view, *rows_behind(view, declared, scope, entity))


def show_sources(view: View, answer: Explanation) -> None:
    """The submissions that the figure comes from."""
    if not answer.sources:
        return
    with st.expander(f"来自{len(answer.sources)}份报送"):
        frame = pd.DataFrame([vars(source) for source in answer.sources])
        frame["verdict"] = frame["verdict"].map(wording.VERDICTS)
        names = member_names(view)
        frame["name"] = [names.get(code, code) for code in frame["submitter"]]
        frame["period"] = frame["period"].map(month_name)
        tables.sheet(
            frame,
            {
                "name": tables.text("报送单位"),
                "period": tables.text("报送期"),
                "version": tables.figure("版本"),
                "file_name": tables.text("文件"),
                "received_at": st.column_config.DatetimeColumn("收到时间", format="YYYY-MM-DD HH:mm"),
                "verdict": tables.text("状态"),
            },
            key="sources",
            about="数据来源",
            export=False,
        )
