"""What a viewer may do with decisions through the screen: the same door for acting as `metrics.queries` for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from casework.decisions import rectification, steps
from casework.decisions.drafts import Draft
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot, connect
from etl.snapshot.publish import publish
from ledger.events import Ledger
from ledger.policy import parameters_of
from ledger.proposals import APPROVED, EVENTS, Proposal, proposals
from ledger.roster import members
from metrics.queries.door import held_to_own
from metrics.warnings.replay import Caught, replay
from metrics.warnings.rules import Rule


def known_proposals(viewer: Viewer, home: Home) -> tuple[Proposal, ...]:
    """Every decision on its way or taken, the latest first, from the ledger; a member sees its own once taken."""
    own = held_to_own(viewer, "decisions", None)
    found = proposals(Ledger(home.ledger).events(*EVENTS)).values()
    seen = [one for one in found if own is None or (one.subject == own and one.status == APPROVED)]
    return tuple(sorted(seen, key=lambda one: -one.id))


def propose(viewer: Viewer, home: Home, draft: Draft, files: Sequence[tuple[str, bytes]]) -> Proposal:
    """Puts a decision forward under the viewer's name, with its files. Raises as `casework.decisions.steps.propose`."""
    own_only(viewer, "propose")
    papers = tuple(steps.archived(home, name, content) for name, content in files)
    return steps.propose(home, Draft(**{**vars(draft), "papers": papers}), viewer.user)


def notice(viewer: Viewer, home: Home, number: int, on: date) -> Proposal:
    """Records that the member was told; gives the time to answer with the proposal."""
    own_only(viewer, "propose")
    return steps.notice(home, number, viewer.user, on)


def answer(viewer: Viewer, home: Home, number: int, name: str, content: bytes, on: date) -> Proposal:
    """Records the member's statement, with its file."""
    own_only(viewer, "propose")
    return steps.answer(home, number, steps.archived(home, name, content), viewer.user, on)


def consult(viewer: Viewer, home: Home, number: int, outcome: str, name: str, content: bytes) -> Proposal:
    """Records what the seven authorities said, with the minutes."""
    own_only(viewer, "propose")
    return steps.consult(home, number, outcome, steps.archived(home, name, content), viewer.user)


def approve(viewer: Viewer, home: Home, number: int) -> int:
    """Approves under the viewer's name and publishes; gives the number of the data version."""
    own_only(viewer, "approve")
    steps.approve(home, number, viewer.user)
    return publish(home, Ledger(home.ledger), viewer.user)


def reject(viewer: Viewer, home: Home, number: int, reason: str) -> Proposal:
    """Turns a proposal down under the viewer's name."""
    own_only(viewer, "approve")
    return steps.reject(home, number, viewer.user, reason)


def on_limit(viewer: Viewer, home: Home) -> tuple[Proposal, ...]:
    """The decisions by which members are on a time limit now, the one that ends first before the others."""
    own_only(viewer, "propose")
    ledger = Ledger(home.ledger)
    found = rectification.running(
        proposals(ledger.events(*EVENTS)).values(), members(ledger.events("decision"))
    ).values()
    return tuple(sorted(found, key=lambda one: (one.rectify_due, one.id)))


def plan(viewer: Viewer, home: Home, number: int, name: str, content: bytes, on: date) -> Proposal:
    """Registers the plan of a member on a time limit, with its file."""
    own_only(viewer, "propose")
    return rectification.plan(home, number, steps.archived(home, name, content), viewer.user, on)


def accept(viewer: Viewer, home: Home, number: int, passed: bool, reason: str, name: str, content: bytes) -> Proposal:
    """Registers whether things were found to be right, with a file."""
    own_only(viewer, "approve")
    paper = steps.archived(home, name, content)
    return rectification.accept(home, number, passed, reason, paper, viewer.user)


def tried(viewer: Viewer, snapshot: Snapshot, home: Home, rule: Rule, values: Mapping[str, str]) -> list[Caught]:
    """A rule over the past with other parameters; see `metrics.warnings.replay.replay`."""
    own_only(viewer, "replay")
    parameters = parameters_of(Ledger(home.ledger))
    return replay(connect(snapshot.path), rule, parameters, values, snapshot.now.date())
