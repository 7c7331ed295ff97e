"""The way from an indicator, wherever it is named, to the page of its task."""

from __future__ import annotations

import streamlit as st

from pages.shell import navigation
from pages.shell.session import PERIOD
from pages.shell.view import View

# The task page's choices in the URL.
PART, INDICATOR = "part", "indicator"
PARTS = {"progress": "进展", "members": "机构与地区", "records": "各项记录", "lists": "名录清单"}


def task_link(view: View, indicator: str, label: str = "查看任务“{}”", part: str = "members") -> None:
    """A link to a part of the task page, turned to the indicator; none for an indicator of no task, or to a page not
    open to the viewer."""
    entry = navigation.task_entry(indicator)
    if entry is None or not entry.open_to(view.viewer):
        return
    st.page_link(
        entry.page(),
        label=label.format(entry.title),
        icon=entry.icon,
        query_params={PERIOD: view.period, PART: part, INDICATOR: indicator},
    )
