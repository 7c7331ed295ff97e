"""Policy on the screen: parameters by group, scorecards, and changes on their way."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

import pandas as pd
import streamlit as st

from casework.held import act_and_publish
from casework.policy.changes import approve_policy, propose_value, recalculated, reject_policy
from contract.console.output import plain
from contract.parameters import set_by
from contract.settings import home
from contract.viewer import may_see
from contract.wording import KINDS, month_name
from ledger.people import same_person
from ledger.proposals import PROPOSED
from metrics.evaluation.policy_proposals import PolicyProposal
from metrics.queries.evaluation.policy import card_history, parameter_history
from pages.shared import downloads, states, tables
from pages.shared.format import day, is_absent
from pages.shared.sheets import sheet
from pages.shell import acts
from pages.shell.data import read
from pages.shell.in_url import kept
from pages.shell.session import person
from pages.shell.view import View

HEADS = ("参数", "现行值", "生效日期", "文号", "提议 · 批准", "历次与待生效的值")
CARD_HEADS = ("主题", "评分项", "来源指标", "权重", "零分值", "满分值", "最低样本")
EXPORT = {
    "group": "组", "note": "参数", "name": "编码", "value": "值", "unit": "单位", "effective_from": "生效日期",
    "effective_to": "至（不含）", "document_no": "文号", "reason": "事由", "proposer": "提议", "approver": "批准",
}  # fmt: skip
CARD_EXPORT = {
    "kind_name": "类别", "theme": "主题", "item": "评分项", "name": "名称", "unit": "单位", "source": "来源指标",
    "weight": "权重", "floor": "零分值", "full": "满分值", "min_whole": "最低样本", "effective_from": "生效日期",
    "effective_to": "至（不含）", "document_no": "文号", "reason": "事由", "proposer": "提议", "approver": "批准",
}  # fmt: skip
LATEST = 20


def values(view: View) -> None:
    """Every parameter by group, with its document, its two persons and its other values; a form to propose one."""
    frame = read(view, parameter_history)
    unset = int(frame.loc[frame["standing"] == "present", "demonstration"].sum())
    st.caption(
        f"数据版本时点{day(view.snapshot.now)}的{frame['name'].nunique()}项参数，其中{unset}项为演示参数，"
        "须由政策文件另行确定。改动须有文号，由另一人批准，自生效日起适用。"
    )
    for group, rows in frame.groupby("group", sort=False):
        st.subheader(str(group))
        lines = [_line(own) for _, own in rows.groupby("name", sort=False)]
        st.html(f'<div class="scroll">{sheet(HEADS, lines, figures=(1,), style="policy")}</div>')
    downloads.buttons(view, frame, EXPORT, name="评价参数", key="parameters")
    if may_see(view.viewer, "propose"):
        with st.expander("提议改变一项参数", icon=":material/edit:"):
            _propose(view, frame)


def _line(own: pd.DataFrame) -> tuple[str, ...]:
    present = own[own["standing"] == "present"]
    now = (present if len(present) else own).iloc[-1]
    mark = '<span class="tag tag-quiet">演示参数</span>' if now["demonstration"] else escape(now["document_no"])
    others = [
        f"{'原为' if row.demonstration else f'{day(row.effective_from)}起'}{_amount(row.value)}{escape(row.unit)}"
        + (f"（{'演示参数' if row.demonstration else escape(row.document_no)}）")
        + ("，待生效" if row.standing == "future" else "")
        for row in own.itertuples()
        if row.effective_from != now["effective_from"]
    ]
    return (
        escape(now["note"]),
        f"<b>{_amount(now['value'])}</b> {escape(now['unit'])}",
        "—" if now["demonstration"] else day(now["effective_from"]),
        mark,
        _persons(now),
        "<br>".join(others) or "—",
    )


def _persons(row: pd.Series) -> str:
    if not row["proposer"]:
        return set_by("", "", row["document_no"])
    said = f"{escape(person(row['proposer']))} · {escape(person(row['approver']))}"
    return said + (f"<br><small>{escape(row['reason'])}</small>" if row["reason"] else "")


def _amount(value: object) -> str:
    return "" if is_absent(value) else f"{Decimal(plain(Decimal(str(value)))):,f}"


def _propose(view: View, frame: pd.DataFrame) -> None:
    latest = frame[frame["standing"] != "future"].drop_duplicates("name", keep="last").set_index("name")
    names = {name: f"{row['note']}（现行{_amount(row['value'])}{row['unit']}）" for name, row in latest.iterrows()}
    name = st.selectbox("参数", list(names), format_func=names.get, key="propose-parameter")
    with st.form("propose-value", border=False):
        first, second, third = st.columns(3)
        value = first.number_input(
            f"新的值（{latest.loc[name, 'unit']}）", value=float(latest.loc[name, "value"]), step=1.0, format="%g",
            key=f"propose-value-{name}",
        )  # fmt: skip
        effective = second.date_input("生效日期", value=view.snapshot.now.date(), format="YYYY-MM-DD")
        document_no = third.text_input("文号", max_chars=60)
        reason = st.text_area("事由", height=70, max_chars=500)
        sent = st.form_submit_button("提出，待另一人批准", type="primary")
    if sent:
        facts = (name, Decimal(repr(value)), effective, document_no, reason)
        acts.do(lambda: propose_value(home(), *facts, view.viewer), _proposed)


def _proposed(one: PolicyProposal) -> str:
    return f"已登记为第{one.id}号政策提议，待另一人批准"


def cards(view: View) -> None:
    """The scorecard of a kind, of the day chosen among those on which one begins."""
    kind = st.segmented_control(
        "类别", **kept("kind", list(KINDS)), required=True, format_func=KINDS.get, label_visibility="collapsed"
    )
    frame = read(view, card_history)
    own = frame[frame["kind"] == kind]
    starts = [f"{moment:%Y-%m-%d}" for moment in own["effective_from"].drop_duplicates()]
    present = [f"{moment:%Y-%m-%d}" for moment in own.loc[own["standing"] == "present", "effective_from"]]
    if len(starts) > 1:
        labels = {start: f"{start}起{'（现行）' if start in present else ''}" for start in starts}
        start = st.selectbox("评分表", **kept("since", starts, present[0]), format_func=labels.get, width=240)
        own = own[own["effective_from"] == pd.Timestamp(start)]
    first = own.iloc[0]
    stated = f"{first['document_no']}，{_persons(first)}"
    st.html(f'<p class="quiet">{KINDS[kind]}评分表，{len(own)}项，权重合计100；{stated}</p>')
    rows = [
        (
            escape(row.theme) if fresh else "",
            f"{escape(row.name_)}<small>{escape(_unit(row.unit))}</small>",
            escape(row.source),
            *(_amount(value) or "—" for value in (row.weight, row.floor, row.full, row.min_whole)),
        )
        for row, fresh in zip(
            own.rename(columns={"name": "name_"}).itertuples(),
            own["theme"].ne(own["theme"].shift()),
            strict=True,
        )
    ]
    st.html(f'<div class="scroll">{sheet(CARD_HEADS, rows, figures=range(3, 7), style="scorecard")}</div>')
    st.caption(
        "单项得分＝（本期值－零分值）÷（满分值－零分值）×100，限于0至100；零分值大于满分值的，越低越好；分母少于最低样本的不适用。"
        "要改动评分表，请在“参数试算”中改好、看过以往各轮次的结果，再提出采用。"
    )
    named = frame.assign(kind_name=frame["kind"].map(KINDS))
    downloads.buttons(view, named, CARD_EXPORT, name="评分表", key="cards")


def _unit(unit: str) -> str:
    return "个百分点" if unit == "百分点" else unit


def proposals(view: View, found: Sequence[PolicyProposal]) -> None:
    """What waits, a card each with what this viewer may do; then what was decided."""
    if not found:
        states.empty(
            "还没有人提议过改变参数或评分表。", "单项参数在“参数”中提议", "评分表在“参数试算”中提议", title="没有提议"
        )
        return
    notes = dict(read(view, parameter_history)[["name", "note"]].itertuples(index=False, name=None))
    waiting = [one for one in reversed(found) if one.status == PROPOSED]
    st.subheader(f"待复核的提议（{len(waiting)}件）")
    if not waiting:
        st.caption("没有待复核的提议。")
    for one in waiting:
        with st.container(border=True, key=f"proposal-{one.id}"):
            st.html(_card(one, notes))
            if rounds := recalculated(home(), one.draft.effective_from, view.snapshot.now.date()):
                named = "、".join(map(month_name, rounds))
                st.caption(f"生效日期在已结束的轮次之前：{named}的结果将按新值重算，已冻结的轮次不变。")
            _acting(view, one)
    closed = [one for one in found if one.status != PROPOSED][:LATEST]
    if closed:
        st.subheader("已办结")
        heads = ("编号", "改动", "状态", "生效日期", "文号", "事由", "提议", "批准或驳回")
        st.html(
            f'<div class="scroll">{sheet(heads, [_closed(one, notes) for one in closed], style="policy-closed")}</div>'
        )


def worded(change: str, notes: dict[str, str]) -> str:
    """`x03_score 60→55分` with the parameter as it is called: `X03：轮次得分低于此分 60→55分`."""
    name, gap, rest = change.partition(" ")
    return f"{notes[name]} {rest}" if gap and name in notes else change


def _changes(one: PolicyProposal, notes: dict[str, str]) -> str:
    return "".join(f"<li>{escape(worded(change, notes))}</li>" for change in one.changes)


def _card(one: PolicyProposal, notes: dict[str, str]) -> str:
    draft = one.draft
    proposed = f"{person(one.proposer)}于{day(one.proposed_on)}提出"
    facts = [f"第{one.id}号", proposed, f"{day(draft.effective_from)}起生效", draft.document_no]
    facts += [f"附{draft.paper.name}"] if draft.paper else []
    return (
        f'<ul class="changes">{_changes(one, notes)}</ul><p class="case">{escape(draft.reason)}</p>'
        f'<p class="quiet">{escape(" · ".join(facts))}</p>'
    )


def _closed(one: PolicyProposal, notes: dict[str, str]) -> tuple[str, ...]:
    because = f"<br>{escape(one.rejected_because)}" if one.rejected_because else ""
    return (
        str(one.id),
        f'<ul class="changes">{_changes(one, notes)}</ul>',
        tables.tag(one.status, tables.DECISION_STATUS),
        day(one.draft.effective_from),
        escape(one.draft.document_no),
        escape(one.draft.reason) or "—",
        f"{escape(person(one.proposer))}<br>{day(one.proposed_on)}",
        f"{escape(person(one.approver))}<br>{day(one.decided_on)}{because}",
    )


def _acting(view: View, one: PolicyProposal) -> None:
    if not may_see(view.viewer, "approve"):
        return
    if same_person(view.viewer.user, one.proposer):
        st.caption("由本人提出，须由另一人批准或驳回。")
        return
    with st.container(horizontal=True, gap="small"):
        if st.button("批准并发布", key=f"approve-{one.id}", type="primary", icon=":material/check:"):
            with st.spinner("正在登记并生成新的数据版本"):
                acts.do(
                    lambda: act_and_publish(approve_policy, home(), one.id, by=view.viewer),
                    lambda version: f"第{one.id}号政策提议已批准，已发布数据版本第{version}版",
                )
        with st.popover("驳回", icon=":material/close:"), st.form(f"reject-{one.id}", border=False):
            reason = st.text_area("理由", height=70, key=f"reject-reason-{one.id}")
            sent = st.form_submit_button("驳回")
        if sent:
            acts.do(
                lambda: reject_policy(home(), one.id, view.viewer, reason),
                lambda found: f"第{found.id}号政策提议已驳回",
            )
