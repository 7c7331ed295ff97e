"""监管月报: this month's briefing, to read here and to take away."""

import streamlit as st

from contract.declarations import districts
from contract.viewer import Viewer
from contract.wording import month_name
from metrics.queries.members.roster import members
from pages.results.monthly.issue import document, files, preview
from pages.shared.in_url import kept
from pages.shell import frame
from pages.shell.data import read

CITY = "city"

view = frame.open_page("监管月报")
reader, whose = view.viewer, "市级"
if reader.bureau:
    listed = read(view, members, kind="district")
    names = {CITY: "市级月报"} | dict(zip(listed["code"], listed["name"], strict=True))
    place, about = st.columns([1, 3], vertical_alignment="bottom")
    chosen = place.selectbox("范围", **kept("scope", list(names)), format_func=names.get)
    about.caption("报告期在左侧选择。区级分送件按该区自己的权限生成，只含本区数据和试点机构合计。")
    if chosen != CITY:
        # A district's issue is read with the district's own rights, whoever makes it.
        reader, whose = Viewer(reader.user, reader.name, "district", chosen), names[chosen]
elif reader.scope in districts():
    whose = districts()[reader.scope].name

made = document(reader, view.snapshot, view.period)
files(made, f"监管月报_{whose}_{month_name(view.period)}_第{view.snapshot.number}版")
preview(made)
