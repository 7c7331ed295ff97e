"""What a viewer may do with changes of users through the screen: approve, reject."""

from __future__ import annotations

from etl.settings import Home
from metrics import user_desk
from metrics.users import UserProposal
from metrics.viewer import Viewer, own_only


def approve(viewer: Viewer, home: Home, number: int) -> UserProposal:
    """Approves under the viewer's name; no data version changes with it."""
    own_only(viewer, "approve")
    return user_desk.approve_user(home, number, viewer.user)


def reject(viewer: Viewer, home: Home, number: int, reason: str) -> UserProposal:
    """Turns a change down under the viewer's name."""
    own_only(viewer, "approve")
    return user_desk.reject_user(home, number, viewer.user, reason)
