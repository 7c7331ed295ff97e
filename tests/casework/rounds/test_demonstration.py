"""The demonstration's evaluation rounds: as its files declare them, and on a demonstration alone."""

from __future__ import annotations

import shutil
from itertools import groupby

import pytest

from casework.rounds.demonstration import ASSESSMENT_COLUMNS, OBJECTION_COLUMNS, STEP_COLUMNS, USE_COLUMNS, demonstrate
from casework.rounds.steps import known_rounds
from contract.declarations import read_rows
from contract.errors import CallError
from contract.settings import Home
from etl.demo.tables import FOLDER
from ledger.events import Ledger
from ledger.rounds import Round


@pytest.fixture(scope="module")
def held(demo_home) -> dict[str, Round]:
    return known_rounds(Ledger(Home(demo_home).ledger))


def declared(name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    return read_rows(FOLDER / f"{name}.csv", *columns)


def test_every_round_has_come_as_far_as_declared(held):
    steps = declared("rounds", STEP_COLUMNS)
    told = {period: [row["step"] for row in rows] for period, rows in groupby(steps, key=lambda row: row["period"])}
    assert {period: [signed.step.code for signed in known.signed] for period, known in held.items()} == told
    *ended, last = held.values()
    assert [known.next_step for known in ended] == [None] * len(ended)
    assert last.period == "2026-09" and last.next_step.code == "review"


def test_all_that_is_declared_was_said_and_answered(held):
    rounds = held.values()
    assert sum(len(known.assessments) for known in rounds) == len(declared("self_assessments", ASSESSMENT_COLUMNS))
    assert sum(len(known.uses) for known in rounds) == len(declared("score_uses", USE_COLUMNS))
    objections = [objection for known in rounds for objection in known.objections]
    outcomes = [row["outcome"] for row in declared("objections", OBJECTION_COLUMNS)]
    assert [objection.ruling.outcome if objection.ruling else "" for objection in objections] == outcomes
    assert [objection.subject for objection in held["2026-09"].unanswered] == ["110102"]


def test_a_second_run_changes_nothing(demo_home, own_home):
    own_home.mkdir()
    shutil.copy(demo_home / "ledger.db", own_home)
    before = Ledger(Home(own_home).ledger).events()[-1]
    assert demonstrate(Home(own_home)) == 0
    assert Ledger(Home(own_home).ledger).events()[-1] == before


def test_a_home_that_is_no_demonstration_is_refused(own_home):
    with pytest.raises(CallError, match="这里不是演示数据"):
        demonstrate(Home(own_home))
    assert not Ledger(Home(own_home).ledger).events()
