"""地区画像: everything about one of Beijing's 17 units on one page."""

from contract.declarations import OUTSIDE, districts, here, regions
from metrics.queries.members.roster import members
from pages.profiles import beside, profile
from pages.shared import wording
from pages.shell import frame
from pages.shell.data import read

SCOPE = "district"
FIGURES = ("G01", "G02", "G04", "G09", "G18", "G07", "S01", "D01", "D03", "C01", "C05", "P06", "C07")
COMPARED = (
    "G01", "G12", "G17", "G05", "G07", "G09", "G18", "G11", "G16", "S01", "S03",
    "D01", "D03", "D07", "V01", "C01", "C05", "C07", "C10",
)  # fmt: skip

view = frame.open_page("地区画像", "贷款按借款企业所在区归属；服务点、资金池、交易等由试点地区报送")
viewer = view.viewer
known = read(view, members, kind=SCOPE).set_index("code")
own_or_all = (unit for unit in districts().values() if unit.code in known.index or not viewer.own_scope)
units = {unit.code: unit for unit in sorted(own_or_all, key=lambda unit: unit.code not in known.index)}  # pilots first
names = {
    code: f"{unit.name}" + ("" if code in known.index or code == OUTSIDE else "（非试点）")
    for code, unit in units.items()
}
code = profile.choose(view, SCOPE, names, "选择地区")
pilot = code in known.index

profile.identity(
    known.loc[code] if pilot else None,
    units[code].name,
    code,
    wording.GROUPS.get(units[code].group, f"{regions()[here()].name}以外"),
)
profile.figures(view, SCOPE, code, FIGURES)
beside.section(view, SCOPE, code, {unit.code: unit.short_name for unit in units.values()}, (*FIGURES, *COMPARED))
if pilot:
    profile.member(view, SCOPE, code, COMPARED)
