"""What a task's own records show, section by section as declared; what is not there or not open is said at the end."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from contract.errors import AccessDenied
from metrics.queries.tasks.declared import QUERIES, Section, TaskPage
from metrics.queries.tasks.reach import Subject
from pages.shared.row_views import seen
from pages.shell import states
from pages.shell.data import read
from pages.shell.plain import plain
from pages.shell.view import View
from pages.tasks.forms import FORMS
from pages.tasks.record import Record

ACROSS = 2  # charts in a row
LIST = "list"  # the form of what is no chart


@dataclass(frozen=True)
class Found:
    """The sections with rows, the titles of those without, and of those that are not open to the viewer."""

    shown: list[Record]
    empty: list[str]
    closed: list[str]


def charts(view: View, task: TaskPage, subject: Subject) -> None:
    """What is drawn, two side by side; what shows single members takes the whole width."""
    found = asked(view, task, subject, lists=False)
    waiting: list[Record] = []
    for record in [*found.shown, None]:
        if record is None or record.section.listed or len(waiting) == ACROSS:
            side_by_side(waiting)
            waiting = []
        if record is not None and record.section.listed:
            draw(record)
        elif record is not None:
            waiting.append(record)
    notes(view, subject, found)


def lists(view: View, task: TaskPage, subject: Subject) -> None:
    """Lists of members, cases and products, one below the other."""
    found = asked(view, task, subject, lists=True)
    for record in found.shown:
        draw(record)
    notes(view, subject, found)


def asked(view: View, task: TaskPage, subject: Subject, lists: bool) -> Found:
    """What the queries of the sections give this viewer."""
    found = Found([], [], [])
    for section in task.sections:
        if (section.form == LIST) != lists:
            continue
        try:
            frame = rows_of(view, section, subject)
        except AccessDenied:
            found.closed.append(section.title)
            continue
        if len(frame):
            place = {"period": view.period, "scope": subject.scope, "entity": subject.entity}
            seen(view, section.query, place, len(frame), section.level, section.area)
        if frame.empty:
            found.empty.append(section.title)
        else:
            found.shown.append(Record(view, subject, section, frame))
    return found


def notes(view: View, subject: Subject, found: Found) -> None:
    """What is not there, and what is not open to the viewer."""
    if not found.shown:
        states.empty(f"{subject.name}本期没有这部分内容可供查看。", "换一个查看对象或报告期", title="没有记录")
    if found.empty:
        st.caption(plain(subject.name) + f"本期没有：{'、'.join(found.empty)}。")
    if found.closed:
        st.caption(f"不在{view.viewer.role_name}对该对象的查看范围：{'、'.join(found.closed)}。")


def rows_of(view: View, section: Section, subject: Subject) -> pd.DataFrame:
    place = {"period": view.period, "scope": subject.scope, "entity": subject.entity}
    return read(view, QUERIES[section.query], **place, **section.arguments)


def side_by_side(records: list[Record]) -> None:
    if records:
        for place, record in zip(st.columns(ACROSS), records, strict=False):
            with place:
                draw(record)


def draw(record: Record) -> None:
    with st.container(border=True, key=f"record-{record.key}", height="stretch"):
        FORMS[record.section.form](record)
