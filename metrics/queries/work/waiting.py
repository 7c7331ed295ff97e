"""What waits for a viewer: what is not filed, returned or left open, what is raised, what is to be approved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from contract.settings import Home
from contract.standing import until
from contract.viewer import Viewer, may_see
from etl.snapshot.opened import Snapshot
from ledger.events import Ledger
from ledger.givings import EVENTS as GIVINGS
from ledger.givings import givings
from ledger.issues import SUBMITTED
from ledger.month.followups import ANSWERED, OPEN
from ledger.people import same_person
from ledger.proposals import PROPOSED
from ledger.users import EVENTS, UserProposal, user_proposals
from metrics.queries.door import held_to_own
from metrics.queries.evaluation.policy import known_policy
from metrics.queries.filing.board import filing
from metrics.queries.members.roster import decisions
from metrics.queries.members.trigger_cases import triggers
from metrics.queries.work.followups import owed
from metrics.queries.work.issues import known_issues

NAMED = 3  # so many subjects are named before 等


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits: one of those that `pages.overview.waiting` words.

    How many there are, and whose.
    """

    kind: str
    count: int
    detail: str


def waiting(viewer: Viewer, snapshot: Snapshot, period: str) -> tuple[Waiting, ...]:
    """What waits at a period, the most pressing first; nothing of an area that the viewer has no part in."""
    items = []
    if may_see(viewer, "filing"):
        of_period = filing(viewer, snapshot, periods=(period,))
        items += [
            of_verdict(of_period, verdict, snapshot.now) for verdict in ("missing", "returned", "questions", "due")
        ]
    if may_see(viewer, "triggers"):
        raised = triggers(viewer, snapshot, periods=(period,))
        items.append(Waiting("triggers", len(raised), some_names(raised)))
    if viewer.bureau:
        proposed = decisions(viewer, snapshot).query("status == 'proposed'").sort_values("decision_id")
        items.append(Waiting("decisions", len(proposed), "、".join(proposed["document_no"].dropna().head(NAMED))))
    return tuple(item for item in items if item.count)


def waiting_tasks(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[Waiting, ...]:
    """The viewer's own follow-ups that it has not answered, and for who closes them those that are answered.

    They stand as the ledger has them now, whatever the data version.
    """
    if not may_see(viewer, "followups"):
        return ()
    known = owed(viewer, snapshot, home)
    own = [task for task in known if task.own and task.followup.state == OPEN]
    items = []
    if own:
        late = sum(task.overdue for task in own)
        first = f"最早{own[0].followup.due_on:%m月%d日}到期"
        items.append(Waiting("followups", len(own), f"{late}件逾期，{first}" if late else first))
    if may_see(viewer, "follow_up"):
        answered = [task for task in known if task.followup.state == ANSWERED]
        names = "、".join(dict.fromkeys(task.owner_name for task in answered[:NAMED]))
        items.append(Waiting("answered", len(answered), names))
    return tuple(item for item in items if item.count)


def waiting_changes(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[Waiting, ...]:
    """The changes of policy and of users, and what is to be given to others, that the viewer may decide: none of its
    own, nor about itself.

    They stand as the ledger has them now, whatever the data version.
    """
    if not may_see(viewer, "approve"):
        return ()
    documents = [
        proposal.draft.document_no
        for proposal in reversed(known_policy(viewer, snapshot, home))
        if proposal.status == PROPOSED and not same_person(proposal.proposer, viewer.user)
    ]
    names = [
        proposal.draft.name
        for proposal in reversed(user_changes(viewer, snapshot, home))
        if proposal.status == PROPOSED
        and not any(same_person(each, viewer.user) for each in (proposal.proposer, proposal.draft.name))
    ]
    recipients = [
        giving.draft.recipient
        for giving in givings(Ledger(home.ledger).events(*GIVINGS)).values()
        if giving.status == PROPOSED and not same_person(giving.proposer, viewer.user)
    ]
    items = (
        Waiting("policy", len(documents), _some(documents)),
        Waiting("users", len(names), _some(names)),
        Waiting("givings", len(recipients), _some(recipients)),
    )
    return tuple(item for item in items if item.count)


def waiting_issues(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[Waiting, ...]:
    """Issues of the briefing (月报) that the viewer may release or return, and those returned to their drafters."""
    if not may_see(viewer, "draft_issue"):
        return ()
    known = known_issues(viewer, home)
    items = []
    if may_see(viewer, "release_issue"):
        submitted = [
            issue
            for issue in known
            if issue.state == SUBMITTED and not any(same_person(viewer.user, each) for each in issue.drafters)
        ]
        items.append(Waiting("issues", len(submitted), _some(issue.period for issue in submitted)))
    returned = [issue for issue in known if issue.returned]
    items.append(Waiting("returned_issues", len(returned), _some(issue.returned.text for issue in returned)))
    return tuple(item for item in items if item.count)


def user_changes(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[UserProposal, ...]:
    """Every proposed change of a user, the latest first."""
    held_to_own(viewer, "users", None)
    return tuple(reversed(user_proposals(Ledger(home.ledger).events(*EVENTS)).values()))


def of_verdict(of_period: pd.DataFrame, verdict: str, now: datetime) -> Waiting:
    chosen = of_period[of_period["verdict"] == verdict]
    if verdict == "due" and len(chosen):
        return Waiting("due", len(chosen), f"截止{until(chosen['deadline'].min(), now)}")
    return Waiting(verdict, len(chosen), some_names(chosen))


def some_names(frame: pd.DataFrame) -> str:
    """The first few subjects by name, 等 where there are more."""
    return _some(frame["short_name"])


def _some(texts: Iterable[str]) -> str:
    names = list(dict.fromkeys(texts))
    return "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")
