"""What a member on a time limit does and is found to have done: its plan (整改方案), and the acceptance (整改验收).

Both are events of the decision that set the limit. They decide nothing: release and exit are decisions of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date

from casework.held import File, Held, holding
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from ledger.events import Ledger
from ledger.people import Actor, Earlier, check_person, second_person
from ledger.proposals import APPROVED, EVENTS, Proposal, proposals
from ledger.roster import Member, members

REGISTERS, ACCEPTS = "propose", "approve"  # areas of `data/access.csv`


def on_limit(viewer: Viewer, home: Home) -> tuple[Proposal, ...]:
    """The decisions by which members are on a time limit now, the one that ends first before the others."""
    own_only(viewer, REGISTERS)
    ledger = Ledger(home.ledger)
    decided, listed = proposals(ledger.events(*EVENTS)).values(), members(ledger.events("decision"))
    return tuple(sorted(running(decided, listed).values(), key=lambda decision: (decision.rectify_due, decision.id)))


def plan(home: Home, number: int, file: File, by: Actor, on: date | None = None) -> Proposal:
    """Registers the plan that a member has handed in; a later one takes the place of an earlier one, which is kept.

    Raises:
        CallError: the decision sets no limit that still runs, or the day is before it or to come.
        AccessDenied: the user's role registers none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, REGISTERS, "登记整改方案")
        decision = _running(held, number)
        given_on = _within(held, on, decision.decided_on)
        paper = asdict(held.keep(file))
        held.append("plan", actor, decision.subject, proposal=number, on=given_on.isoformat(), paper=paper)
        return held.reread(number)


def accept(
    home: Home, number: int, passed: bool, reason: str, file: File, by: Actor, on: date | None = None
) -> Proposal:
    """Registers whether things were found to be right, by another person than registered the plan.

    Raises:
        CallError: no limit runs, no plan is in, it is the person who registered it, no reason is given, or the day is
            before the plan or to come.
        AccessDenied: the user's role accepts nothing.
    """
    with holding(home) as held:
        actor = second_person(held.ledger, by, ACCEPTS, "验收", "整改", _registered(held, number))
        decision = _running(held, number)
        if not reason.strip():
            raise CallError("须写明验收情况（--reason）")
        accepted_on = _within(held, on, decision.plan.on)
        facts = {"on": accepted_on.isoformat(), "passed": passed, "reason": reason.strip()}
        paper = asdict(held.keep(file))
        held.append("acceptance", actor, decision.subject, proposal=number, **facts, paper=paper)
        return held.reread(number)


def running(decisions: Iterable[Proposal], listed: Mapping[str, Member]) -> dict[int, Proposal]:
    """Number → decision by which a member is on a time limit now, of a member the latest."""
    limits = (decision for decision in decisions if (decision.status, decision.kind.target) == (APPROVED, "rectify"))
    latest = {decision.subject: decision for decision in limits}
    return {
        decision.id: decision for decision in latest.values() if listed[decision.subject].states[-1].value == "rectify"
    }


def _running(held: Held, number: int) -> Proposal:
    """The decision of that number. Raises CallError where it sets no limit, or none that still runs."""
    decision = held.proposals.get(number)
    if decision is None or decision.status != APPROVED or decision.kind.target != "rectify":
        raise CallError(f"{decision.number if decision else f'第{number}号'}事项不是已批准的限期整改")
    if number not in running(held.proposals.values(), held.listed):
        raise CallError(f"{decision.subject}的这次限期整改已经结束")
    return decision


def _registered(held: Held, number: int) -> Iterator[Earlier]:
    decision = _running(held, number)
    plan = decision.plan
    if plan is None:
        raise CallError(f"{decision.number}事项尚未登记整改方案，不能验收")
    yield plan.by, f"整改方案由{plan.by}登记"


def _within(held: Held, on: date | None, earliest: date) -> date:
    day = on or held.today
    if not earliest <= day <= held.today:
        raise CallError(f"日期{day}应在{earliest}至今天（{held.today}）之间")
    return day
