"""The month's calendar as a strip: each step with its days, and whether it is done, due, overdue or not on record."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from contract.viewer import may_see
from contract.wording import month_name
from metrics.queries.work.month import DONE, OVERDUE, STATES, MonthStep, month
from pages.shared import wording
from pages.shell.data import read_now
from pages.shell.links import anchor
from pages.shell.selections import Filing, Meeting, Monthly, Selection, Warnings
from pages.shell.view import View

# Step → where it is done, or where what it waits for is listed; none where no page shows it.
WAYS: dict[str, Selection] = {
    "open": Filing(part="upload"),
    "file": Filing(),
    "remind": Filing(verdict="owing"),
    "verify": Filing(verdict="questions"),
    "meet": Meeting(),
    "evaluate": Warnings(part="ways", shown="proposal"),
    "brief": Monthly(),
}


def strip(view: View) -> None:
    """The steps for the period that is shown, for who has a part in them."""
    if not may_see(view.viewer, "calendar"):
        return
    cells = "".join(_cell(view, step) for step in read_now(view, month, period=view.period))
    name = f'<div class="month-name"><span>{month_name(view.period)}</span> <span>工作月历</span></div>'
    st.html(f'<section class="month" aria-label="工作月历">{name}<ol>{cells}</ol></section>')


def _cell(view: View, step: MonthStep) -> str:
    """Name, days, state and what it rests on."""
    days = _day(step.last) if step.first in (None, step.last) else f"{_day(step.first)}至{_day(step.last)}"
    before = "至" if step.first is None else ""
    done = f"{_day(step.done_on)}完成" if step.state == DONE and step.done_on else ""
    said = "，".join(text for text in (done, step.note) if text and text != STATES[step.state])
    note = f"<small>{escape(said)}</small>" if said else ""
    late = " month-late" if step.state == OVERDUE else ""
    way = WAYS.get(step.step.code)
    name = anchor(view, way, step.step.name) if way else escape(step.step.name)
    return (
        f'<li class="month-step{late}"><b>{name}</b><span>{before}{days}</span>'
        f"{wording.tag(step.state, STATES)}{note}</li>"
    )


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
