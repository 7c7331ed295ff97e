"""What a member on a time limit does and is found to have done: its plan (整改方案), and the acceptance (整改验收).

Both are events of the decision that set the limit. They decide nothing: release and exit are decisions of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date

from casework.decisions.steps import Desk, desk
from contract.errors import AccessDenied, CallError
from contract.settings import Home
from ledger.people import APPROVERS, PROPOSERS, check_person, same_person
from ledger.proposals import APPROVED, Paper, Proposal
from ledger.roster import Member


def plan(home: Home, number: int, paper: Paper, by: str, on: date | None = None) -> Proposal:
    """Registers the plan that a member has handed in; a later one takes the place of an earlier one, which is kept.

    Raises:
        CallError: the decision sets no limit that still runs, or the day is before it or to come.
        AccessDenied: the user's role registers none.
    """
    with desk(home) as found:
        proposal = _running(found, number)
        actor = check_person(found.ledger, by, PROPOSERS, "登记整改方案")
        given_on = _within(found, on, proposal.decided_on)
        found.append("plan", actor, proposal.subject, proposal=number, on=given_on.isoformat(), paper=asdict(paper))
        return found.again(number)


def accept(
    home: Home, number: int, passed: bool, reason: str, paper: Paper, by: str, on: date | None = None
) -> Proposal:
    """Registers whether things were found to be right, by another person than registered the plan.

    Raises:
        CallError: no limit runs, no plan is in, no reason is given, or the day is before the plan or to come.
        AccessDenied: it is the person who registered the plan, or the user's role accepts nothing.
    """
    with desk(home) as found:
        proposal = _running(found, number)
        if proposal.plan is None:
            raise CallError(f"第{number}号事项尚未登记整改方案，不能验收")
        if not reason.strip():
            raise CallError("须写明验收情况（--reason）")
        actor = check_person(found.ledger, by, APPROVERS, "验收整改")
        if same_person(actor, proposal.plan.by):
            raise AccessDenied(f"整改方案由{proposal.plan.by}登记，须由另一人验收")
        found_on = _within(found, on, proposal.plan.on)
        facts = {"on": found_on.isoformat(), "passed": passed, "reason": reason.strip(), "paper": asdict(paper)}
        found.append("acceptance", actor, proposal.subject, proposal=number, **facts)
        return found.again(number)


def running(decisions: Iterable[Proposal], listed: Mapping[str, Member]) -> dict[int, Proposal]:
    """Number → decision by which a member is on a time limit now, of a member the latest."""
    latest = {one.subject: one for one in decisions if (one.status, one.kind.target) == (APPROVED, "rectify")}
    return {one.id: one for one in latest.values() if listed[one.subject].states[-1].value == "rectify"}


def _running(found: Desk, number: int) -> Proposal:
    """The decision of that number. Raises CallError where it sets no limit, or none that still runs."""
    proposal = found.proposals.get(number)
    if proposal is None or proposal.status != APPROVED or proposal.kind.target != "rectify":
        raise CallError(f"第{number}号事项不是已批准的限期整改")
    if number not in running(found.proposals.values(), found.listed):
        raise CallError(f"{proposal.subject}的这次限期整改已经结束")
    return proposal


def _within(found: Desk, on: date | None, earliest: date) -> date:
    day = on or found.today
    if not earliest <= day <= found.today:
        raise CallError(f"日期{day}应在{earliest}至今天（{found.today}）之间")
    return day
