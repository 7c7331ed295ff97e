"""监管月报: this month's briefing, drafted, passed on and released here; earlier issues to read and take away."""

import streamlit as st

from briefing.issued.making import from_version, part_names
from contract.errors import CallError
from contract.settings import home
from contract.wording import month_name
from metrics.queries.work.issues import known_issues
from pages.results.monthly import desk
from pages.results.monthly.issue import files, preview
from pages.results.monthly.released import released
from pages.shared import acts
from pages.shared.in_url import kept
from pages.shell import frame, states

view = frame.open_page("监管月报")
acts.said(view.viewer)
of_period = known_issues(view.viewer, home(), view.period)
if not view.viewer.bureau:
    released(view, of_period)
    st.stop()

names = part_names()
place, about = st.columns([1, 3], vertical_alignment="bottom")
part = place.selectbox("范围", **kept("scope", list(names)), format_func=names.get)
about.caption("报告期在左侧选择。区级和各部门分送件按其读者的权限生成，只含其可看的数据。")
issues = [issue for issue in of_period if issue.part == part]
if issues:
    desk.desk(view, issues)
    st.stop()

try:
    made = from_version(view.snapshot, view.period, part)
except CallError as reason:  # the quarterly report of a month that ends no quarter
    states.empty(str(reason), "在左侧可选择其他报告期", title="本期没有这一分送件")
    st.stop()
desk.begin(view, part)
files(made, f"监管月报_{names[part]}_{month_name(view.period)}_第{view.snapshot.number}版")
preview(made)
