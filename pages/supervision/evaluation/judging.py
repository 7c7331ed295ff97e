"""What analysts judge beside the figures: initiatives recognised, qualitative items assessed, uses of results."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from casework.rounds import judgements
from casework.rounds.steps import HOLDS, use
from contract.calendar import periods_between
from contract.declarations import code_lists
from contract.round_steps import FINAL, uses
from contract.settings import home
from contract.viewer import may_see
from ledger.rounds import Round
from metrics.queries.evaluation.initiatives import initiatives
from metrics.queries.evaluation.scorecard import qualitative_items
from metrics.queries.members.roster import members
from pages.shared import forms, tables
from pages.shared.format import number
from pages.shell.data import read
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

LONGEST = 300
WHOLE_ROUND = ""
COLUMNS = {
    "short_name": tables.text("成员", width=125, pinned=True),
    "period": tables.text("报告期", width=80),
    "title": tables.text("创新举措", width=420),
    "theme": tables.text("任务", width=70),
    "state": tables.text("认可", width=190),
    "points": tables.figure("加分", 2, width=60),
}


def recognition(view: View) -> None:
    """The year's initiatives up to the period; the chosen one may be recognised, or that taken back."""
    if not may_see(view.viewer, judgements.AREA):
        return
    fold = st.expander("创新举措认可", icon=":material/lightbulb:", key="recognition-open", on_change="rerun")
    if not fold.open:
        return
    with fold:
        months = periods_between(f"{view.period[:4]}-01", view.period)
        reported = read(view, initiatives, periods=tuple(months))
        picked = tables.pick(
            reported.assign(
                state=[_state(row) for row in reported.to_dict("records")],
                theme=reported["theme"].map(code_lists()["theme"]),
            ),
            COLUMNS,
            key="initiatives",
            about="填报的创新举措",
            height=tables.tall(len(reported), 8),
        )
        if picked is None:
            st.caption("点选一行后认可或撤销。每项加几分、全年至多几分，见评价参数。")
        else:
            _recognise(view, picked)


def _state(row: dict) -> str:
    return f"{day(row['recognised_on'])} {person(row['recognised_by'])}认可" if row["recognised"] else "未认可"


def _recognise(view: View, picked: pd.Series) -> None:
    row = (picked["submitter"], picked["period"], picked["title"])
    key = f"{picked['submitter']}-{picked['period']}-{number(picked['row_no'])}"
    if picked["recognised"]:
        forms.behind_button(
            "撤销认可",
            ":material/undo:",
            f"revoke-{key}",
            (forms.text("撤销的理由", most=LONGEST),),
            lambda reason: judgements.revoke(home(), row, view.viewer, reason),
            lambda _: f"已撤销对“{row[2]}”的认可",
            send="撤销认可",
            publish_for=view.viewer,
        )
        return
    forms.behind_button(
        "认可",
        ":material/check:",
        f"recognise-{key}",
        (forms.text("理由（可不填）", most=LONGEST),),
        lambda reason: judgements.recognise(home(), view.viewer, row, view.viewer, reason),
        lambda _: f"已认可{picked['short_name']}的“{row[2]}”",
        send="认可",
        primary=True,
        publish_for=view.viewer,
    )


def assessment(view: View, subject: str, name: str) -> None:
    """The form that scores a qualitative item of a member's scorecard; nothing where the card has none."""
    items = read(view, qualitative_items, period=view.period, subject=subject)
    if not items or not may_see(view.viewer, judgements.AREA):
        return
    forms.behind_button(
        f"评定{name}的定性项",
        ":material/rate_review:",
        f"assess-{view.period}-{subject}",
        (
            forms.pick("定性项", items),
            forms.line("得分（0至100，至多2位小数）"),
            forms.text("评定理由", most=LONGEST),
            forms.file("依据文件"),
        ),
        lambda item, score, reason, paper: judgements.assess(
            home(), view.viewer, view.period, subject, item, score.strip(), reason, paper, view.viewer
        ),
        lambda given: f"已评定为{given:f}分",
        send="登记评定",
        publish_for=view.viewer,
    )


def used_for(view: View, round_: Round) -> None:
    """The form that records what a round's results were used for, once it is final."""
    if round_.signed_at(FINAL) is None or not may_see(view.viewer, HOLDS):
        return
    listed = read(view, members)
    whom = {WHOLE_ROUND: "整个轮次"} | dict(zip(listed["code"], listed["short_name"], strict=True))
    forms.behind_button(
        "登记结果运用",
        ":material/assignment_turned_in:",
        f"use-{round_.period}-{len(round_.uses)}",
        (
            forms.pick("结果运用", uses()),
            forms.pick("成员", whom),
            forms.line("文号", most=60),
            forms.day("日期", view.snapshot.now.date()),
            forms.line("说明（可不填）", most=LONGEST),
            forms.file("文件（可不附）", needed=False),
        ),
        lambda kind, subject, document_no, on, note, paper: use(
            home(), round_.period, kind, subject, document_no, view.viewer, on, note, paper
        ),
        lambda _: "结果运用已登记",
        publish_for=view.viewer,
    )
