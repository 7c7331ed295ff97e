"""The meeting's page (会商一页纸): what changed, what is to be decided, what became of the last meeting; one page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from briefing.issue.compose import issue_of
from briefing.issue.content import Cell, Column, Document, Note, Number, Table
from briefing.issue.source import Source
from briefing.issue.subject import MONEY, POINTS, RATE
from contract.console.program import later
from contract.wording import NO_VALUE, chinese_day, exact, growth_rate, month_name, yi
from metrics.indicators.catalogue import indicator
from metrics.queries.work.agenda import CHANGED, LAST_TIME, THIS_TIME, TO_DECIDE, Agenda, Point

TITLE = "知识产权金融试点会商材料（{month}）"
FIGURES = "指标"
# The most rows of each section; fewer where the page has no room for them. What is left out is counted below.
ROOM = {CHANGED: 5, TO_DECIDE: 7, LAST_TIME: 5, THIS_TIME: 3}
LOW = 10  # pixels an inch, enough to count pages
pages = later("briefing.paper.pdf:pages")  # what sets a page is loaded where one is fitted
# Left free: programs that open the page as Word set some lines wider and higher.
SPARE = (Note("余地"),) * 6
HEADINGS = {CHANGED: "主要变化", TO_DECIDE: "提请研究事项", LAST_TIME: "上次会商落实情况", THIS_TIME: "本次会商结论"}
PERIOD, DAY = re.compile(r"\d{4}-\d{2}"), re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_WORDS = 34  # characters of what is to be done, in one row


def meeting_page(source: Source, agenda: Agenda) -> Document:
    """The page of a period from the agenda: as many rows of each section as fit, and no empty section."""
    for cut in range(max(ROOM.values())):
        document = _page(source, agenda, {name: max(1, room - cut) for name, room in ROOM.items()})
        if len(pages(replace(document, sections=(*document.sections, *SPARE)), LOW)) == 1:
            break
    return document


def _page(source: Source, agenda: Agenda, room: Mapping[str, int]) -> Document:
    tables = tuple(table for name in ROOM for table in _tables(agenda, name, room[name]))
    title = TITLE.format(month=month_name(source.period))
    return replace(issue_of(source, (), tables, title, "会商材料"), sections=tables, annexes=(), pages=1)


def _tables(agenda: Agenda, name: str, room: int) -> tuple[Table, ...]:
    points = agenda.of(name)
    figures = [point for point in points if point.kind == FIGURES]
    others = [point for point in points if point.kind != FIGURES]
    tables = (_figures(agenda, figures),) if figures else ()
    return (*tables, _points(name, others, room)) if others else tables


def _figures(agenda: Agenda, points: list[Point]) -> Table:
    columns = (
        Column("指标", 9, numeric=False),
        Column("单位", 3.4, numeric=False),
        Column(month_name(agenda.since), 5),
        Column(month_name(agenda.period), 5),
        Column("变动", 5),
        Column("增速（%）", 5),
    )
    return Table("会商指标", f"{month_name(agenda.since)}以来的变化", columns, tuple(map(_figure, points)))


def _figure(point: Point) -> tuple[Cell, ...]:
    declared = indicator(point.indicator)
    money = declared.unit == MONEY and declared.kind == "plain"
    places = 2 if money else declared.decimals
    before, now = (
        None if value is None else yi(exact(value)) if money else exact(value) for value in (point.before, point.now)
    )
    moved: Cell = NO_VALUE if None in (before, now) else Number(now - before, places, signed=True)
    rate = None if declared.unit in (RATE, POINTS) else growth_rate(now, before)
    grown: Cell = NO_VALUE if rate is None else Number(rate, 1, signed=True, growth=True)
    shown = tuple(NO_VALUE if value is None else Number(value, places) for value in (before, now))
    return (declared.name, "亿元" if money else declared.unit, *shown, moved, grown)


def _points(name: str, points: list[Point], room: int) -> Table:
    columns = (
        Column("类别", 5, numeric=False),
        Column("对象", 8, numeric=False, whole=True),
        Column("事项", 16, numeric=False),
        Column("责任人", 6, numeric=False),
        Column("期限", 7, numeric=False, whole=True),
        Column("情况", 6, numeric=False),
    )
    shown = points[:room]
    rest = len(points) - len(shown)
    rows = tuple(
        (point.kind, _about(point.subject), _short(point.what), point.owner or NO_VALUE,
         chinese_day(point.due) or NO_VALUE, point.state or NO_VALUE)
        for point in shown
    )  # fmt: skip
    notes = (f"另有{rest}项，见会商页。",) if rest else ()
    told = [at for at in range(len(columns)) if any(row[at] != NO_VALUE for row in rows)]
    kept = tuple(tuple(row[at] for at in told) for row in rows)
    return Table(f"会商{name}", HEADINGS[name], tuple(columns[at] for at in told), kept, notes)


def _about(subject: str) -> str:
    """What a point is about: a period and a day as they are read, else its name."""
    if PERIOD.fullmatch(subject):
        return month_name(subject)
    return chinese_day(date.fromisoformat(subject)) if DAY.fullmatch(subject) else subject


def _short(text: str) -> str:
    return text if len(text) <= MOST_WORDS else f"{text[: MOST_WORDS - 1]}…"
