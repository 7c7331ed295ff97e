"""权利查询: who has taken this right in pledge, since when, and does it outlive the loan?"""

import streamlit as st

from ledger.audit import stands_for
from metrics.queries.detail.across import AREA, pledges
from pages.detail import followed
from pages.shared.row_views import bank_names, level_of, seen
from pages.shell import frame, states, url
from pages.shell.data import read
from pages.shell.selections import Right

view = frame.open_page("权利查询", "一件权利在各机构的质押情况；查看有记录")
asked = followed.asked_for(
    "权利编号", "number", url.selected(Right).number, "质物清单中的权利编号",
    "专利号写ZL加12位数字加“.”加校验位；其他权利按质物清单中的编号",
    "请输入权利编号。", "也可以在“明细查询”的质物中点选一行后进入", "查哪件权利",
)  # fmt: skip
told = read(view, pledges, period=view.period, right_no=asked)
seen(view, "right", {"period": view.period, "right_no": stands_for(asked)}, len(told), level_of(followed.PLEDGES), AREA)
if told.empty:
    states.empty("至本期没有列报过这件权利。", "核对编号，写法与质物清单一致", "在左侧换一个报告期", title="没有找到")
    st.stop()
followed.pledged(view, told, asked, bank_names(view))
