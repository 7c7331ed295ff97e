"""重点企业对接: which of our firms have no loan, and why?"""

import streamlit as st

from casework.month import firm_notes
from casework.month.firm_answers import AREA
from contract.viewer import may_see
from metrics.queries.members.roster import members
from metrics.queries.work.key_firms import key_firms
from pages.shared import acts, tables
from pages.shared.in_url import kept, segments
from pages.shell import frame, states, url
from pages.shell.data import read, read_now
from pages.shell.selections import Firms
from pages.work.firms.key_firms import answer, columns, counts, export, listed, noting

ALL = "all"

view = frame.open_page("重点企业对接")
acts.said(view.viewer)
firms = read_now(view, key_firms, period=view.period)
if not firms:
    states.empty(
        "至本期没有已受理的重点企业表。",
        "各区季末报送、受理后在此列出",
        "在左侧换成季末以后的报告期",
        title="没有重点企业",
    )
    st.stop()
districts = {firm.district: firm.district_name for firm in firms}
left, right, _ = st.columns([1, 1, 1], vertical_alignment="bottom")
with left:
    shown = segments("范围", "shown", Firms.SHOWN)
if view.viewer.own_scope:
    district = ALL
else:
    names = {ALL: "全部地区"} | districts
    district = right.selectbox(
        "地区", **kept("district", list(names)), format_func=names.get, label_visibility="collapsed"
    )
of_district = [firm for firm in firms if district in (ALL, firm.district)]
counts(of_district)
table = listed([firm for firm in of_district if shown == ALL or firm.has_loan == (shown == "with")])
may_record = may_see(view.viewer, AREA)
may_note = may_see(view.viewer, firm_notes.AREA)
about = {"key": f"firms-{shown}-{district}", "about": "重点企业"}
chosen = tables.pick_kept(table, columns(view, alike=shown != ALL), "firm", "uscc", **about, export=False)
st.caption("有无贷款：期末在试点机构有无知识产权质押贷款余额。等待天数：自该区首次列报该企业的报送期末起，至本期末。")
if not table.empty:
    export(view, table)
row = None if table.empty else table[table["uscc"] == chosen].iloc[0]
if may_note and row is not None:
    noting(view, next(firm for firm in firms if (firm.district, firm.uscc) == (row["district"], row["uscc"])))
if may_record and row is not None:
    with st.expander("登记机构答复", icon=":material/add:", expanded=bool(url.asked("firm"))):
        banks = read(view, members, kind="bank")
        answer(view, row, dict(zip(banks["code"], banks["short_name"], strict=True)))
