"""An evaluation round for the Bureau: how far it is in one line, its next step, objections that wait for an answer."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from casework.rounds.assessment_form import parse_number
from casework.rounds.objections import answer as answer_objection
from casework.rounds.steps import known_round, take
from contract.calendar import is_quarter_end
from contract.round_steps import DOCUMENT_NO, FIGURES, steps
from contract.settings import home
from contract.viewer import may_see
from contract.wording import month_name
from ledger.people import same_person
from ledger.rounds import OUTCOMES, UPHELD, Objection, Round
from metrics.queries.evaluation.rounds import objections, score_uses
from metrics.queries.evaluation.scorecard import previous_round, scorecard
from metrics.queries.members.roster import members
from pages.shared import acts, downloads, forms, tables
from pages.shared.approval import left_to_another
from pages.shared.format import is_absent, number
from pages.shared.sheets import sheet
from pages.shell import sent
from pages.shell.data import read
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View
from pages.supervision.evaluation import judging

STEPS = {
    "name": tables.text("步骤", width=90),
    "on": st.column_config.DateColumn("日期", format="YYYY-MM-DD", width=100),
    "by": tables.text("经办人", width=110),
    "document_no": tables.text("文号", width=140),
    "note": tables.text("说明", width=260),
}
ANSWERED = ("编号", "成员", "评分项", "异议理由", "答复", "计算值", "更正值", "原总分", "更正后总分")
USED = {
    "name": tables.text("结果运用", width=110),
    "whom": tables.text("成员", width=125),
    "document_no": tables.text("文号", width=140),
    "used_on": st.column_config.DateColumn("日期", format="YYYY-MM-DD", width=100),
    "note": tables.text("说明", width=220),
}


def line(view: View) -> None:
    """The state of the round at or before the view's period; of the period's own, what may be done with it."""
    period = view.period if is_quarter_end(view.period) else previous_round(view.period)
    round_ = known_round(view.viewer, home(), period)
    acts.said(view.viewer)
    tag, said = _tag(round_), escape(_said(period, round_))
    st.html(f'<div class="standing"><span class="tag">{tag}</span><span>{said}</span></div>')
    if period != view.period:
        return
    with st.expander("轮次办理", icon=":material/edit_note:", key="round-open", on_change="rerun"):
        _next(view, round_ or Round(period))
        for objection in round_.unanswered if round_ else ():
            _objection(view, objection)
        if round_:
            _record(view, round_)


def _item_name(items: pd.DataFrame, item: str) -> str:
    return f"{items.at[item, 'name']}（{item}）" if item in items.index else item


def _counted(items: pd.DataFrame, item: str) -> str:
    """`现计值2.50，单项得分100.0`: what counts now."""
    if item not in items.index or is_absent(items.at[item, "item_score"]):
        return "现不适用"
    return f"现计值{number(items.at[item, 'value'], 2)}，单项得分{number(items.at[item, 'item_score'], 1)}"


def _record(view: View, round_: Round) -> None:
    """What has been done: the steps, the objections that were answered, what the results were used for."""
    steps_done = [
        {
            "name": signed.step.name,
            "on": signed.on,
            "by": person(signed.by),
            "document_no": signed.document_no,
            "note": signed.note,
        }
        for signed in round_.signed
    ]
    tables.sheet(pd.DataFrame(steps_done), STEPS, key=f"steps-{round_.period}", about="已办理的步骤")
    answered = read(view, objections, period=round_.period)
    answered = answered[answered["outcome"].notna()]
    if not answered.empty:
        numbers = {objection.id: objection.number for objection in round_.objections}
        lines = [_answered(view, row, numbers[row.objection_id]) for row in answered.itertuples()]
        st.html(f'<div class="scroll">{sheet(ANSWERED, lines, figures=(5, 6, 7, 8), style="objections")}</div>')
    used = read(view, score_uses, period=round_.period)
    if not used.empty:
        used = used.assign(whom=used["short_name"].fillna("整个轮次"))
        tables.sheet(used, USED, key=f"used-{round_.period}", about="结果运用")
    judging.used_for(view, round_)


def _answered(view: View, row: object, called: str) -> tuple[str, ...]:
    """An objection with its answer, in whole words, as cells of `ANSWERED`."""
    items = read(view, scorecard, period=row.period, subject=row.subject).set_index("item")
    whom = f'<span class="nowrap">{escape(row.short_name)}</span>'
    said = (escape(_item_name(items, row.item)), escape(row.reason))
    points = (number(value, 2) for value in (row.computed_value, row.value, row.computed_total, row.total))
    return (called, whom, *said, answer_words(row.outcome, row.answer), *points)


def answer_words(outcome: str, reason: str) -> str:
    """`成立：经核对属实`, in HTML."""
    return f"<b>{OUTCOMES[outcome]}</b>：{escape(reason)}"


def _tag(round_: Round | None) -> str:
    return escape(round_.signed[-1].step.name) if round_ else "未开启"


def _said(period: str, round_: Round | None) -> str:
    """`2026年9月轮次自2026-11-16起处于“初评”（甲办理），得分冻结至数据版本第2版；下一步反馈异议。`"""
    name = f"{month_name(period)}轮次"
    if round_ is None:
        return f"{name}尚未开启，得分随数据版本更新，只供监管局掌握。"
    last, frozen = round_.signed[-1], round_.freeze
    said = f"{name}自{day(last.on)}起处于“{last.step.name}”（{person(last.by)}办理）"
    said += f"，得分冻结至数据版本第{frozen.number}版" if frozen else "，得分随数据版本更新"
    said += f"，待答复异议{len(round_.unanswered)}件" if round_.unanswered else ""
    return said + (f"；下一步{round_.next_step.name}。" if round_.next_step else "；全部步骤已办结。")


def _next(view: View, round_: Round) -> None:
    """The form of the step that is to be taken next, for the roles that sign it."""
    step = round_.next_step
    if step is None:
        return
    if not may_see(view.viewer, step.area):
        st.caption(f"下一步“{step.name}”由复核人办理。")
        return
    earlier = round_.signed_at(step.not_by) if step.not_by else None
    if earlier and same_person(earlier.by, view.viewer.user):
        st.caption(f"“{steps()[step.not_by].name}”由本人办理，“{step.name}”须由另一人签署。")
        return
    with st.form(f"round-{round_.period}-{step.code}"):
        left, middle, right = st.columns([2, 3, 4])
        on = left.date_input("办理日期", value=view.snapshot.now.date(), format="YYYY-MM-DD")
        document_no = middle.text_input("文号" if DOCUMENT_NO in step.needs else "文号（可不填）")
        note = right.text_input("说明（可不填）")
        if FIGURES in step.needs:
            st.caption("办理后，本轮次的得分冻结至当前数据版本，此后补报、更正和参数调整均不再改变。")
        words = f"办理：{step.name}"
        pressed = st.form_submit_button(words, type="primary", on_click=sent.note, args=(words,))
    if pressed:
        sent.taken_up()
        facts = {"by": view.viewer, "on": on, "document_no": document_no, "note": note}
        acts.do(
            lambda: take(home(), round_.period, step, **facts),
            lambda _: f"{month_name(round_.period)}轮次已办理“{step.name}”",
            publish_for=view.viewer,
        )


def _objection(view: View, objection: Objection) -> None:
    """One objection with the form of its answer; not for who entered it."""
    items = read(view, scorecard, period=objection.period, subject=objection.subject).set_index("item")
    names = read(view, members, code=objection.subject)["short_name"]
    with st.container(border=True, key=f"objection-{objection.id}"):
        st.html(
            f'<h3 class="case">异议{objection.number}：{escape(names.iat[0])}（{escape(objection.subject)}）'
            f"{escape(_item_name(items, objection.item))}</h3>"
            f'<p class="case">{escape(objection.reason)}</p><p class="quiet">{_counted(items, objection.item)} · '
            f"{day(objection.on)} {escape(person(objection.by))}登记</p>"
        )
        downloads.papers(view, objection.id)
        if left_to_another(view, "答复", {"由本人登记": objection.by}):
            return
        with st.form(f"answer-{objection.id}", border=False):
            outcome = st.segmented_control(
                "答复", list(OUTCOMES), format_func=OUTCOMES.get, key=f"outcome-{objection.id}"
            )
            reason = st.text_input("理由", key=f"reason-{objection.id}")
            left, right = st.columns(2)
            value = left.text_input("更正后的值（成立时填）", key=f"value-{objection.id}")
            whole = right.text_input("更正后的分母（样本不足时填）", key=f"whole-{objection.id}")
            file = st.file_uploader("依据文件（成立时须有）", key=f"file-{objection.id}")
            pressed = st.form_submit_button("答复", on_click=sent.note, args=("答复",))
    if pressed:
        sent.taken_up()
        if outcome is None:
            st.error("请选择成立或不成立")
            return
        paper = forms.handed_in(file) if outcome == UPHELD else None
        acts.do(
            lambda: answer_objection(
                home(),
                objection.id,
                outcome,
                reason,
                by=view.viewer,
                file=paper,
                value=parse_number(value, "更正后的值"),
                whole=parse_number(whole, "分母"),
            ),
            lambda _: f"异议{objection.number}已答复：{OUTCOMES[outcome]}",
            publish_for=view.viewer,
        )
