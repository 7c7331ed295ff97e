"""企业查询: one firm across all banks: loans, rights, its record as a key firm, what it was called."""

import streamlit as st

from ledger.audit import stands_for
from metrics.queries.detail.across import AREA, firm, firms_named
from pages.detail import followed
from pages.shared.row_views import bank_names, level_of, seen
from pages.shell import frame, url
from pages.shell.data import read
from pages.shell.selections import Firm

view = frame.open_page("企业查询", "一家企业在各机构的贷款、质物和名录记录；查看有记录")
asked = followed.asked_for(
    "企业", "uscc", url.selected(Firm).uscc, "统一社会信用代码，或名称中的几个字",
    "输入18位统一社会信用代码直接查看；输入名称的一部分列出相符的企业",
    "请输入统一社会信用代码或企业名称。", "也可以在“明细查询”中点选一笔贷款后进入", "查哪家企业",
)  # fmt: skip

told = read(view, firm, period=view.period, uscc=asked.upper())
if not told.name:
    matching = read(view, firms_named, period=view.period, text=asked)
    about = {"period": view.period, "text": stands_for(asked)}
    seen(view, "firms_named", about, len(matching), level_of(followed.MATCHING), AREA)
    followed.choose_firm(view, matching)
    st.stop()
seen(view, "firm", {"period": view.period, "uscc": stands_for(told.uscc)}, told.rows, level_of(followed.FIRM), AREA)
names = bank_names(view)
followed.identity(told, names)
followed.course(told, names)
followed.firm_loans(told, names)
followed.firm_rights(view, told, names)
followed.firm_record(told, names)
