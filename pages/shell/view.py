"""What one run of a page stands on: a viewer, a data version and a period."""

from __future__ import annotations

from dataclasses import dataclass

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot


@dataclass(frozen=True)
class View:
    """One viewer on one data version, looking at one period; `periods` are those with values, the latest first.

    Before anything was reported there is the latest period alone; before the first data version (`snapshot` is None)
    only pages that open without data have a view.
    """

    viewer: Viewer
    snapshot: Snapshot | None
    period: str
    periods: tuple[str, ...]
