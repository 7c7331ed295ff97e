"""The month's calendar as a strip: each step with its days, and whether it is done, due, overdue or not on record."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from contract.viewer import may_see
from contract.wording import month_name
from metrics.queries.work.month import DONE, OVERDUE, STATES, MonthStep, month
from pages.shared import tables
from pages.shell.data import read_now
from pages.shell.view import View


def strip(view: View) -> None:
    """The steps for the period that is shown, for who has a part in them."""
    if not may_see(view.viewer, "calendar"):
        return
    cells = "".join(map(_cell, read_now(view, month, period=view.period)))
    name = f'<div class="month-name"><span>{month_name(view.period)}</span> <span>工作月历</span></div>'
    st.html(f'<section class="month" aria-label="工作月历">{name}<ol>{cells}</ol></section>')


def _cell(one: MonthStep) -> str:
    """Name, days, state and what it rests on."""
    days = _day(one.last) if one.first in (None, one.last) else f"{_day(one.first)}至{_day(one.last)}"
    before = "至" if one.first is None else ""
    done = f"{_day(one.done_on)}完成" if one.state == DONE and one.done_on else ""
    said = "，".join(text for text in (done, one.note) if text and text != STATES[one.state])
    note = f"<small>{escape(said)}</small>" if said else ""
    late = " month-late" if one.state == OVERDUE else ""
    return (
        f'<li class="month-step{late}"><b>{escape(one.step.name)}</b><span>{before}{days}</span>'
        f"{tables.tag(one.state, STATES)}{note}</li>"
    )


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
