"""Two versions of one filing side by side, for those who may see its findings."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from etl.warehouse.differences import CHANGE_FIELDS, FORM_FIELDS, acknowledged, differences
from metrics.queries.filing.board import version


@dataclass(frozen=True)
class SideBySide:
    """What changed from one version to another, as `etl.warehouse.differences.Differences` tells it, as frames."""

    forms: pd.DataFrame
    changes: pd.DataFrame
    total: int


def side_by_side(viewer: Viewer, snapshot: Snapshot, home: Home, old: int, new: int, limit: int) -> SideBySide:
    """The first so many changes from one version received to another of the same member and period, and their number.

    `old` and `new` are submission ids; both are read again from the archive, so that returned ones count too.

    Raises:
        AccessDenied: the versions are another's.
        CallError: there is no such version, or they are not of one member and period.
        RefusedFile: the archive lacks one of them, or it cannot be read any more.
    """
    first, last = (version(viewer, snapshot, number) for number in (old, new))
    place = [(one["submitter"], one["period"]) for one in (first, last)]
    if place[0] != place[1]:
        raise CallError("只能对比同一成员同一报送期的两版")
    events = acknowledged(home, *place[0], (int(first["version"]), int(last["version"])))
    found = differences(home, *events, limit=limit)
    return SideBySide(
        pd.DataFrame(found.forms, columns=FORM_FIELDS),
        pd.DataFrame(found.changes, columns=CHANGE_FIELDS),
        found.total,
    )
