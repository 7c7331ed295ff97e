"""校验规则: what each check asks, by which clause, how it is run, since when, and how often it fails."""

import streamlit as st

from contract.wording import month_name
from etl.checks.rule_list import is_off
from metrics.queries.filing.rulebook import rule_book, rule_changes
from pages.results.rules.rule_book import LEVELS, columns, export_columns, facts, history, matching, worded
from pages.shared import downloads, sheets, tables
from pages.shared.in_url import kept, kept_text
from pages.shell import frame, states
from pages.shell.data import read

ALL = "全部"
SEARCH, LEVEL, FORM, CHECK = "q", "level", "form", "check"

view = frame.open_page("校验规则", "各项校验的依据、写法、级别和变更")
book = worded(read(view, rule_book, period=view.period))

search_box, level_box, form_box = st.columns([2, 3, 2], vertical_alignment="bottom")
search = search_box.text_input("搜索", **kept_text(SEARCH), placeholder="编号、列名、依据或问题中的词")
with level_box:
    levels = [ALL, *LEVELS.values()]
    level = st.pills("级别", **kept(LEVEL, levels), required=True)
with form_box:
    forms = [ALL, *book["form_name"].unique()]
    form = st.selectbox("表", **kept(FORM, forms))

listed = matching(book, search, "" if level == ALL else level, "" if form == ALL else form)
if listed.empty:
    states.empty("没有符合条件的校验规则。", "换一个词，或把级别和表改为“全部”", title="没有找到")
    st.stop()

off = int(book["level"].eq("off").sum())
st.caption(
    f"{month_name(view.period)}执行{len(book) - off}项，停用{off}项；此处列出{len(listed)}项。点选一行查看写法。"
)
height = tables.tall(len(listed), 10)
code = tables.pick_kept(
    listed, columns(view.viewer), CHECK, "check", key="rules", about="校验规则", height=height, export=False
)
downloads.buttons(view, listed, export_columns(view.viewer), name=f"校验规则_{view.period}", key="rules")

chosen = listed.set_index("check", drop=False).loc[code]
st.header(f"{code}　{chosen['headers'] or chosen['form_name']}")
st.text(chosen["message"])
tables.facts(facts(view.viewer, chosen))
st.subheader("写法")
if is_off(chosen):
    st.caption("本报告期停用，不执行。")
st.html(sheets.statement(chosen["rule"]))
if chosen["expected"]:
    st.text("对照值：")
    st.html(sheets.statement(chosen["expected"]))
st.subheader("变更记录")
history(read(view, rule_changes), code)
