"""What stands between a proposal and its approval, and what approving it will do: read before anybody acts."""

from __future__ import annotations

from dataclasses import dataclass

from casework.decisions.drafts import check
from casework.decisions.steps import draft_of, not_yet
from contract.decision_kinds import FIELDS, NEVER_LISTED, STATES
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.policy import parameters_of
from ledger.proposals import Proposal
from ledger.roster import Member, members


@dataclass(frozen=True)
class Outlook:
    """`obstacle`: why it cannot be approved today, empty where it can. `effects`: what approving it will do."""

    obstacle: str
    effects: tuple[str, ...]


def outlook(viewer: Viewer, home: Home, proposal: Proposal) -> Outlook:
    """How a proposal stands for who decides on it, by the ledger as it is now. Raises AccessDenied."""
    own_only(viewer, "decisions")
    ledger = Ledger(home.ledger)
    listed = members(ledger.events("decision"))
    member, draft = listed.get(proposal.subject), draft_of(proposal)
    obstacle = not_yet(proposal, member, reference_time(ledger).date())
    if not obstacle:
        try:
            check(draft, listed, parameters_of(ledger))
        except CallError as refusal:
            obstacle = str(refusal)
    return Outlook(obstacle, tuple(_effects(proposal, member)))


def _effects(proposal: Proposal, member: Member | None) -> list[str]:
    """What approving does, a sentence each."""
    kind, name = proposal.kind, member.name if member else proposal.sets.get("name", proposal.subject)
    before = member.states[-1].value if member else NEVER_LISTED
    since = f"自{proposal.effective_on}起"
    if kind.target and before != NEVER_LISTED:
        effects = [f"{name}{since}由“{STATES[before]}”转为“{STATES[kind.target]}”"]
    elif kind.target:
        effects = [f"{name}{since}列入名单，状态为“{STATES[kind.target]}”"]
    else:
        effects = [f"{name}{since}{kind.name}，名单状态不变"]
    shown = [f"{FIELDS[field]}{value}" for field, value in proposal.sets.items() if field in _SHOWN]
    effects += [f"同时登记{'、'.join(shown)}"] if shown else []
    effects += [f"所依据的{len(proposal.triggers)}项预警线索随之办结"] if proposal.triggers else []
    return [*effects, "决定记入台账，不能撤回；有误的只能以另一项决定更正", "随后生成新的数据版本，各页按新的名单显示"]


_SHOWN = ("rectify_due", "ceiling", "successor", "contact")  # of what a decision sets, what a person reads as it is
