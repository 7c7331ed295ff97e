"""What a viewer may do with policy through the screen: try it out, propose, approve, reject."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from casework.policy import changes
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot, connect
from etl.snapshot.publish import publish
from ledger.events import Ledger
from metrics.evaluation.policy_proposals import PolicyBook, PolicyDraft, PolicyProposal
from metrics.evaluation.trial import read_trial
from metrics.evaluation.what_if import ROUNDS, Compared, book_in, tried_over

TRIAL_FILE = "参数试算.toml"


def book(viewer: Viewer, snapshot: Snapshot, home: Home) -> PolicyBook:
    """Parameters and scorecards as the data version was built with."""
    own_only(viewer, "policy")
    return book_in(connect(snapshot.path), Ledger(home.ledger))


def tried(viewer: Viewer, snapshot: Snapshot, home: Home, text: str, periods: str = ROUNDS) -> list[Compared]:
    """A trial, as its file has it, beside today's; see `metrics.evaluation.what_if.compare`."""
    own_only(viewer, "policy")
    connection, ledger = connect(snapshot.path), Ledger(home.ledger)
    trial = read_trial(text.encode(), book_in(connection, ledger), snapshot.now.date())
    return tried_over(connection, ledger, home.archive, trial, periods)


def adopt(viewer: Viewer, home: Home, text: str, effective_from: date, document_no: str, reason: str) -> PolicyProposal:
    """Proposes all that a trial changes, with its file. Raises CallError where it changes nothing from that day on."""
    own_only(viewer, "propose")
    trial = read_trial(text.encode(), changes.book_of(Ledger(home.ledger)), effective_from)
    if not trial:
        raise CallError(f"与{effective_from}起的参数和评分表相同，不必提议")
    draft = PolicyDraft(trial.values, effective_from, document_no.strip(), trial.cards, reason.strip())
    return changes.propose_policy(home, draft, viewer.user, (TRIAL_FILE, text.encode()))


def propose(
    viewer: Viewer, home: Home, name: str, value: Decimal, effective_from: date, document_no: str, reason: str
) -> PolicyProposal:
    """Proposes one value under the viewer's name."""
    own_only(viewer, "propose")
    draft = PolicyDraft({name: value}, effective_from, document_no.strip(), reason=reason.strip())
    return changes.propose_policy(home, draft, viewer.user)


def touched(viewer: Viewer, snapshot: Snapshot, home: Home, effective_from: date) -> list[str]:
    """The rounds that have ended and would be worked out again, but for those that are frozen."""
    own_only(viewer, "policy")
    return changes.recalculated(Ledger(home.ledger), effective_from, snapshot.now.date())


def approve(viewer: Viewer, home: Home, number: int) -> int:
    """Approves under the viewer's name and publishes; gives the number of the data version."""
    own_only(viewer, "approve")
    changes.approve_policy(home, number, viewer.user)
    return publish(home, Ledger(home.ledger), viewer.user)


def reject(viewer: Viewer, home: Home, number: int, reason: str) -> PolicyProposal:
    """Turns a proposal down under the viewer's name."""
    own_only(viewer, "approve")
    return changes.reject_policy(home, number, viewer.user, reason)
