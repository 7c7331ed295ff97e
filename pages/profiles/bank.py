"""机构画像: everything about one bank on one page."""

import streamlit as st

from metrics.queries.members.roster import members
from pages.profiles import beside, profile
from pages.shared import wording
from pages.shell import frame, states
from pages.shell.data import read

SCOPE = "bank"
FIGURES = ("G01", "G02", "G04", "G09", "G18", "S18", "G07", "S01", "S03", "V01", "S06", "S10", "D08")
COMPARED = (
    "G01", "G12", "G07", "G09", "G18", "S18", "G16", "S01", "S03",
    "S20", "D03", "D08", "V01", "S06", "S10", "C05", "M01",
)  # fmt: skip

view = frame.open_page("机构画像", "试点机构的各项数据")
known = read(view, members, kind=SCOPE)
if known.empty:
    states.empty("名单上还没有机构。", "在“启用准备”中登记试点名单")
    st.stop()

names = {row.code: f"{row.short_name}（{wording.GROUPS[row.member_group]}）" for row in known.itertuples()}
code = profile.choose(view, SCOPE, names, "选择机构")
member = known.set_index("code").loc[code]

profile.identity(member, member["name"], code, wording.GROUPS[member["member_group"]])
profile.figures(view, SCOPE, code, FIGURES)
beside.section(view, SCOPE, code, dict(zip(known["code"], known["short_name"], strict=True)), (*FIGURES, *COMPARED))
profile.member(view, SCOPE, code, COMPARED)
