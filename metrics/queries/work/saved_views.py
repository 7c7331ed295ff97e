"""Saved views as they are listed to a viewer: its own, and those shared in its circle."""

from __future__ import annotations

from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from ledger.events import Ledger
from ledger.people import same_person
from ledger.sharing.saved_views import EVENTS, SavedView, saved_views

BUREAU = "bureau"


def circle_of(viewer: Viewer) -> str:
    """Among whom a viewer shares: the Bureau's people; of other roles those of the same role and member."""
    return BUREAU if viewer.bureau else f"{viewer.role}:{viewer.scope}"


def views_of(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[SavedView, ...]:
    """The viewer's own views, then those that others of its circle share, each by name.

    Raises AccessDenied where the role keeps none.
    """
    own_only(viewer, "views")
    known = saved_views(Ledger(home.ledger).events(*EVENTS)).values()
    listed = [view for view in known if is_own(viewer, view) or view.circle == circle_of(viewer)]
    return tuple(sorted(listed, key=lambda view: (not is_own(viewer, view), view.name, view.id)))


def is_own(viewer: Viewer, view: SavedView) -> bool:
    """Whether the viewer saved it."""
    return same_person(viewer.user, view.owner)
