"""明细查询: which loans, rights, cases, points or firms are these?"""

import streamlit as st

from metrics.queries.detail.listing import PAGE_ROWS, listed, sums
from metrics.queries.detail.selection import on_record, open_columns, shown_columns
from pages.detail import asking, listing, selecting, taking
from pages.shared import acts
from pages.shared.row_views import bank_names, level_of, seen
from pages.shell import frame, states
from pages.shell.data import read

view = frame.open_page("明细查询", "逐行查询报送数据，敏感数据的查看和每次导出均有记录")
acts.said(view.viewer)
kinds = selecting.open_kinds(view)
if error := selecting.first_error(view):
    states.empty(error, "改正地址中的条件，或从下面重新开始", title="无法按此条件查询")
    st.button("清除全部条件", on_click=selecting.turn_kind, args=("",))
    st.stop()
now = selecting.selection(view)
total = read(view, sums, selection=now.rows)
names = bank_names(view)

listing.kinds(now, kinds)
with st.container(horizontal=True, gap="small", vertical_alignment="center", key="asking"):
    asking.conditions(view, now, names)
    asking.one_more(view, now, names)
    asking.arrangement(view, now)
if not total.rows:
    states.empty("没有符合条件的记录。", "放宽或取消上面的条件", "在左侧换一个报告期", title="没有记录")
    st.stop()
listing.totals(view, now, total)

page = read(view, listed, selection=now)
if page.empty:
    selecting.turn(leaf="")
    st.rerun()
shown = {code: open_columns(view.viewer, now)[code] for code in shown_columns(view.viewer, now)}
seen(view, now.kind, on_record(now), len(page), level_of(shown), now.declared.area)
picked = listing.table(page, now, shown, names, key=f"rows-{hash(now)}")
listing.leaves(now, total.rows, PAGE_ROWS)
if picked is None:
    st.caption(listing.advice(view, page))
else:
    listing.origin(view, picked)
taking.files(view, now, total.rows, names)
