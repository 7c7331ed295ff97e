"""Rectification: the plan that a member hands in, and the acceptance by another person."""

from __future__ import annotations

from datetime import date

import pytest

from casework.decisions import steps
from casework.decisions.rectification import accept, on_limit, plan
from contract.errors import AccessDenied, CallError
from contract.viewer import Viewer
from tests.casework.pilots import ANALYST, SUPERVISOR, Pilot, file


@pytest.fixture
def limited(pilot: Pilot) -> int:
    """B001 is on a time limit from 2026-06-01; the number of the decision."""
    number = pilot.propose("rectify", "B001", "2026-06-01", rectify_due="2026-08-31").id
    steps.notice(pilot.home, number, ANALYST)
    pilot.at("2026-05-20")
    steps.approve(pilot.home, number, SUPERVISOR)
    pilot.at("2026-06-10")
    return number


def test_a_plan_and_its_acceptance_are_kept_with_the_decision(pilot: Pilot, limited: int):
    plan(pilot.home, limited, file("方案"), ANALYST, date(2026, 6, 9))
    revised = plan(pilot.home, limited, file("修订方案"), ANALYST)
    assert (revised.plan.on, revised.plan.paper.name, revised.plan.by) == (date(2026, 6, 10), "修订方案.txt", ANALYST)
    failed = accept(pilot.home, limited, False, "两项未完成", file("核查"), SUPERVISOR)
    assert (failed.acceptance.passed, failed.acceptance.reason) == (False, "两项未完成")
    pilot.at("2026-08-03")
    passed = accept(pilot.home, limited, True, " 已完成 ", file("复核"), SUPERVISOR)
    assert (passed.acceptance.passed, passed.acceptance.on, passed.acceptance.reason) == (
        True, date(2026, 8, 3), "已完成",
    )  # fmt: skip


def test_what_cannot_be_is_refused(pilot: Pilot, limited: int):
    done = file("核查")
    with pytest.raises(CallError, match="尚未登记整改方案，不能验收"):
        accept(pilot.home, limited, True, "到位", done, SUPERVISOR)
    with pytest.raises(CallError, match="应在2026-05-20至今天"):
        plan(pilot.home, limited, done, ANALYST, date(2026, 5, 19))
    with pytest.raises(CallError, match="应在2026-05-20至今天"):
        plan(pilot.home, limited, done, ANALYST, date(2026, 6, 11))
    plan(pilot.home, limited, file("方案"), ANALYST)
    with pytest.raises(CallError, match="须由另一人验收"):
        accept(pilot.home, limited, True, "到位", done, f" {ANALYST} ")
    with pytest.raises(CallError, match="须写明验收情况"):
        accept(pilot.home, limited, True, " ", done, SUPERVISOR)
    with pytest.raises(CallError, match="不是已批准的限期整改"):
        plan(pilot.home, 999, done, ANALYST)


def test_a_limit_that_has_ended_takes_neither(pilot: Pilot, limited: int):
    plan(pilot.home, limited, file("方案"), ANALYST)
    pilot.decide("release", "B001", "2026-06-11")
    for act in (
        lambda: plan(pilot.home, limited, file("又一方案"), ANALYST),
        lambda: accept(pilot.home, limited, True, "到位", file("核查"), SUPERVISOR),
    ):
        with pytest.raises(CallError, match="这次限期整改已经结束"):
            act()


def test_the_screen_holds_each_to_the_role(pilot: Pilot, limited: int):
    analyst, supervisor = Viewer(ANALYST, ANALYST, "analyst"), Viewer(SUPERVISOR, SUPERVISOR, "supervisor")
    assert [decision.id for decision in on_limit(analyst, pilot.home)] == [limited]
    plan(pilot.home, limited, ("方案.docx", b"plan"), analyst, date(2026, 6, 10))
    with pytest.raises(AccessDenied, match="分析员不能"):
        accept(pilot.home, limited, True, "到位", ("核查.docx", b"found"), analyst)
    accepted = accept(pilot.home, limited, True, "到位", ("核查.docx", b"found"), supervisor)
    assert (accepted.plan.paper.name, accepted.acceptance.by) == ("方案.docx", SUPERVISOR)
    with pytest.raises(AccessDenied):
        on_limit(Viewer("丙", "丙", "institution", "B001"), pilot.home)
    pilot.decide("release", "B001", "2026-06-11")
    assert on_limit(analyst, pilot.home) == ()
