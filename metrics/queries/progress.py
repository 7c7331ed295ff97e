"""How far each task of the plan is: its indicator beside the reference that is declared for it (`data/targets.csv`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from etl.calendar import period_bounds
from etl.declarations import read_rows
from etl.settings import DECLARATIONS
from metrics.catalogue import indicator
from metrics.queries.door import rows
from metrics.queries.figures import Headline, headlines
from metrics.snapshot import Snapshot
from metrics.viewer import Viewer

FULL_SCORE = """
    SELECT "full" FROM scorecard
    WHERE item = $item AND kind = 'bank' AND effective_from <= $day AND (effective_to IS NULL OR $day < effective_to)
"""
PACE = """
    SELECT value FROM parameter
    WHERE name = $name AND effective_from <= $day AND (effective_to IS NULL OR $day < effective_to)
"""


@dataclass(frozen=True)
class Target:
    """A task group's indicator and where its reference comes from: a number, the scorecard's full mark, the pace."""

    group: str
    indicator: str
    label: str
    source: str
    value: float | None
    effective_from: date
    document_no: str


@dataclass(frozen=True)
class Progress:
    """One task: its figure, its reference, and both as fractions of a bar; None where there is none."""

    target: Target
    figure: Headline
    reference: float | None
    share: float | None
    mark: float | None


@cache
def targets() -> tuple[Target, ...]:
    """Every declared target, in declared order."""
    columns = ("group", "indicator", "label", "source", "value", "effective_from", "document_no")
    return tuple(
        Target(
            row["group"],
            row["indicator"],
            row["label"],
            row["source"],
            float(row["value"]) if row["value"] else None,
            date.fromisoformat(row["effective_from"]),
            row["document_no"],
        )
        for row in read_rows(DECLARATIONS / "targets.csv", *columns)
    )


def progress(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> tuple[Progress, ...]:
    """Each task's figure of one entity at a period against the reference in force at its end."""
    _, last_day = period_bounds(period)
    declared = [
        target
        for target in targets()
        if target.effective_from <= last_day and scope in indicator(target.indicator).scopes
    ]
    figures = headlines(viewer, snapshot, period, [target.indicator for target in declared], scope, entity)
    return tuple(
        placed(target, figure, reference(snapshot, target, period, last_day))
        for target, figure in zip(declared, figures, strict=True)
    )


def reference(snapshot: Snapshot, target: Target, period: str, day: date) -> float | None:
    """The reference's value at a period: as declared, the scorecard's full mark, or the month's share of a year."""
    if target.source == "scorecard":
        found = rows(snapshot, FULL_SCORE, {"item": target.indicator, "day": day})
    elif target.source == "pace":
        found = rows(snapshot, PACE, {"name": f"lending_share_{period[5:]}", "day": day})
    else:
        return target.value
    return None if found.empty else float(found.iat[0, 0])


def placed(target: Target, figure: Headline, level: float | None) -> Progress:
    """Figure and reference on a bar: of 100 for shares, else of the greater of the two."""
    numbers = [number for number in (figure.value, level) if number is not None]
    length = 100.0 if indicator(target.indicator).unit == "%" else max(numbers, default=0)

    def fraction(number: float | None) -> float | None:
        return None if number is None or not length else min(max(number / length, 0.0), 1.0)

    return Progress(target, figure, level, fraction(figure.value), fraction(level))
