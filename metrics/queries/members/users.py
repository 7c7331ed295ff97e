"""Users to read: the proposed changes of who may do what, from the ledger as it is now."""

from __future__ import annotations

from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from ledger.events import Ledger
from ledger.users import EVENTS, UserProposal, user_proposals
from metrics.queries.door import held_to_own


def user_changes(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[UserProposal, ...]:
    """Every proposed change of a user, the latest first."""
    held_to_own(viewer, "users", None)
    return tuple(reversed(user_proposals(Ledger(home.ledger).events(*EVENTS)).values()))
