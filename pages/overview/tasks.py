"""任务进展: the five task groups and management, each against its reference."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.indicators.catalogue import indicator
from metrics.queries.figures.progress import Progress
from pages.shared import cards, explain
from pages.shared.format import measure, with_unit
from pages.shell.session import View

NAMES = {"报送": "管理"}  # where the task's name differs from the catalogue's group


def task_row(view: View, tasks: Sequence[Progress]) -> None:
    """A card a task: figure, bar, reference line and what it is."""
    for place, one in zip(st.columns(len(tasks)), tasks, strict=True):
        code = one.task.indicator
        with place.container(border=True, height="stretch", key=f"figure-task-{code}", gap=None):
            st.html(task_html(one))
            explain.button(view, code, one.figure.scope, one.figure.entity, "task")


def task_html(one: Progress) -> str:
    declared = indicator(one.task.indicator)
    how = measure(declared.unit, one.figure.scope, declared.decimals)
    note = f"{one.task.label} {one.reference:g}{how.unit}" if one.reference is not None else "未设参照"
    group = NAMES.get(one.task.group, one.task.group)
    return cards.progress_html(group, declared.name, with_unit(one.figure.value, how), one.share, one.mark, note)
