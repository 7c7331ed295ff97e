"""The parameters that policy sets: by group, with documents and other values, and the form to propose one."""

from __future__ import annotations

from decimal import Decimal
from html import escape

import pandas as pd
import streamlit as st

from casework.policy.changes import propose_value
from contract.console.output import plain
from contract.parameters import set_by
from contract.settings import home
from contract.viewer import may_see
from metrics.evaluation.policy_proposals import PolicyProposal
from metrics.queries.evaluation.policy import parameter_history
from pages.shared import acts, downloads
from pages.shared.format import is_absent
from pages.shared.sheets import sheet
from pages.shell.data import once, read
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

PROPOSE = "propose-value"
HEADS = ("参数", "现行值", "生效日期", "文号", "提议 · 批准", "历次与待生效的值")
EXPORT = {
    "group": "组", "note": "参数", "name": "编码", "value": "值", "unit": "单位", "effective_from": "生效日期",
    "effective_to": "至（不含）", "document_no": "文号", "reason": "事由", "proposer": "提议", "approver": "批准",
}  # fmt: skip


def parameters(view: View) -> None:
    """Every parameter by group, with its document, its two persons and its other values; a form to propose one."""
    frame = read(view, parameter_history)
    unset = int(frame.loc[frame["standing"] == "present", "demonstration"].sum())
    st.caption(
        f"数据版本时点{day(view.snapshot.now)}的{frame['name'].nunique()}项参数，其中{unset}项为演示参数，"
        "须由政策文件另行确定。改动须有文号，由另一人批准，自生效日起适用。"
    )
    for group, lines in _lines(frame).items():
        st.subheader(group)
        st.html(f'<div class="scroll">{sheet(HEADS, lines, figures=(1,), style="policy")}</div>')
    downloads.buttons(view, frame, EXPORT, name="评价参数", key="parameters")
    if may_see(view.viewer, "propose"):
        with st.expander("提议改变一项参数", icon=":material/edit:"):
            _propose(view, frame)


@once
def _lines(frame: pd.DataFrame) -> dict[str, list[tuple[str, ...]]]:
    """Group → a line a parameter of it."""
    return {
        str(group): [_line(own) for _, own in rows.groupby("name", sort=False)]
        for group, rows in frame.groupby("group", sort=False)
    }


def _line(own: pd.DataFrame) -> tuple[str, ...]:
    present = own[own["standing"] == "present"]
    now = (present if len(present) else own).iloc[-1]
    mark = '<span class="tag tag-quiet">演示参数</span>' if now["demonstration"] else escape(now["document_no"])
    others = [
        f"{'原为' if row.demonstration else f'{day(row.effective_from)}起'}{amount(row.value)}{escape(row.unit)}"
        + (f"（{'演示参数' if row.demonstration else escape(row.document_no)}）")
        + ("，待生效" if row.standing == "future" else "")
        for row in own.itertuples()
        if row.effective_from != now["effective_from"]
    ]
    return (
        escape(now["note"]),
        f"<b>{amount(now['value'])}</b> {escape(now['unit'])}",
        "—" if now["demonstration"] else day(now["effective_from"]),
        mark,
        persons(now),
        "<br>".join(others) or "—",
    )


def persons(row: pd.Series) -> str:
    if not row["proposer"]:
        return set_by("", "", row["document_no"])
    said = f"{escape(person(row['proposer']))} · {escape(person(row['approver']))}"
    return said + (f"<br><small>{escape(row['reason'])}</small>" if row["reason"] else "")


def amount(value: object) -> str:
    return "" if is_absent(value) else f"{Decimal(plain(Decimal(str(value)))):,f}"


def _propose(view: View, frame: pd.DataFrame) -> None:
    latest = frame[frame["standing"] != "future"].drop_duplicates("name", keep="last").set_index("name")
    names = {name: f"{row['note']}（现行{amount(row['value'])}{row['unit']}）" for name, row in latest.iterrows()}
    name = st.selectbox("参数", list(names), format_func=names.get, key="propose-parameter")
    turn = acts.turn(PROPOSE)
    with st.form(f"{PROPOSE}-{turn}", border=False):
        first, second, third = st.columns(3)
        value = first.number_input(
            f"新的值（{latest.loc[name, 'unit']}）", value=float(latest.loc[name, "value"]), step=1.0, format="%g",
            key=f"{PROPOSE}-{name}-{turn}",
        )  # fmt: skip
        effective = second.date_input("生效日期", value=view.snapshot.now.date(), format="YYYY-MM-DD")
        document_no = third.text_input("文号", max_chars=60, key=f"{PROPOSE}-document-{turn}")
        reason = st.text_area("事由", height=70, max_chars=500, key=f"{PROPOSE}-reason-{turn}")
        sent = st.form_submit_button("提出，待另一人批准", type="primary")
    if sent:
        facts = (name, Decimal(repr(value)), effective, document_no, reason)
        acts.do(lambda: propose_value(home(), *facts, view.viewer), _proposed, empties=PROPOSE)


def _proposed(proposal: PolicyProposal) -> str:
    return f"已登记为{proposal.number}政策提议，待另一人批准"
