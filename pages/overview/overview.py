"""总览: how the pilot stands, and what needs this viewer today."""

import streamlit as st

from contract.viewer import may_see
from metrics.indicators.relations import CITY
from metrics.queries.figures.progress import progress
from metrics.queries.figures.values import headlines
from metrics.queries.work.waiting import waiting, waiting_changes, waiting_issues, waiting_tasks
from pages.overview import coverage, month_strip, s70
from pages.overview.contributions import contributors
from pages.overview.district_map import district_map
from pages.overview.institutions import institutions
from pages.overview.tasks import task_row
from pages.overview.waiting import waiting_strip
from pages.overview.waterfall import waterfall
from pages.shared import cards, targets
from pages.shared.series import trend
from pages.shell import frame, session, states
from pages.shell.data import read, read_now

HEADLINES = ("G01", "G02", "G04", "G09", "G18", "G07", "S01")  # G18 stands on the card of G09
BESIDE_MAP = 386  # the chart as tall as the map beside it, in pixels

viewer = session.view().viewer
view = frame.open_page("试点总览", coverage.about(session.view()))

if not may_see(viewer, "figures"):
    states.empty(
        "管理员负责用户、角色和审计，不查看业务数据。",
        "在左侧“指标字典”可查看各指标的口径",
        title="总览不含可供查看的内容",
    )
    st.stop()

scope, entity = (viewer.own_scope, viewer.scope) if viewer.own_scope else ("city", CITY)

waiting_strip(
    view,
    (
        *read(view, waiting, period=view.period),
        *read_now(view, waiting_changes),
        *read_now(view, waiting_issues),
        *read_now(view, waiting_tasks),
    ),
)
month_strip.strip(view)
cards.figure_row(
    view,
    read(view, headlines, period=view.period, indicators=HEADLINES, scope=scope, entity=entity),
)
# On a phone the first three alone, until the rest is asked for (style.css); elsewhere all of it, without being asked.
st.toggle("显示全部内容", key="overview-whole")

if viewer.own_scope == "district":
    st.header("试点机构合计")
    cards.figure_row(
        view,
        read(view, headlines, period=view.period, indicators=HEADLINES, scope="city", entity=CITY),
    )

st.header("任务进展")
task_row(view, read(view, progress, period=view.period, scope=scope, entity=entity))

targets.section(view, scope, entity)

st.header("余额与增速")
if viewer.own_scope:
    trend.balance_and_growth(view, scope, entity)
else:
    left, right = st.columns([11, 9])
    with left:
        trend.balance_and_growth(view, scope, entity, height=BESIDE_MAP)
    with right:
        district_map(view)

if may_see(viewer, "movement"):
    st.header("变动来源")
    left, right = st.columns(2)
    with left:
        waterfall(view, scope, entity, "balance", "质押贷款余额")
    with right:
        waterfall(view, scope, entity, "npl", "不良贷款余额")
    left, right = st.columns(2)
    with left:
        contributors(view, "G01", "质押贷款余额")
    with right:
        contributors(view, "G08", "不良贷款余额")

if viewer.bureau:
    st.header("试点机构")
    institutions(view)
    s70.section(view)
