"""Key firms with and without a loan: how many wait, a row each, the file to take away, and the form for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from casework.month.firm_answers import record_answer
from casework.month.firm_notes import LONGEST, add_note
from contract.month_work import work_codes
from contract.settings import home
from contract.wording import month_name
from metrics.queries.work.key_firms import KeyFirm
from pages.shared import acts, downloads, forms, tables
from pages.shared.counts import count, strip
from pages.shared.format import measure, number
from pages.shared.sheets import sheet
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

DEMAND = measure("万元", "district")
COLUMNS = {
    "district_name": tables.text("地区", width=60),
    "name": tables.held(tables.text("企业", width=184), "R4.name"),
    "category": tables.text("类别", width=115),
    "demand": tables.held(tables.money("融资需求", DEMAND, width=105), "R4.demand"),
    "loan": tables.text("有无贷款", width=75),
    "waiting_days": tables.figure("等待天数", width=75),
    "answer": tables.text("机构答复", width=80),
    "reason": tables.text("原因", width=222),
    "answered_on": st.column_config.DateColumn("答复日", format="YYYY-MM-DD", width=92),
}
EXPORT = {
    "district_name": "地区", "uscc": "统一社会信用代码", "name": "企业", "category": "类别",
    "demand": "融资需求（万元）", "matched_on": "对接日", "first": "首次列报", "loan": "有无贷款",
    "waiting_days": "等待天数", "answer": "机构答复", "reason": "原因", "answered_on": "答复日",
    "noted": "最近对接记录",
}  # fmt: skip
CELLS = ("R4.name", "R4.uscc", "R4.demand")
BANK = {"bank": tables.text("答复机构", width=75)}  # for the Bureau alone


def counts(firms: Sequence[KeyFirm]) -> None:
    """Firms with and without a loan, those without that no bank has answered, and the longest wait."""
    waiting = [firm for firm in firms if not firm.has_loan]
    unanswered = sum(not firm.answer for firm in waiting)
    longest = max((firm.waiting_days for firm in waiting), default=0)
    shown = [
        count("有贷款", len(firms) - len(waiting), "家"),
        count("无贷款", len(waiting), "家"),
        count("无贷款且没有机构答复", unanswered, "家", "warn"),
        count("最长等待", longest, "天"),
    ]
    strip(f"{number(len(firms))}家重点企业", f"{month_name(max(firm.reported_in for firm in firms))}列报", shown)


def listed(firms: Sequence[KeyFirm]) -> pd.DataFrame:
    """A row a firm, in words."""
    rows = [
        vars(firm)
        | {
            "category": firm.category_name,
            "loan": "有" if firm.has_loan else "无",
            "answer": firm.answer_name or None,
            "reason": firm.reason or None,
            "bank": firm.bank or None,
            "first": month_name(firm.first_period),
            "noted": f"{day(firm.notes[-1].on)} {firm.notes[-1].text}" if firm.notes else None,
        }
        for firm in firms
    ]
    frame = pd.DataFrame(rows, columns=list(dict.fromkeys((*COLUMNS, *EXPORT, "bank", "district", "has_loan"))))
    return frame.astype({"waiting_days": "Int64"})


def columns(view: View, *, alike: bool) -> dict[str, object]:
    """The Bureau is told the bank; a district need not be told which district it is, and nobody whether each has a loan
    where all listed are `alike` in that."""
    needless = {"loan"} if alike else set()
    needless |= {"district_name"} if view.viewer.own_scope else set()
    named = {} if view.viewer.own_scope else BANK
    return {code: column for code, column in (COLUMNS | named).items() if code not in needless}


def export(view: View, table: pd.DataFrame) -> None:
    names = EXPORT | ({"bank": "答复机构"} if view.viewer.bureau else {})
    downloads.buttons(view, table, names, name=f"重点企业对接_{view.period}", key="firms", of=CELLS)


def noting(view: View, firm: KeyFirm) -> None:
    """What the district has on record of one firm, and the form for one more note."""
    st.html(f'<h3 class="case">{escape(firm.name)}：对接记录</h3>')
    if firm.notes:
        lines = [
            (day(note.on), f'<span class="pre">{escape(note.text)}</span>', escape(person(note.by)))
            for note in firm.notes
        ]
        st.html(f'<div class="scroll">{sheet(("日期", "情况", "登记人"), lines, style="notes")}</div>')
    forms.behind_button(
        "登记对接记录",
        ":material/edit_note:",
        f"note-{firm.district}-{firm.uscc}-{len(firm.notes)}",
        (
            forms.text("对接情况（走访、推荐、需求变化等）", height=90, most=LONGEST),
            forms.day("日期", view.snapshot.now.date()),
        ),
        lambda text, on: add_note(home(), firm.district, firm.uscc, text, view.viewer, on),
        lambda note: f"{firm.name}的对接记录已登记",
        primary=True,
    )


def answer(view: View, firm: pd.Series, banks: dict[str, str]) -> None:
    """The form for what a bank said to one firm."""
    st.html(f'<h3 class="case">{escape(firm["name"])}</h3>')
    with st.form(f"firm-{firm['district']}-{firm['uscc']}", border=False):
        left, middle, right = st.columns(3)
        bank = left.selectbox("机构", list(banks), format_func=banks.get)
        names = work_codes("firm_answer")
        said = middle.selectbox("答复", list(names), format_func=names.get)
        on = right.date_input("答复日", value=view.snapshot.now.date(), format="YYYY-MM-DD")
        reason = st.text_input("原因", max_chars=200, placeholder="会显示给区级用户，不写机构名称")
        sent = st.form_submit_button("登记答复", type="primary")
    if sent:
        about = (firm["district"], firm["uscc"], bank, said, reason)
        acts.do(
            lambda: record_answer(home(), *about, view.viewer, on),
            lambda answered: f"{names[answered.answer]}的答复已登记，{day(answered.on)}",
        )
