"""What a viewer may do with changes of users through the screen: approve, reject."""

from __future__ import annotations

from casework.policy import users
from contract.settings import Home
from contract.viewer import Viewer, own_only
from ledger.users import UserProposal


def approve(viewer: Viewer, home: Home, number: int) -> UserProposal:
    """Approves under the viewer's name; no data version changes with it."""
    own_only(viewer, "approve")
    return users.approve_user(home, number, viewer.user)


def reject(viewer: Viewer, home: Home, number: int, reason: str) -> UserProposal:
    """Turns a change down under the viewer's name."""
    own_only(viewer, "approve")
    return users.reject_user(home, number, viewer.user, reason)
