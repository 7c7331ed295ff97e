"""任务进展: the five task groups and management, each against its reference."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.catalogue import indicator
from metrics.queries import Progress
from pages.shared import cards, explain
from pages.shared.format import measure, with_unit
from pages.shared.session import View

NAMES = {"报送": "管理"}  # where the task's name differs from the catalogue's group


def task_row(view: View, tasks: Sequence[Progress]) -> None:
    """A card a task: figure, bar, reference line and what it is."""
    for place, task in zip(st.columns(len(tasks)), tasks, strict=True):
        code = task.target.indicator
        with place.container(border=True, height="stretch", key=f"figure-task-{code}", gap=None):
            st.html(task_html(task))
            explain.button(view, code, task.figure.scope, task.figure.entity, "task")


def task_html(task: Progress) -> str:
    declared = indicator(task.target.indicator)
    how = measure(declared.unit, task.figure.scope, declared.decimals)
    note = f"{task.target.label} {task.reference:g}{how.unit}" if task.reference is not None else "未设参照"
    group = NAMES.get(task.target.group, task.target.group)
    return cards.progress_html(group, declared.name, with_unit(task.figure.value, how), task.share, task.mark, note)
