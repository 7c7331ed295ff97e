"""A task's indicators for one subject: the foremost as cards, all in a table with target, changes and course."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from contract.wording import NO_VALUE
from metrics.indicators.catalogue import indicator
from metrics.queries.figures.values import Headline
from metrics.queries.tasks.declared import TaskPage
from metrics.queries.tasks.figures import FULL_MARK, TARGET, Aim, TaskFigure, task_figures
from metrics.queries.tasks.reach import EVERYONE, Subject
from pages.shared import cards, explain, sheets
from pages.shared.behind.figures import explained
from pages.shared.format import WITHHELD, Measure, change, difference, measured, with_unit
from pages.shell.data import read
from pages.shell.links import anchor
from pages.shell.plain import plain
from pages.shell.view import View

NAME, COURSE = "指标", "近24期走势"
MET = {True: "已达到", False: "未达到", None: NO_VALUE}
NO_AIM = "未设目标"


def figures_of(view: View, task: TaskPage, subject: Subject) -> tuple[TaskFigure, ...]:
    codes = tuple(one.code for one in task.indicators)
    return read(view, task_figures, period=view.period, indicators=codes, scope=subject.scope, entity=subject.entity)


def how_of(figure: Headline) -> Measure:
    return measured(indicator(figure.indicator), figure.scope)


def lead(view: View, task: TaskPage, subject: Subject) -> None:
    """The foremost indicators, each with what it aims at and its explanation."""
    by_code = {one.figure.indicator: one for one in figures_of(view, task, subject)}
    cards.row(
        cards.card(
            explain.anchor(view, code, shown.figure.scope, shown.figure.entity),
            cards.figure_html(shown.figure),
            aim_html(shown, subject),
        )
        for code in task.lead
        for shown in (by_code[code],)
    )


def aim_html(shown: TaskFigure, subject: Subject) -> str:
    """`目标 100.0% 未达到` below a card; that the figure is the city's, where the subject has none."""
    said = [aim_words(shown.aim, how_of(shown.figure))] if shown.aim else []
    said += [EVERYONE] if shown.figure.scope != subject.scope else []
    return f'<div class="card-aim">{escape("　".join(said) or NO_AIM)}</div>'


def aim_words(aim: Aim, how: Measure) -> str:
    result = "" if aim.met is None else f" {MET[aim.met]}"
    return f"{aim.name} {with_unit(aim.level, how)}{result}"


def table(view: View, task: TaskPage, subject: Subject) -> None:
    """A row an indicator; beside a member's own figure the city's."""
    st.header("全部指标")
    found = figures_of(view, task, subject)
    found = sorted(found, key=lambda one: one.figure.scope != subject.scope)  # those that the subject has come first
    lines = [line(view, one, subject) for one in found]
    heads = [head for head in lines[0] if any(cells[head] not in ("", NO_VALUE) for cells in lines)]
    right = [place for place, head in enumerate(heads) if head not in (NAME, COURSE)]
    rows = [[cells[head] for head in heads] for cells in lines]
    st.html(f'<div class="scroll">{sheets.sheet(heads, rows, figures=right, style="task")}</div>')
    st.caption(plain(notes(found, subject)))


def line(view: View, shown: TaskFigure, subject: Subject) -> dict[str, str]:
    """One indicator's cells, as HTML, by the heads of their columns; columns that nobody has anything in fall away."""
    figure, aim, how = shown.figure, shown.aim, how_of(shown.figure)
    has_own = figure.scope == subject.scope  # else the city's figure stands in the city's column alone
    last_month = None if figure.cumulative else figure.last_month
    own = {
        "本期": WITHHELD if figure.withheld else with_unit(figure.value, how),
        "差距": difference(figure.value, aim.level, how) if aim else None,
        "结果": MET[aim.met] if aim else None,
        "环比": change(figure.value, last_month, how),
        "同比": change(figure.value, figure.last_year, how),
    }
    told = {head: escape(said or NO_VALUE) if has_own else NO_VALUE for head, said in own.items()}
    if aim is None:  # said once, under the aim itself
        told |= dict.fromkeys(("差距", "结果"), "")
    city = shown.city or figure
    way = explained(figure.indicator, figure.scope, figure.entity)
    beside = WITHHELD if city.withheld else with_unit(city.value, how_of(city))
    return {
        NAME: f"<b>{anchor(view, way, indicator(figure.indicator).name)}</b>",
        "本期": told["本期"],
        "目标或参照": aim_html_short(aim, how),
        **{head: told[head] for head in ("差距", "结果", "环比", "同比")},
        EVERYONE: "" if subject.scope == "city" else escape(beside),
        COURSE: cards.spark(figure) if has_own else "",
    }


def aim_html_short(aim: Aim | None, how: Measure) -> str:
    """The level, and what it is where it is no target."""
    if aim is None:
        return f"<small>{NO_AIM}</small>"
    name = "" if aim.name == TARGET else f"<small>{escape(aim.name)}</small>"
    return f"{name}{escape(with_unit(aim.level, how))}"


def notes(figures: Sequence[TaskFigure], subject: Subject) -> str:
    """What the marks of the table mean, and whose the targets are."""
    documents = sorted({one.aim.document_no for one in figures if one.aim and one.aim.document_no})
    said = ["累计类指标从年初起计，不列环比", f"“{NO_VALUE}”为没有可列、可比的数，原因点指标名称查看"]
    if any(one.aim and one.aim.name == FULL_MARK for one in figures):
        said.append("未设目标的，以评价满分线为参照")
    if documents:
        said.append(f"目标与参照依据：{'、'.join(documents)}")
    if subject.scope != "city":
        said.append("本对象没有的指标只列试点合计")
    return "；".join(said) + "。"
