"""A member's own evaluation: its scorecard of a disclosed round, its place among peers, its objections."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from casework.rounds.objections import assess_by_form, object_to
from casework.rounds.steps import assessable, known_round
from contract.settings import home
from contract.wording import KINDS, MEASURES, NO_VALUE, month_name
from ledger.rounds import Round
from metrics.queries.evaluation.rounds import disclosed_rounds, round_state, score_uses
from metrics.queries.evaluation.scorecard import ranking, scorecard, spread
from pages.shared import acts, forms
from pages.shared.counts import Count, count, strip
from pages.shared.format import is_absent, number
from pages.shared.in_url import kept
from pages.shared.sheets import sheet
from pages.shell import states
from pages.shell.data import read
from pages.shell.moments import day
from pages.shell.plain import plain
from pages.shell.view import View
from pages.supervision.evaluation.rounds import answer_words
from pages.supervision.evaluation.scorecard import card

ROUND = "round"
OBJECTION = "objection"
OBJECTIONS = ("编号", "评分项", "理由", "登记日期", "答复")


def own_scores(view: View) -> None:
    """The page of a viewer that is held to one member."""
    acts.said(view.viewer)
    for period in assessable(view.viewer, home()):
        _assessing(view, period)
    disclosed = read(view, disclosed_rounds)
    if not disclosed:
        states.empty(
            "监测分和未公布的轮次只供监管局掌握；轮次进入“反馈异议”后向本单位开放评分表。",
            "轮次开放后，此处显示本单位的评分表，并可按评分项提出异议",
            title="暂无向本单位开放的评价轮次",
        )
        return
    default = view.period if view.period in disclosed else None
    chosen = st.selectbox("评价轮次", **kept(ROUND, disclosed, default), format_func=month_name)
    of_round = replace(view, period=chosen)
    state = read(of_round, round_state, period=chosen)
    st.caption(f"本轮次自{day(state.since)}起处于“{state.step.name}”，得分冻结至数据版本第{state.frozen}版。")
    kind = view.viewer.own_scope
    row = read(of_round, ranking, period=chosen, kind=kind).iloc[0]
    _place(of_round, row, kind)
    for used in read(of_round, score_uses, period=chosen).to_dict("records"):
        st.caption(plain(f"结果运用：{used['name']}（{used['document_no']}，{day(used['used_on'])}）"))
    card(of_round, row)
    round_ = known_round(view.viewer, home(), chosen)
    if round_:
        _objections(of_round, round_)


def _place(view: View, row: pd.Series, kind: str) -> None:
    """Total and place among all; how the peers lie, without a name."""
    peers = read(view, spread, period=view.period, kind=kind)
    place = NO_VALUE if is_absent(row["rank"]) else f"{number(row['rank'])}/{number(row['peers'])}"
    points = [
        Count(name, number(value, 2), "" if is_absent(value) else "分")
        for name, value in (
            ("本单位得分", row["total"]), ("同类中位数", peers.median), ("最高", peers.highest), ("最低", peers.lowest),
        )
    ]  # fmt: skip
    places = [Count("位次", place, ""), Count("百分位", number(row["percentile"], 1), "")]
    strip(KINDS[kind], "", [*points[:1], *places, count("已评", peers.scored, MEASURES[kind]), *points[1:]])


def _assessing(view: View, period: str) -> None:
    """The form for the list in which the member assesses itself."""
    round_ = known_round(view.viewer, home(), period)
    with st.container(border=True, key=f"assess-{period}"):
        filed = (
            f"已登记{number(len({assessment.item for assessment in round_.assessments}))}项，可再次提交更新。"
            if round_
            else ""
        )
        st.html(f'<h3 class="case">{month_name(period)}轮次自评</h3><p class="quiet">{filed}</p>')
        with st.form(f"assess-form-{period}", border=False):
            file = st.file_uploader("自评表（CSV或xlsx，表头：评分项、自评值、自评得分、说明）", type=["csv", "xlsx"])
            sent = st.form_submit_button("提交自评")
    if sent and file is None:
        st.error("请选择自评表")
    elif sent:
        acts.do(
            lambda: assess_by_form(home(), period, view.viewer.scope, forms.handed_in(file), view.viewer),
            lambda items: f"已登记{month_name(period)}轮次自评{items}项",
        )


def _objections(view: View, round_: Round) -> None:
    """What the member objected to, with the answers; and the form for one more while that is open."""
    items = read(view, scorecard, period=view.period, subject=view.viewer.scope)
    names = dict(zip(items["item"], items["name"], strict=True))
    st.subheader("异议")
    rows = [
        (
            *map(
                escape,
                (objection.number, names.get(objection.item, objection.item), objection.reason, day(objection.on)),
            ),
            answer_words(objection.ruling.outcome, objection.ruling.reason) if objection.ruling else "待答复",
        )
        for objection in round_.objections
    ]
    if rows:
        st.html(f'<div class="scroll">{sheet(OBJECTIONS, rows, style="objections")}</div>')
    if round_.is_final:
        st.caption("本轮次已经定评，不再受理异议。")
        return
    turn = acts.turn(OBJECTION)
    with st.form(f"{OBJECTION}-{turn}"):
        item = st.selectbox("评分项", list(names), format_func=names.get)
        reason = st.text_area("理由", height=84, key=f"{OBJECTION}-reason-{turn}")
        file = st.file_uploader("依据文件", key=f"{OBJECTION}-file-{turn}")
        sent = st.form_submit_button("提出异议")
    if sent and file is None:
        st.error("请附依据文件")
    elif sent:
        acts.do(
            lambda: object_to(home(), view.period, view.viewer.scope, item, reason, forms.handed_in(file), view.viewer),
            lambda objection: f"异议{objection.number}已登记，待答复",
            empties=OBJECTION,
        )
