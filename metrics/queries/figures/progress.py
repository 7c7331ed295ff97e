"""How far each task of the plan is: its indicator beside the reference that is declared for it (`data/tasks.csv`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract.calendar import period_bounds
from contract.declarations import read_rows
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.catalogue import GROUPS, catalogue, indicator
from metrics.queries.door import rows
from metrics.queries.figures.values import Headline, headlines

# Where a task's reference comes from: the level of its target at the period, the scorecard's full mark, the month's
# share of a year's lending; or there is none.
REFERENCES = {
    "target": """
        SELECT level FROM target
        WHERE indicator = $indicator AND period = $period AND scope = $scope AND entity = $entity
    """,
    "scorecard": """
        SELECT "full" FROM scorecard
        WHERE item = $indicator AND kind = 'bank' AND effective_from <= $day
            AND (effective_to IS NULL OR $day < effective_to)
    """,
    "pace": """
        SELECT value FROM parameter
        WHERE name = 'lending_share_' || right($period, 2) AND effective_from <= $day
            AND (effective_to IS NULL OR $day < effective_to)
    """,
    "none": "",
}


@dataclass(frozen=True)
class Task:
    """A task group of the plan, the indicator that stands for it, and where its reference comes from."""

    group: str
    indicator: str
    label: str
    source: str  # one of REFERENCES


@dataclass(frozen=True)
class Progress:
    """One task: its figure, its reference, and both as fractions of a bar; None where there is none."""

    task: Task
    figure: Headline
    reference: float | None
    share: float | None
    mark: float | None


def read_tasks(path: Path) -> tuple[Task, ...]:
    """The tasks of a declaration file, in declared order.

    Raises:
        DeclarationError: names the row with an unknown group, indicator or source.
    """
    tasks_read = []
    for number, row in enumerate(read_rows(path, "group", "indicator", "label", "source"), start=2):
        for field, known in (("group", GROUPS), ("indicator", catalogue()), ("source", REFERENCES)):
            if row[field] not in known:
                raise DeclarationError(f"{path.name}第{number}行的{field}“{row[field]}”不认识")
        tasks_read.append(Task(**row))
    return tuple(tasks_read)


@cache
def tasks() -> tuple[Task, ...]:
    """The tasks of `data/tasks.csv`."""
    return read_tasks(DECLARATIONS / "tasks.csv")


def progress(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> tuple[Progress, ...]:
    """Each task's figure of one entity at a period against its reference then."""
    declared = [task for task in tasks() if scope in indicator(task.indicator).scopes]
    figures = headlines(viewer, snapshot, period, [task.indicator for task in declared], scope, entity)
    return tuple(
        placed(task, figure, reference(snapshot, task, period, scope, entity))
        for task, figure in zip(declared, figures, strict=True)
    )


def reference(snapshot: Snapshot, task: Task, period: str, scope: str, entity: str) -> float | None:
    """The reference's value at a period, in the indicator's unit; None where none is declared or known."""
    asked = {"indicator": task.indicator, "period": period, "day": period_bounds(period)[1]}
    asked |= {"scope": scope, "entity": entity}
    query = REFERENCES[task.source]
    frame = (
        rows(snapshot, query, {name: value for name, value in asked.items() if f"${name}" in query}) if query else ()
    )
    return float(frame.iat[0, 0]) if len(frame) and frame.iat[0, 0] == frame.iat[0, 0] else None


def placed(task: Task, figure: Headline, level: float | None) -> Progress:
    """Figure and reference on a bar: of 100 for shares, else of the greater of the two."""
    numbers = [number for number in (figure.value, level) if number is not None]
    length = 100.0 if indicator(task.indicator).unit == "%" else max(numbers, default=0)

    def fraction(number: float | None) -> float | None:
        return None if number is None or not length else min(max(number / length, 0.0), 1.0)

    return Progress(task, figure, level, fraction(figure.value), fraction(level))
