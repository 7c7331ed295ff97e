"""What one run of a page stands on: a viewer, a data version and a period."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.snapshot import Snapshot
from metrics.viewer import Viewer


@dataclass(frozen=True)
class View:
    """One viewer on one data version, looking at one period; `periods` are those with values, the latest first."""

    viewer: Viewer
    snapshot: Snapshot
    period: str
    periods: tuple[str, ...]
