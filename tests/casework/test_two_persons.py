"""Every act that needs a second person, tried by the first in every spelling and role, by nobody, and by another."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain

import pytest

from casework.decisions import incidents, rectification, steps
from casework.giving import requests
from casework.held import holding
from casework.issues import passing
from casework.month import followups
from casework.policy.changes import approve_policy, propose_value, reject_policy
from casework.policy.users import approve_user, propose_user, reject_user
from casework.rounds import objections
from casework.rounds.steps import take
from contract.errors import CallError
from contract.round_steps import steps as round_steps
from contract.settings import PROJECT
from contract.viewer import Viewer
from etl.checks.rule_changes import Change
from etl.checks.rule_proposals import approve as approve_rule
from etl.checks.rule_proposals import propose as propose_rule
from etl.exchange.export import giver
from etl.feedback.answers import Question, answers, said
from ledger.givings import GivingDraft
from ledger.incidents import incident_kind
from ledger.people import Actor
from ledger.users import UserDraft
from tests.casework.issues.desk_world import Desk
from tests.casework.pilots import Pilot, file
from tests.casework.rounding import ROUND, Rounding
from tests.casework.worklists import PERIOD

FIRST, OTHER = "Wang 五", "Zhao 六"
SPELLINGS = (
    FIRST, "wang 五", "WANG 五", " Wang 五　", "Wang五", "Ｗａｎｇ　五", "Wa\u200bng 五", "\ufeffWang 五",
    "Wang 五\u2060", "Wa\xadng 五", "\u202eWang 五", "Wang\t五\n", "Ｗ\u200dＡＮＧ\u3164五",
)  # fmt: skip
NOBODY = ("", " ", "　", "\u200b", "\ufeff\t")
Tried = Callable[[Actor], object]  # the second person's act, under a name


def approving(pilot: Pilot, first: str) -> Tried:
    number = pilot.propose("watch", "B001", "2026-02-02", by=first).id
    return lambda by: steps.approve(pilot.home, number, by)


def rejecting(pilot: Pilot, first: str) -> Tried:
    number = pilot.propose("watch", "B001", "2026-02-02", by=first).id
    return lambda by: steps.reject(pilot.home, number, by, "依据不足")


def proposed_value(pilot: Pilot, first: str) -> int:
    return propose_value(pilot.home, "x03_score", Decimal(55), date(2026, 7, 1), "试1号", "", first).id


def approving_policy(pilot: Pilot, first: str) -> Tried:
    number = proposed_value(pilot, first)
    return lambda by: approve_policy(pilot.home, number, by)


def rejecting_policy(pilot: Pilot, first: str) -> Tried:
    number = proposed_value(pilot, first)
    return lambda by: reject_policy(pilot.home, number, by, "依据不足")


def proposed_user(pilot: Pilot, first: str) -> int:
    return propose_user(pilot.home, UserDraft("孙", "supervisor", reason="首次登记"), first).id


def approving_user(pilot: Pilot, first: str) -> Tried:
    number = proposed_user(pilot, first)
    return lambda by: approve_user(pilot.home, number, by)


def rejecting_user(pilot: Pilot, first: str) -> Tried:
    number = proposed_user(pilot, first)
    return lambda by: reject_user(pilot.home, number, by, "未到岗")


def approving_rule(pilot: Pilot, first: str) -> Tried:
    change = Change("V-B1-115", "2026-09", "off", "演示〔2026〕9号", "", first)
    number = propose_rule(pilot.ledger, change).seq
    return lambda by: approve_rule(pilot.ledger, number, by)


def confirming_incident(pilot: Pilot, first: str) -> Tried:
    kind = incident_kind("falsification")
    number = incidents.record(pilot.home, kind, "B001", file("核查报告"), first).id
    return lambda by: incidents.confirm(pilot.home, number, "B001", file("认定书"), by)


def accepting(pilot: Pilot, first: str) -> Tried:
    number = pilot.decide("rectify", "B001", "2026-02-02").id
    rectification.plan(pilot.home, number, file("方案"), first)
    return lambda by: rectification.accept(pilot.home, number, True, "到位", file("核查"), by)


def answering_finding(pilot: Pilot, first: str) -> Tried:
    """The finding stands as the ledger has it: explained by what the first has entered."""
    finding = Question("B001", "2026-09", 1, 3, "0123456789ab", "Q", "Q-B1-201", "B1", "rate", "L-1", "20", "3",
                       "explained", None)  # fmt: skip
    with holding(pilot.home) as held:
        held.ledger.append(held.now, said(held.ledger, [finding], "合同利率", first))

    def answer(by: Actor) -> None:
        with holding(pilot.home) as held:
            held.ledger.append(held.now, answers(held.ledger, [finding], "已核", by, accept=True))

    return answer


def given_followup(pilot: Pilot, owner: str) -> int:
    return followups.add(pilot.home, "briefing", PERIOD, "核实余额", owner, date(2026, 3, 20), "甲").id


def closing_what_one_answered(pilot: Pilot, first: str) -> Tried:
    number = given_followup(pilot, "B001")
    followups.answer(pilot.home, number, "已核实", first)
    return lambda by: followups.close(pilot.home, number, "属实", by)


def closing_what_one_owns(pilot: Pilot, first: str) -> Tried:
    number = given_followup(pilot, first)
    return lambda by: followups.close(pilot.home, number, "属实", by)


def answering_objection(rounding: Rounding, first: str) -> Tried:
    rounding.go_to("feedback")
    number = rounding.object_to("B002", "S18", by=first)
    return lambda by: objections.answer(rounding.home, number, "dismissed", "数据无误", by)


def signing_finally(rounding: Rounding, first: str) -> Tried:
    for step in ("open", "self_assess"):
        rounding.take(step)
    take(rounding.home, ROUND, round_steps()["first"], first)
    for step in ("feedback", "review"):
        rounding.take(step)
    return lambda by: take(rounding.home, ROUND, round_steps()["final"], by)


def submitted_issue(world: Desk, first: str) -> int:
    return world.submitted(by=first).id


def releasing_issue(world: Desk, first: str) -> Tried:
    number = submitted_issue(world, first)
    return lambda by: passing.release(world.home, number, by)


def returning_issue(world: Desk, first: str) -> Tried:
    number = submitted_issue(world, first)
    return lambda by: passing.give_back(world.home, number, "请改写", by)


def letting_go(pilot: Pilot, first: str) -> Tried:
    number = asked_to_give(pilot, first)
    return lambda by: requests.approve(pilot.home, number, by)


def keeping_back(pilot: Pilot, first: str) -> Tried:
    number = asked_to_give(pilot, first)
    return lambda by: requests.reject(pilot.home, number, by, "不必要")


def asked_to_give(pilot: Pilot, first: str) -> int:
    draft = GivingDraft("某局", "联合核查", "贷款明细", "sensitive", 3, 1)
    return requests.request(pilot.home, draft, file("明细"), first).id


# Where the code asks for a second person. Who proposed a change of a rule may take it back, and an exchange is recorded
# in the audit and not in the ledger, so they are tried apart.
ASKED = {
    "casework.decisions.incidents": {"confirm"},
    "casework.decisions.rectification": {"accept"},
    "casework.decisions.steps": {"approve", "reject"},
    "casework.giving.requests": {"approve", "reject"},
    "casework.issues.passing": {"give_back", "release"},
    "casework.month.followups": {"close"},
    "casework.policy.changes": {"approve_policy", "reject_policy"},
    "casework.policy.users": {"_decider"},
    "casework.rounds.objections": {"answer"},
    "casework.rounds.steps": {"take"},
    "etl.checks.rule_proposals": {"approve", "reject"},
    "etl.exchange.export": {"giver"},
    "etl.feedback.answers": {"answers"},
}


def asked() -> dict[str, set[str]]:
    """Module → functions that call `second_person`, as the code has it."""
    calls: dict[str, set[str]] = {}
    for path in chain.from_iterable((PROJECT / package).rglob("*.py") for package in ("casework", "etl", "pages")):
        module = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        if module.startswith("casework.replay."):  # asks the rule of what was done, and does nothing
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
            named = {name.id for name in called if isinstance(name, ast.Name)}
            if isinstance(function, ast.FunctionDef) and "second_person" in named:
                calls.setdefault(module, set()).add(function.name)
    return calls


def test_every_act_that_asks_for_a_second_person_is_tried():
    assert asked() == ASKED


@dataclass(frozen=True)
class Act:
    """One act of a second person: what the first does before, in which of the homes that tests have."""

    prepare: Callable[[Pilot | Rounding | Desk, str], Tried]
    world: tuple[str, ...] = ("pilot",)  # fixtures, the one that is acted in first
    by_viewers: bool = True


ACTS = {
    "approve a list decision": Act(approving),
    "reject a list decision": Act(rejecting),
    "approve policy": Act(approving_policy),
    "reject policy": Act(rejecting_policy),
    "approve a user": Act(approving_user),
    "reject a user": Act(rejecting_user),
    "approve a change of a rule": Act(approving_rule, by_viewers=False),
    "confirm an incident": Act(confirming_incident),
    "accept rectification": Act(accepting),
    "answer a finding": Act(answering_finding),
    "close a follow-up that one answered": Act(closing_what_one_answered, ("pilot", "version")),
    "close a follow-up that one owns": Act(closing_what_one_owns, ("pilot", "version")),
    "answer an objection": Act(answering_objection, ("rounding",)),
    "sign a round finally": Act(signing_finally, ("rounding",)),
    "release an issue": Act(releasing_issue, ("desk",)),
    "let data go": Act(letting_go),
    "keep data back": Act(keeping_back),
    "return an issue": Act(returning_issue, ("desk",)),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_one_person_is_not_two(act: Act, request: pytest.FixtureRequest):
    world, *_ = (request.getfixturevalue(name) for name in act.world)
    ledger = world.ledger if isinstance(world, Pilot) else world.pilot.ledger
    tried = act.prepare(world, FIRST)
    before = ledger.head()
    for spelled in SPELLINGS:
        with pytest.raises(CallError, match="须由另一人.*换用其他角色也不可"):
            tried(spelled)
        for viewer in (Viewer(spelled, "某人", "supervisor"), Viewer("u-17", spelled, "supervisor")):
            if act.by_viewers:
                with pytest.raises(CallError, match="须由另一人.*换用其他角色也不可"):
                    tried(viewer)
    for nobody in NOBODY:
        with pytest.raises(CallError, match="须写明经办人"):
            tried(nobody)
    assert ledger.head() == before
    tried(OTHER)
    assert ledger.head() != before
    ledger.verify()


def test_who_writes_an_exchange_does_not_approve_it(pilot: Pilot):
    for spelled in SPELLINGS:
        with pytest.raises(CallError, match="须由另一人.*换用其他角色也不可"):
            giver(pilot.ledger, FIRST, spelled)
    for nobody in NOBODY:
        with pytest.raises(CallError, match="须写明经办人"):
            giver(pilot.ledger, FIRST, nobody)
    assert giver(pilot.ledger, FIRST, OTHER).approved_by == OTHER


@pytest.mark.parametrize("nobody", ["", "\u200b"], ids=["empty", "unseen"])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nobody_acts_first(act: Act, nobody: str, request: pytest.FixtureRequest):
    world, *_ = (request.getfixturevalue(name) for name in act.world)
    with pytest.raises(CallError, match="须写明(经办人|责任人)"):
        act.prepare(world, nobody)
