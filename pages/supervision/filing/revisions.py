"""By how much filings were corrected after they first came in: a table, the most corrected first."""

from __future__ import annotations

import streamlit as st

from metrics.queries.filing.quality import revisions
from pages.shared import downloads, states, tables
from pages.shell.data import read
from pages.shell.view import View

COLUMNS = {
    "short_name": "成员",
    "period": "报送期",
    "versions": "报送（版）",
    "filled": "补填（格）",
    "blanked": "删去（格）",
    "corrected": "更正（格）",
    "per_mille": "每千格改动（格）",
    "balance_moved": "余额变动（万元）",
    "balance_pct": "占余额（%）",
    "amount_moved": "金额变动（万元）",
    "amount_pct": "占金额（%）",
}
DECIMALS = {"per_mille": 1, "balance_moved": 2, "balance_pct": 2, "amount_moved": 2, "amount_pct": 2}
WORDS = ("short_name", "period")


def revised(view: View, since: str, until: str) -> None:
    """The filings of a span that came in more than once, with what changed between first and current version."""
    st.subheader("更正幅度")
    found = read(view, revisions, since=since, until=until)
    if found.empty:
        states.empty("这一时段的各期报送都只有一版。", title="没有更正")
        return
    tables.sheet(
        found,
        {
            code: tables.text(label) if code in WORDS else tables.figure(label, DECIMALS.get(code, 0))
            for code, label in COLUMNS.items()
        },
        key="quality-revisions",
        about="更正幅度",
        height=tables.tall(len(found), 12),
    )
    st.caption(
        "现行版本与第一版逐格相比（未受理的取最近一版）：每千格改动＝改动的格数÷任一版有值的格数×1000，"
        "只在一版中的行全部计入，封面不计；变动为各笔贷款余额、贷款金额差额的绝对值之和，占比以现行版本合计为分母。逐格内容见“报送明细”。"
    )
    downloads.buttons(view, found, COLUMNS, name=f"更正幅度_{since}至{until}", key="revisions")
