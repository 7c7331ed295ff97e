"""Rounds through the screen: each role does its own part, a member sees and says what is its own."""

from __future__ import annotations

from datetime import date

import pytest

from casework.rounds import desk
from contract.errors import AccessDenied, CallError
from contract.round_steps import steps
from contract.viewer import Viewer
from tests.casework.rounding import ROUND, Rounding

ANALYST, SUPERVISOR = Viewer("甲", "甲", "analyst"), Viewer("乙", "乙", "supervisor")
BANK, OTHER = Viewer("丙", "丙", "institution", "B001"), Viewer("丁", "丁", "institution", "B002")
AUTHORITY = Viewer("戊", "戊", "authority")
FORM = ("自评.csv", b"item,score\nS18,90\nD08,50\n")
PAPER = ("异议书.txt", "口径有误".encode())


def test_a_round_goes_its_way_on_the_screen(rounding: Rounding):
    home, today = rounding.home, date(2026, 4, 27)
    take = lambda step, viewer=ANALYST: desk.take(viewer, home, ROUND, steps()[step], today, "演示1号", "")  # noqa: E731
    assert desk.known_round(ANALYST, home, ROUND) is None
    assert desk.assessable(BANK, home) == ()
    take("open")
    assert desk.known_round(BANK, home, ROUND) is None
    take("self_assess")
    assert desk.assessable(BANK, home) == (ROUND,)
    assert desk.assess(BANK, home, ROUND, FORM) == 2
    assert desk.known_round(OTHER, home, ROUND).assessments == ()
    take("first")
    assert desk.known_round(BANK, home, ROUND) is None and desk.assessable(BANK, home) == ()
    with pytest.raises(CallError, match="现处“初评”"):
        desk.object_to(BANK, home, ROUND, "S18", "有误", PAPER)
    take("feedback")
    objection = desk.object_to(OTHER, home, ROUND, "S18", "有误", PAPER)
    assert (objection.subject, objection.by) == ("B002", "丁")
    mine = desk.known_round(BANK, home, ROUND)
    assert mine.objections == () and {one.by for one in mine.signed} == {""} and len(mine.assessments) == 2
    assert len(desk.known_round(ANALYST, home, ROUND).objections) == 1
    version = desk.answer(ANALYST, home, objection.id, "upheld", "属实", "3", "", PAPER)
    assert rounding.totals()["B002"][0] == "63.64"
    take("review")
    assert take("final", SUPERVISOR) == version + 2


def test_roles_do_their_own_part_alone(rounding: Rounding):
    home, step = rounding.home, steps()["open"]
    day = date(2026, 4, 27)
    refused = [
        *(lambda viewer=viewer: desk.take(viewer, home, ROUND, step, day, "", "") for viewer in (BANK, AUTHORITY)),
        *(lambda viewer=viewer: desk.answer(viewer, home, 1, "dismissed", "否") for viewer in (BANK, AUTHORITY)),
        *(
            lambda viewer=viewer: desk.object_to(viewer, home, ROUND, "S18", "有误", PAPER)
            for viewer in (ANALYST, SUPERVISOR, AUTHORITY)
        ),
        *(lambda viewer=viewer: desk.assess(viewer, home, ROUND, FORM) for viewer in (ANALYST, AUTHORITY)),
        lambda: desk.known_round(AUTHORITY, home, ROUND),
    ]
    for act in refused:
        with pytest.raises(AccessDenied):
            act()
    assert rounding.pilot.ledger.events("round", "objection", "self_assessment") == []
