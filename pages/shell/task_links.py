"""The way from an indicator, wherever it is named, to the page of its task."""

from __future__ import annotations

from pages.shell import navigation
from pages.shell.links import link
from pages.shell.selections import Task
from pages.shell.view import View


def task_link(view: View, indicator: str, label: str = "查看任务“{}”", part: str = "members") -> None:
    """A link to a part of the task page, turned to the indicator; none for an indicator of no task, or to a page not
    open to the viewer."""
    entry = navigation.task_entry(indicator)
    if entry is not None:
        link(view, Task(task=entry.address, part=part, indicator=indicator), label.format(entry.title))
