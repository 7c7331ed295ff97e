"""What a load knows of versions: numbers that count up, the same bytes, and which rules broke on them."""

from __future__ import annotations

import pytest

from etl.checks.faults import Fault
from etl.checks.rule_changes import RuleBook
from etl.warehouse.judge import Judgement
from etl.warehouse.register import KnownVersion, Register
from tests.etl.conftest import Pilot
from tests.etl.submissions import BANK, DISTRICT, PERIOD, change, submission

BALANCE, RATE = "V-B1-101", "Q-B1-201"


def test_it_knows_what_the_ledger_holds(pilot: Pilot):
    pilot.send(f"{PERIOD}_{BANK}.xlsx", submission())
    pilot.send(f"{PERIOD}_{BANK}.xlsx", change(submission(), "B1", {"amount": "900"}))
    first, second = (event.payload["content_hash"] for event in pilot.events("submission"))
    register = Register.of(pilot.home, pilot.ledger)
    assert register.version_in_force(BANK, PERIOD) == 2
    assert register.version_with(BANK, PERIOD, first) == KnownVersion(1, first, True, frozenset())
    assert register.version_with(BANK, PERIOD, second) == KnownVersion(2, second, True, frozenset())
    assert (register.version_in_force(DISTRICT, PERIOD), register.version_with(DISTRICT, PERIOD, first)) == (0, None)


def test_the_last_accepted_version_counts(pilot: Pilot):
    for amount in ("1000", "900", "一千"):
        pilot.send(f"{PERIOD}_{BANK}.xlsx", change(submission(), "B1", {"amount": amount}))
    register = Register.of(pilot.home, pilot.ledger)
    assert register.version_in_force(BANK, PERIOD) == 2
    assert register.add_version(BANK, PERIOD, "b", False, frozenset()) == 4
    assert register.version_in_force(BANK, PERIOD) == 2
    assert register.add_version(BANK, PERIOD, "a", True, frozenset()) == 5
    assert register.version_in_force(BANK, PERIOD) == 5


def test_versions_are_numbered_by_submitter_and_period(pilot: Pilot):
    register = Register.of(pilot.home, pilot.ledger)
    added = [
        register.add_version(submitter, period, content_hash, True, broke)
        for submitter, period, content_hash, broke in (
            (BANK, PERIOD, "a", frozenset({BALANCE})),
            (BANK, PERIOD, "b", frozenset()),
            (BANK, "2026-10", "a", frozenset()),
            (DISTRICT, PERIOD, "a", frozenset()),
            (BANK, PERIOD, "a", frozenset()),
        )
    ]
    assert added == [1, 2, 1, 1, 3]
    assert register.version_with(BANK, PERIOD, "a") == KnownVersion(3, "a", True, frozenset())


@pytest.mark.parametrize(
    ("broke_before", "broke_now", "in_force", "says_more"),
    [
        ((), (), (BALANCE,), False),
        ((BALANCE,), (BALANCE,), (BALANCE,), False),
        ((BALANCE,), (), (BALANCE,), True),
        ((BALANCE,), (), (RATE,), False),  # switched off since
        ((BALANCE, RATE), (BALANCE,), (BALANCE, RATE), True),
        ((), (BALANCE,), (BALANCE,), False),
    ],
)
def test_bytes_are_judged_again_where_a_rule_that_broke_on_them_has_judged_now(
    broke_before: tuple, broke_now: tuple, in_force: tuple, says_more: bool
):
    book = RuleBook(PERIOD, dict.fromkeys(in_force, "V"), "book")
    faults = tuple(Fault(0, check, "B1", "rule", "规则执行出错", "") for check in broke_now)
    judgement = Judgement(None, [], faults, book)
    assert judgement.says_more_than(KnownVersion(1, "a", True, frozenset(broke_before))) is says_more
