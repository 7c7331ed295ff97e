"""The way from an indicator, wherever it is named, to the page of its task."""

from __future__ import annotations

from pages.shell import navigation
from pages.shell.links import in_html, links
from pages.shell.selections import Task
from pages.shell.view import View


def task_link(view: View, indicator: str) -> None:
    """A link to the task page, turned to the indicator's members; none for an indicator of no task, or to a page not
    open to the viewer."""
    links(view, *_way(indicator, "查看任务“{}”", "members"))


def task_anchor(view: View, indicator: str) -> str:
    """A link to the task's progress, in HTML of our own; none where `task_link` has none."""
    return in_html(view, *_way(indicator, "进入{}", "progress"))


def _way(indicator: str, words: str, part: str) -> tuple[tuple[Task, str], ...]:
    entry = navigation.task_entry(indicator)
    if entry is None:
        return ()
    return ((Task(task=entry.address, part=part, indicator=indicator), words.format(entry.title)),)
