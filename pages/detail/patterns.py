"""疑点筛查: which loans fit one of the patterns that a supervisor hunts for?"""

import streamlit as st

from contract.wording import month_name
from metrics.queries.detail.kinds import width_of
from metrics.queries.detail.patterns import AREA, MOST_ROWS, matches, pattern_of, patterns, thresholds
from pages.detail import trying
from pages.detail.listing import origin
from pages.shared import tables
from pages.shared.export.exhibit import Exhibit
from pages.shared.in_url import segments
from pages.shared.row_views import ORIGIN_COLUMNS, bank_names, drawn, in_words, level_of, seen, settings
from pages.shell import frame, states
from pages.shell.data import read

view = frame.open_page("疑点筛查", "查看有记录；筛出的须逐笔核实，不直接作为结论")
code = segments("疑点种类", "pattern", {code: each.name for code, each in patterns().items()})
declared = pattern_of(code)
st.subheader(declared.question)
st.text(declared.about)
policy = read(view, thresholds, period=view.period, code=code)
tried = trying.values(policy)
told = read(view, matches, period=view.period, code=code, tried=tried)
asked = {"period": view.period} | {name: f"{value:f}" for name, value in tried.items()}
seen(view, f"pattern {code}", asked, len(told), level_of(declared.columns), AREA)
if told.empty:
    states.empty(f"{month_name(view.period)}没有这种情况。", "在左侧换一个报告期", title="没有筛出")
    st.stop()
most = f"（只列前{MOST_ROWS:,}行）" if len(told) == MOST_ROWS else ""
st.caption(f"{len(told):,}行{most}。点选一行，查看来源和企业、权利的全部情况。")
names = bank_names(view)
said = drawn(in_words(told, declared.columns, names), declared.columns)
shown = {name: declared.columns[name] for name in declared.shown}
picked = tables.pick(
    said, {name: how | {"width": width_of(shown[name])} for name, how in settings(shown).items()},
    key=f"pattern-{code}", about=declared.name, height=tables.tall(len(said), 14),
    exhibit=Exhibit(declared.name, said, settings(declared.columns) | ORIGIN_COLUMNS),
)  # fmt: skip
if picked is not None:
    origin(view, told.loc[picked.name])
