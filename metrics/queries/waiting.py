"""What waits for a viewer: what is not filed, returned or left open, what is raised, what is to be approved."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from metrics.queries.evaluation import triggers
from metrics.queries.filings import filing
from metrics.queries.members import decisions
from metrics.snapshot import Snapshot
from metrics.viewer import Viewer, may_see

NAMED = 3  # so many subjects are named before 等


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits: missing, returned, questions, due, triggers, decisions; how many, and whose."""

    kind: str
    count: int
    detail: str


def waiting(viewer: Viewer, snapshot: Snapshot, period: str) -> tuple[Waiting, ...]:
    """What waits at a period, the most pressing first; nothing of an area that the viewer has no part in."""
    found = []
    if may_see(viewer, "filing"):
        filed = filing(viewer, snapshot, periods=(period,))
        found += [of_verdict(filed, verdict) for verdict in ("missing", "returned", "questions", "due")]
    if may_see(viewer, "triggers"):
        raised = triggers(viewer, snapshot, periods=(period,))
        found.append(Waiting("triggers", len(raised), some_names(raised)))
    if viewer.bureau:
        proposed = decisions(viewer, snapshot).query("status == 'proposed'")
        found.append(Waiting("decisions", len(proposed), "、".join(proposed["document_no"].dropna().head(NAMED))))
    return tuple(item for item in found if item.count)


def of_verdict(filed: pd.DataFrame, verdict: str) -> Waiting:
    chosen = filed[filed["verdict"] == verdict]
    if verdict == "due" and len(chosen):
        return Waiting("due", len(chosen), f"截止{chosen['deadline'].min():%m月%d日%H:%M}")
    return Waiting(verdict, len(chosen), some_names(chosen))


def some_names(frame: pd.DataFrame) -> str:
    """The first few subjects by name, 等 where there are more."""
    names = list(dict.fromkeys(frame["short_name"]))
    return "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")
