"""What the plan asks for, in a line each with where it stands and by whose report it is known."""

from __future__ import annotations

from html import escape

import streamlit as st

from metrics.queries.tasks.declared import TaskPage


def clauses(task: TaskPage) -> None:
    """The sentences as public reports have them; the documents' full texts are not public, so none is quoted."""
    lines = "".join(
        f"<li><span>{escape(one.text)}</span><small>{escape(one.document)}　据{escape(one.told_by)}转述</small></li>"
        for one in task.clauses
    )
    st.html(f'<ul class="clauses" aria-label="对应的方案要求">{lines}</ul>')
