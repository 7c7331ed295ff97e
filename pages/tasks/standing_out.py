"""Members that stand out in a task's foremost indicators, and why, in the declared words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from contract.wording import KINDS, MEASURES
from metrics.indicators.catalogue import indicator
from metrics.queries.tasks.declared import TaskPage
from metrics.queries.tasks.reach import Subject
from metrics.queries.tasks.standouts import Standout, declared_standouts, standouts
from pages.shared import sheets
from pages.shared.format import difference, measured, with_unit
from pages.shell import states
from pages.shell.data import once, read
from pages.shell.links import anchor
from pages.shell.selections import profile
from pages.shell.view import View

NAMES = {"good": "做得好的", "attention": "需要关注的"}


def section(view: View, task: TaskPage, subject: Subject) -> None:
    """A row a member, those with most to attend to first; of one member alone where the page is turned to it; nothing
    for who reads its own figures alone."""
    if view.viewer.own_scope:
        return
    st.header("突出的机构和地区")
    found = read(view, standouts, period=view.period, indicators=task.lead)
    if subject.scope in KINDS:
        found = found[(found["kind"] == subject.scope) & (found["entity"] == subject.entity)]
    if found.empty:
        states.empty(f"{subject.name}本期没有明显突出之处。", "各机构、各地区的数见“机构与地区”", title="无突出情况")
        return
    st.html(
        f'<div class="scroll">{sheets.sheet(["单位", *NAMES.values()], rows(view, found), style="standouts")}</div>'
    )
    leads = "、".join(indicator(code).name for code in task.lead)
    st.caption(f"比较的指标：{leads}。样本不足评价要求的不参与比较；并列的不称首末。")


@once
def rows(view: View, found: pd.DataFrame) -> list[list[str]]:
    """A line a member, with its reasons of each tone."""
    reasons = declared_standouts()
    members: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for row in found.itertuples():
        reason = reasons[row.standout]
        member = members.setdefault((row.kind, row.entity, row.name), {tone: [] for tone in NAMES})
        member[reason.tone].append(said(row, reason))
    most = sorted(sorted(members), key=lambda who: [-len(members[who][tone]) for tone in ("attention", "good")])
    return [
        [
            f"<b>{anchor(view, profile(kind, entity), name)}</b><small>{KINDS[kind]}</small>",
            *(listed(members[kind, entity, name][tone]) for tone in NAMES),
        ]
        for kind, entity, name in most
    ]


def listed(reasons: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    return f'<ul class="reasons">{items}</ul>' if items else ""


def said(row: object, reason: Standout) -> str:
    """The declared words with the member's figures put in."""
    declared = indicator(row.indicator)
    how = measured(declared, row.kind)
    return reason.words.format(
        name=declared.name,
        value=with_unit(row.value, how),
        change=difference(row.value, row.change_from, how),
        level=with_unit(row.level, how),
        peers=row.peers,
        unit=f"{MEASURES[row.kind]}{KINDS[row.kind].removeprefix('试点')}",
    )
