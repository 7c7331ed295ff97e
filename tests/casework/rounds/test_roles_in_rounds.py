"""Rounds through the screen: each role does its own part, a member sees and says what is its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from casework.rounds.objections import answer, assess_by_form, object_to
from casework.rounds.steps import assessable, known_round, take
from contract.errors import AccessDenied, CallError
from contract.round_steps import steps
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.publish import publish
from ledger.events import Ledger
from tests.casework.rounding import ROUND, Rounding

ANALYST, SUPERVISOR = Viewer("甲", "甲", "analyst"), Viewer("乙", "乙", "supervisor")
BANK, OTHER = Viewer("丙", "丙", "institution", "B001"), Viewer("丁", "丁", "institution", "B002")
AUTHORITY = Viewer("戊", "戊", "authority")
FORM = ("自评.csv", b"item,score\nS18,90\nD08,50\n")
PAPER = ("异议书.txt", "口径有误".encode())


def signed(home: Home, step: str, viewer: Viewer = ANALYST) -> int:
    """Takes a round one step on as a page does; gives the number of the data version."""
    facts = {"on": date(2026, 4, 27), "document_no": "演示1号"}
    take(home, ROUND, steps()[step], by=viewer, **facts)
    return publish(home, Ledger(home.ledger), viewer.user)


def test_a_round_goes_its_way_on_the_screen(rounding: Rounding):
    home = rounding.home
    assert known_round(ANALYST, home, ROUND) is None
    assert assessable(BANK, home) == ()
    signed(home, "open")
    assert known_round(BANK, home, ROUND) is None
    signed(home, "self_assess")
    assert assessable(BANK, home) == (ROUND,)
    assert assess_by_form(home, ROUND, "B001", FORM, BANK) == 2
    assert known_round(OTHER, home, ROUND).assessments == ()
    signed(home, "first")
    assert known_round(BANK, home, ROUND) is None and assessable(BANK, home) == ()
    with pytest.raises(CallError, match="现处“初评”"):
        object_to(home, ROUND, "B001", "S18", "有误", PAPER, BANK)
    signed(home, "feedback")
    objection = object_to(home, ROUND, "B002", "S18", "有误", PAPER, OTHER)
    assert (objection.subject, objection.by) == ("B002", "丁")
    mine = known_round(BANK, home, ROUND)
    assert mine.objections == () and {step.by for step in mine.signed} == {""} and len(mine.assessments) == 2
    assert len(known_round(ANALYST, home, ROUND).objections) == 1
    answer(home, objection.id, "upheld", "属实", by=ANALYST, value=Decimal(3), file=PAPER)
    version = publish(home, Ledger(home.ledger), ANALYST.user)
    assert rounding.totals()["B002"][0] == "63.64"
    signed(home, "review")
    assert signed(home, "final", SUPERVISOR) == version + 2


def test_roles_do_their_own_part_alone(rounding: Rounding):
    home, step = rounding.home, steps()["open"]
    refused = [
        *(lambda viewer=viewer: take(home, ROUND, step, viewer) for viewer in (BANK, AUTHORITY)),
        *(lambda viewer=viewer: answer(home, 1, "dismissed", "否", viewer) for viewer in (BANK, AUTHORITY)),
        *(
            lambda viewer=viewer: object_to(home, ROUND, "B001", "S18", "有误", PAPER, viewer)
            for viewer in (ANALYST, SUPERVISOR, AUTHORITY, OTHER)
        ),
        *(
            lambda viewer=viewer: assess_by_form(home, ROUND, "B001", FORM, viewer)
            for viewer in (ANALYST, AUTHORITY, OTHER)
        ),
        lambda: known_round(AUTHORITY, home, ROUND),
    ]
    for act in refused:
        with pytest.raises(AccessDenied):
            act()
    assert rounding.pilot.ledger.events("round", "objection", "self_assessment") == []
