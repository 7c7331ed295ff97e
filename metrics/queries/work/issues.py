"""Issues of the briefing (月报) within a viewer's reach, as the ledger has them now."""

from __future__ import annotations

from dataclasses import replace

from contract.settings import Home
from contract.viewer import Viewer, own_only
from ledger.events import Ledger
from ledger.issues import EVENTS, RELEASED, Issue, issues


def known_issues(viewer: Viewer, home: Home, period: str | None = None) -> tuple[Issue, ...]:
    """Every issue, the latest first; a district sees its own part once released, without who drafted and sent it.

    Raises AccessDenied for roles that have no briefing.
    """
    own = own_only(viewer, "briefing")
    every = issues(Ledger(home.ledger).events(*EVENTS)).values()
    shown = [issue for issue in every if period in (None, issue.period)]
    if own is not None:
        released = [issue for issue in shown if issue.part == own and issue.state == RELEASED]
        shown = [replace(issue, turns=(issue.released,), sent=()) for issue in released]
    return tuple(sorted(shown, key=lambda issue: -issue.id))
