"""登记 · 评估 · 服务机制 · 处置 · 协同: how far is this clause of the plan? One page for every declared task."""

import streamlit as st

from metrics.queries.tasks.declared import task_pages
from pages.shared.in_url import segments
from pages.shell import frame, url
from pages.shell.selections import Task
from pages.tasks import clauses, indicators, members, records, standing_out, whose

task = task_pages()[url.page_address()]
view = frame.open_page(task.title, "行动方案任务进展")

clauses.clauses(task)
left, right = st.columns([2, 3], vertical_alignment="bottom")
with left:
    subject = whose.choose(view)
with right:
    part = segments("内容", "part", Task.PARTS)

if part == "members":
    members.section(view, task, subject)
elif part == "records":
    records.charts(view, task, subject)
elif part == "lists":
    records.lists(view, task, subject)
else:
    indicators.lead(view, task, subject)
    indicators.table(view, task, subject)
    standing_out.section(view, task, subject)
