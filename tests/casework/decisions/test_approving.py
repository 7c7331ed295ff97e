"""What is told before a decision is approved: what stands in the way, and what approving it will do."""

from __future__ import annotations

import pytest

from casework.decisions import steps
from casework.decisions.approving import outlook
from contract.errors import AccessDenied, CallError
from contract.viewer import Viewer
from tests.casework.pilots import ANALYST, SUPERVISOR, Pilot, file

BUREAU = Viewer("乙", "乙", "supervisor")


def obstacle(pilot: Pilot, number: int) -> str:
    (proposal,) = [case for case in steps.known_proposals(BUREAU, pilot.home) if case.id == number]
    return outlook(BUREAU, pilot.home, proposal).obstacle


def test_what_stands_in_the_way_is_what_refuses_the_approval(pilot: Pilot):
    pilot.at("2026-02-02")
    number = pilot.propose("rectify", "B001", "2026-03-02").id
    assert obstacle(pilot, number) == "“限期整改”须先告知，并听取陈述申辩"
    steps.notice(pilot.home, number, ANALYST)
    due = steps.known_proposals(BUREAU, pilot.home)[0].answer_due
    assert obstacle(pilot, number) == f"陈述申辩期限为{due}，尚未答复也未到期，不能批准"
    with pytest.raises(CallError, match=f"陈述申辩期限为{due}"):
        steps.approve(pilot.home, number, SUPERVISOR)
    steps.answer(pilot.home, number, file("申辩"), ANALYST)
    assert obstacle(pilot, number) == ""
    steps.approve(pilot.home, number, SUPERVISOR)


def test_a_districts_exit_waits_for_the_authorities(pilot: Pilot):
    pilot.at("2026-02-02")
    number = pilot.propose("exit", "110108", "2026-03-02").id
    steps.notice(pilot.home, number, ANALYST)
    steps.answer(pilot.home, number, file("申辩"), ANALYST)
    assert obstacle(pilot, number) == "试点地区的退出须先提请会商并登记结果，不能批准"
    steps.consult(pilot.home, number, "declined", file("纪要"), ANALYST)
    assert obstacle(pilot, number) == "试点地区的退出会商结果为不同意退出，不能批准"


def test_what_was_decided_meanwhile_stands_in_the_way(pilot: Pilot):
    pilot.at("2026-02-02")
    first, second = pilot.propose("watch", "B001", "2026-02-02"), pilot.propose("watch", "B001", "2026-02-02")
    assert obstacle(pilot, second.id) == ""
    steps.approve(pilot.home, first.id, SUPERVISOR)
    assert "状态为关注，不能作“列入关注”的决定" in obstacle(pilot, second.id)


def test_what_approving_does_is_told(pilot: Pilot):
    pilot.at("2026-02-02")
    name = pilot.member("B001").name
    watch = pilot.propose("watch", "B001", "2026-02-02", triggers=("X01-B001-2026-01",))
    assert outlook(BUREAU, pilot.home, watch).effects[:2] == (
        f"{name}自2026-02-02起由“在册”转为“关注”", "所依据的1项预警线索随之办结",
    )  # fmt: skip
    amend = pilot.propose("amend", "B001", "2026-02-02", ceiling="2000")
    assert outlook(BUREAU, pilot.home, amend).effects[:2] == (
        f"{name}自2026-02-02起变更，名单状态不变", "同时登记内部评估上限2000",
    )  # fmt: skip
    admit = pilot.propose("admit", "B009", "2026-02-02", name="演示新银行", group="city")
    assert outlook(BUREAU, pilot.home, admit).effects[0] == "演示新银行自2026-02-02起列入名单，状态为“在册”"


@pytest.mark.parametrize("role", ["authority", "admin"])
def test_who_sees_no_decisions_is_told_nothing(pilot: Pilot, role: str):
    proposal = pilot.propose("watch", "B001", "2026-02-02")
    with pytest.raises(AccessDenied):
        outlook(Viewer("戊", "戊", role), pilot.home, proposal)
