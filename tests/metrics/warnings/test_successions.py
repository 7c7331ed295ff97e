"""Mergers and renamings: who stands in whose place, and which figures are held against which."""

from __future__ import annotations

from datetime import date

import pytest

from contract.errors import CallError
from metrics.queries.members.roster import as_of, changes
from tests.casework.pilots import Pilot
from tests.metrics.boards import Board
from tests.metrics.snapshots import Member, make, report
from tests.metrics.warnings.test_triggers import NOW


def test_a_renamed_bank_is_the_same_member_under_another_name(pilot: Pilot):
    pilot.decide("watch", "B001", "2026-02-02")
    pilot.decide("succeed", "B001", "2026-03-02", name="演示更名银行")
    member = pilot.member("B001")
    assert [(stretch.value, stretch.since) for stretch in member.names] == [
        ("演示机构B001", date(2026, 1, 5)),
        ("演示更名银行", date(2026, 3, 2)),
    ]
    assert (pilot.state("B001", "2026-03-02"), member.successor) == ("watch", "")


def test_a_new_bank_takes_over_state_group_and_ceiling_of_the_one_it_succeeds(pilot: Pilot):
    pilot.decide("amend", "B001", "2026-02-02", ceiling="3000", group="rural")
    pilot.decide("rectify", "B001", "2026-02-02")
    pilot.decide("succeed", "B001", "2026-03-02", successor="B009", name="演示合并银行")
    heir = pilot.member("B009")
    assert (heir.name, heir.kind, heir.group, heir.ceilings[-1].value) == ("演示合并银行", "bank", "rural", "3000")
    assert (pilot.state("B009", "2026-03-02"), pilot.state("B001", "2026-03-02")) == ("rectify", "exited")
    assert heir.admitted_on == date(2026, 3, 2)
    assert [pilot.member("B001").expected_in(period) for period in ("2026-03", "2026-04")] == [True, False]
    with pytest.raises(CallError, match="已由B009承继"):
        pilot.propose("readmit", "B001", "2028-01-03")


def test_a_bank_on_the_list_keeps_its_own_state_when_it_takes_another_in(pilot: Pilot):
    pilot.decide("watch", "B001", "2026-02-02")
    pilot.decide("succeed", "B001", "2026-03-02", successor="B002")
    assert (pilot.state("B002", "2026-03-02"), pilot.member("B002").name) == ("active", "演示机构B002")
    assert pilot.member("B001").successor == "B002"


def test_the_list_and_what_differs_are_as_of_the_day():
    board = Board("2025-01", "2025-02", NOW)
    board.member("B001", admitted="2025-01-01")
    board.member("B002", admitted="2025-01-01")
    for name, since, until in (("旧名", "2025-01-01", "2025-02-01"), ("新名", "2025-02-01", None)):
        board.row("member_attribute", code="B001", attribute="name", value=name, from_date=since, to_date=until)
    board.row("ceiling", code="B002", ceiling=2000, from_date="2025-02-10")
    board.row("heir", code="B003", heir="B002", from_date="2025-02-05")
    query = f"SELECT code, name, predecessors FROM ({as_of('day')}) ORDER BY code"
    on = {day: board.connection.execute(query, {"day": day}).fetchall() for day in ("2025-01-31", "2025-02-05")}
    assert on["2025-01-31"] == [("B001", "旧名", None), ("B002", "演示B002", None)]
    assert on["2025-02-05"] == [("B001", "新名", None), ("B002", "演示B002", "B003")]
    differing = f"SELECT code, name_before, name_after, ceiling_after FROM ({changes('one', 'two')}) ORDER BY code"
    differences = board.connection.execute(differing, {"one": "2025-01-31", "two": "2025-02-10"}).fetchall()
    assert [(code, *names, ceiling and int(ceiling)) for code, *names, ceiling in differences] == [
        ("B001", "旧名", "新名", None),
        ("B002", "演示B002", "演示B002", 2000),
    ]


LOAN = "loan_no district balance\n{} 110108 {}"


@pytest.mark.parametrize(("merged", "growth"), [(True, 25.0), (False, 150.0)])
def test_growth_on_the_same_banks_counts_the_predecessor_before(merged: bool, growth: float):
    """B001 (100) and B002 (100) merge: B002 has 250 a year later, 25% more than both had; apart it would be 150%."""
    connection = make(
        report("B001", "2024-06", B1=LOAN.format("a", 100)),
        report("B002", "2024-06", B1=LOAN.format("b", 100)),
        report("B002", "2025-06", B1=LOAN.format("b", 250)),
        members=[Member("B001", left="2025-03-01"), Member("B002")],
        heirs=[("B001", "B002", "2025-03-01", None)] if merged else [],
    )
    query = (
        "SELECT DISTINCT scope, value FROM value WHERE indicator = 'G17' AND period = '2025-06' AND value IS NOT NULL"
    )
    assert sorted(connection.execute(query).fetchall()) == [
        ("bank_type", growth),
        ("city", growth),
        ("district", growth),
    ]
