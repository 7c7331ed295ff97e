"""指标字典: what each figure means, by which clause, and how it is run."""

import pandas as pd
import streamlit as st

from contract.viewer import may_see
from metrics.explaining.dictionary import aggregates, matching, scope_names
from metrics.indicators.catalogue import GROUPS, indicator
from pages.results.dictionary import figure, references
from pages.shared import acts, explain, sheets, tables, wording
from pages.shared.in_url import kept, kept_text
from pages.shell import frame, states
from pages.shell.task_links import task_link

ALL = "全部"
SEARCH, GROUP, CODE = "q", "group", "code"

view = frame.open_page("指标字典", "各项指标的定义、依据和算法")
acts.said(view.viewer)

search_box, group_box = st.columns([2, 3], vertical_alignment="bottom")
search = search_box.text_input("搜索", **kept_text(SEARCH), placeholder="代码、名称或定义中的词")
with group_box:
    groups = [ALL, *GROUPS]
    group = st.pills("类别", **kept(GROUP, groups), required=True)

matched = matching(search, "" if group == ALL else group)
if not matched:
    states.empty(f"没有与“{search}”相符的指标。", "换一个词，或把类别改为“全部”", title="没有找到")
    st.stop()

listed = pd.DataFrame(
    [
        (
            declared.code,
            declared.name,
            declared.group,
            declared.unit,
            declared.arrow,
            declared.definition,
        )
        for declared in matched
    ],
    columns=["code", "name", "group", "unit", "arrow", "definition"],
)
st.caption(f"共{len(matched)}项；↑越高越好，↓越低越好，·不分优劣。点选一行查看算法。")
code = tables.pick_kept(
    listed,
    {
        "code": tables.text("代码", width=52),
        "name": tables.text("名称", width=232),
        "group": tables.text("类别", width=86),
        "unit": tables.text("单位", width=66),
        "arrow": tables.text("方向", width=48),
        "definition": tables.text("定义", width=500),
    },
    CODE,
    "code",
    key="dictionary",
    about="指标字典",
    height=tables.tall(len(listed), 12),
)

declared = indicator(code)
st.header(f"{declared.code}　{declared.name}")
st.text(declared.definition)
if view.snapshot:
    task_link(view, code)
    figure.figure(view, declared)
    st.header("定义和算法")
tables.facts(
    {
        "英文名": declared.name_en,
        "单位": declared.unit,
        "方向": wording.DIRECTIONS[declared.better],
        "对应任务": declared.clause,
        "范围": scope_names(declared),
        "算法": declared.formula if declared.has_whole or declared.kind == "difference" else explain.ADDED_UP,
    }
)
st.subheader("取数")
for part in aggregates(declared):
    with st.expander(f"{part.role}：{part.relation.title}"):
        if part.held:
            st.caption("所用的列及其数据级别：" + "，".join(f"{name}（{level}）" for name, level in part.held.items()))
        st.text("在取数范围上汇总：")
        st.html(sheets.statement(part.expression))
        st.text("取数范围：")
        st.html(sheets.statement(part.relation.sql.strip()))

if view.snapshot and may_see(view.viewer, "figures"):
    st.header("参照序列")
    references.listed(view)
    references.entry(view)
