"""What a free table shows and how it is laid out: chosen on the page, kept in the URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from contract.wording import month_name
from metrics.indicators.catalogue import catalogue, indicator
from metrics.queries.figures.free_table import SCOPE_NAMES, Subject
from pages.results.free.arranged import DIMENSIONS
from pages.shared.in_url import kept, kept_several
from pages.shell.selections import FreeTable
from pages.shell.view import View

FIRST = ("G01", "G02", "G09")
ROWS, COLUMNS = ("indicator", "subject"), ("period",)
LEGEND = "—：没有数据；不适用：该指标不对此类对象计算；不披露：涉及的机构或企业不足3家。"
QUARTERS = 8
ALL = "all"
QUARTER_ENDS = ("03", "06", "09", "12")


@dataclass(frozen=True)
class Choice:
    """What stands in the table, by code, and the dimensions of its rows and columns."""

    indicators: tuple[str, ...]
    subjects: tuple[Subject, ...]
    periods: tuple[str, ...]
    moved: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]


def choose(view: View, known: Sequence[Subject]) -> Choice:
    """The choices, with what the URL says of them."""
    codes = [code for code, declared in catalogue().items() if {one.scope for one in known} & set(declared.scopes)]
    names = options(known)
    left, right = st.columns(2)
    indicators = left.multiselect(
        "指标",
        **kept_several("indicators", codes, FIRST),
        format_func=lambda code: f"{indicator(code).name}（{indicator(code).group}）",
    )
    first = [f"{view.viewer.own_scope}-{view.viewer.scope}", *list(names)[:1]]  # one's own, and the first there is
    subjects = right.multiselect("对象", **kept_several("subjects", list(names), first), format_func=names.get)
    left, middle, right, last = st.columns([2, 2, 3, 3])
    span = left.selectbox("期间", **kept("span", list(FreeTable.SPANS)), format_func=FreeTable.SPANS.get)
    moved = middle.selectbox("内容", **kept("moved", list(FreeTable.MOVED)), format_func=FreeTable.MOVED.get)
    rows = right.multiselect(
        "行（从外到内）", **kept_several("rows", list(DIMENSIONS), ROWS), format_func=DIMENSIONS.get
    )
    columns = last.multiselect(
        "列（从上到下）", **kept_several("columns", list(DIMENSIONS), COLUMNS), format_func=DIMENSIONS.get
    )
    periods = periods_of(span, view.period, view.periods)
    if span == "own":
        months = sorted(view.periods)
        periods = st.multiselect("自选期间", **kept_several("periods", months, (view.period,)))
    return Choice(tuple(indicators), chosen(known, subjects), tuple(sorted(periods)), moved, *laid(rows, columns))


def options(known: Sequence[Subject]) -> dict[str, str]:
    """Code → name of whom can be chosen: the city, all of a kind at once, each by itself."""
    kinds = [scope for scope in SCOPE_NAMES if sum(one.scope == scope for one in known) > 1]
    singles = {one.code: called(one) for one in known}
    city = {code: name for code, name in singles.items() if code.startswith("city-")}
    return city | {f"{scope}-{ALL}": f"全部{SCOPE_NAMES[scope]}" for scope in kinds} | singles


def chosen(known: Sequence[Subject], codes: Sequence[str]) -> tuple[Subject, ...]:
    """Whom the codes name, each once, in the order of the codes."""
    named = [one for code in codes for one in known if code in (one.code, f"{one.scope}-{ALL}")]
    return tuple(dict.fromkeys(named))


def called(subject: Subject) -> str:
    """`演示国有银行01（机构）`."""
    return subject.name if subject.scope == "city" else f"{subject.name}（{SCOPE_NAMES[subject.scope]}）"


def periods_of(span: str, period: str, known: Sequence[str]) -> list[str]:
    """The periods of a span up to one, of those that have figures, the earliest first."""
    upto = sorted(at for at in known if at <= period)
    if span == "quarters":
        return sorted({*[at for at in upto if at[5:] in QUARTER_ENDS][-QUARTERS:], period})
    if span == "years":
        return sorted({*[at for at in upto if at[5:] == "12"], period})
    return upto[-int(span) :] if span.isdecimal() else [period]


def laid(rows: Sequence[str], columns: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The dimensions of rows and columns, each dimension once: one that is named twice stands in the rows, one that is
    not named goes to the columns, and of no columns at all the last of the rows becomes one."""
    rows = tuple(rows)
    across = tuple(name for name in columns if name not in rows)
    across += tuple(name for name in DIMENSIONS if name not in (*rows, *across))
    if not across:
        rows, across = rows[:-1], rows[-1:]
    return rows, across


def names_of(choice: Choice, indicators: Mapping[str, str], periods: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Dimension → code → what it is called, in the order of the table."""
    return {
        "indicator": dict(indicators),
        "subject": {one.code: one.name for one in choice.subjects},
        "period": dict(periods),
    }


def said(choice: Choice) -> str:
    """`质押贷款余额等3项，试点合计等5个对象，2026年5月至2026年10月`: a table in a line."""
    first, last = choice.periods[0], choice.periods[-1]
    span = month_name(first) if first == last else f"{month_name(first)}至{month_name(last)}"
    return "，".join((
        _and_more(indicator(choice.indicators[0]).name, len(choice.indicators), "项"),
        _and_more(choice.subjects[0].name, len(choice.subjects), "个对象"),
        span,
    ))  # fmt: skip


def _and_more(first: str, count: int, unit: str) -> str:
    return first if count == 1 else f"{first}等{count}{unit}"
