"""The indicators of a task for one entity: the figure with its course, the city's beside it, and what it aims at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contract.calendar import period_bounds
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.catalogue import indicator
from metrics.indicators.relations import CITY
from metrics.queries.door import rows
from metrics.queries.figures.progress import reference, tasks
from metrics.queries.figures.targets import targets
from metrics.queries.figures.values import Headline, headlines
from metrics.queries.tasks.reach import reader, refuse

TARGET, FULL_MARK = "目标", "参照"
PACE = "pace"  # the source of a task's reference that is the month's share of a year's lending
# The full mark of the scorecard in force, where no target is set: districts have a card of their own.
FULL_MARKS = """
    SELECT item, "full", document_no FROM scorecard
    WHERE kind = $kind AND list_contains($indicators, item) AND effective_from <= $day
        AND (effective_to IS NULL OR $day < effective_to)
"""


@dataclass(frozen=True)
class Aim:
    """What a figure is held against, in the indicator's unit: `name` says whether it is a target (目标), the full mark
    of the scorecard (参照) or the month's pace (序时进度); `met` is None where there is no figure."""

    level: float
    met: bool | None
    name: str
    document_no: str


@dataclass(frozen=True)
class TaskFigure:
    """One indicator of a task: an entity's figure, the city's where another is shown, and what it aims at."""

    figure: Headline
    city: Headline | None
    aim: Aim | None


def task_figures(
    viewer: Viewer, snapshot: Snapshot, period: str, indicators: Sequence[str], scope: str, entity: str
) -> tuple[TaskFigure, ...]:
    """Each indicator in the order given; one that has not the scope is shown with the city's figure alone.

    Raises AccessDenied for an entity that is not the viewer's.
    """
    refuse(viewer, scope, entity)
    own = [code for code in indicators if scope in indicator(code).scopes]
    there = {
        one.indicator: one
        for one in headlines(
            viewer=reader(viewer, scope), snapshot=snapshot, period=period, indicators=own, scope=scope, entity=entity
        )
    }
    everyone = reader(viewer, "city")
    city = {one.indicator: one for one in headlines(everyone, snapshot, period, indicators, "city", CITY)}
    aims = _aims(reader(viewer, scope), snapshot, period, there)
    return tuple(
        TaskFigure(
            there.get(code, city[code]), city[code] if scope != "city" and code in there else None, aims.get(code)
        )
        for code in indicators
    )


def _aims(viewer: Viewer, snapshot: Snapshot, period: str, there: dict[str, Headline]) -> dict[str, Aim]:
    """Indicator → what its figure aims at: its target, else the declared pace, else the full mark; of the city and of
    groups by the banks' scorecard."""
    if not there:
        return {}
    codes, place = list(there), next(iter(there.values()))
    given = {"kind": "district" if place.scope == "district" else "bank", "indicators": codes}
    marks = rows(snapshot, FULL_MARKS, given | {"day": period_bounds(period)[1]})
    found = {
        row.item: Aim(row.full, _reached(there[row.item], row.full), FULL_MARK, row.document_no)
        for row in marks.itertuples(index=False)
    }
    for task in tasks():
        if task.source == PACE and task.indicator in there:
            level = reference(snapshot, task, period, place.scope, place.entity)
            if level is not None:
                found[task.indicator] = Aim(level, _reached(there[task.indicator], level), task.label, "")
    aimed = targets(viewer, snapshot, period, codes, scopes=(place.scope,), entities=(place.entity,))
    for row in aimed[aimed["level"].notna()].itertuples(index=False):
        met = None if there[row.indicator].value is None else bool(row.met)
        found[row.indicator] = Aim(row.level, met, TARGET, row.document_no)
    return found


def _reached(figure: Headline, mark: float) -> bool | None:
    if figure.value is None:
        return None
    return figure.value <= mark if indicator(figure.indicator).better == "lower" else figure.value >= mark
