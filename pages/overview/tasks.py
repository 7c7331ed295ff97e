"""任务进展: the five task groups and management, each against its reference."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from metrics.indicators.catalogue import indicator
from metrics.queries.figures.progress import Progress
from pages.shared import cards, explain
from pages.shared.format import measure, with_unit
from pages.shell.task_links import task_anchor
from pages.shell.view import View

NAMES = {"报送": "管理"}  # where the task's name differs from the catalogue's group


def task_row(view: View, tasks: Sequence[Progress]) -> None:
    """A card a task: figure, bar, reference line and what it is."""
    cards.row(
        cards.card(
            explain.anchor(view, progress.task.indicator, progress.figure.scope, progress.figure.entity),
            task_html(progress),
            task_anchor(view, progress.task.indicator),
        )
        for progress in tasks
    )


def task_html(progress: Progress) -> str:
    declared = indicator(progress.task.indicator)
    how = measure(declared.unit, progress.figure.scope, declared.decimals)
    note = f"{progress.task.label} {progress.reference:g}{how.unit}" if progress.reference is not None else "未设参照"
    group = NAMES.get(progress.task.group, progress.task.group)
    return progress_html(
        group, declared.name, with_unit(progress.figure.value, how), progress.share, progress.mark, note
    )


def progress_html(title: str, name: str, shown_value: str, share: float | None, mark: float | None, note: str) -> str:
    """Progress against a reference: `share` and `mark` are fractions of the bar's length."""
    bar = (
        ""
        if share is None
        else f'<i class="{"short" if mark is not None and share < mark else ""}" style="width:{share * 100:.1f}%"></i>'
    )
    line = "" if mark is None else f'<u style="left:calc({mark * 100:.1f}% - 2px)"></u>'
    return (
        f'<div class="progress-title">{escape(title)}</div><div class="card-title">{escape(name)}</div>'
        f'<div class="progress">{bar}{line}</div>'
        f'<div class="card-foot"><b>{escape(shown_value)}</b><span>{escape(note)}</span></div>'
    )
