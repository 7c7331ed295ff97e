"""What moved a balance: each loan held against itself, worked out by hand; before and what moved it give after."""

from __future__ import annotations

import random
from decimal import Decimal

import duckdb

from metrics.indicators import movement
from metrics.indicators.movement import components
from tests.metrics.snapshots import Member, Report, make, report

HEADER = "loan_no amount balance disbursed_on district risk_class status closed_on closed_amount"


def moved(*reports: Report, members: list[Member] | None = None) -> duckdb.DuckDBPyConnection:
    connection = make(*reports, members=members or [])
    movement.build(connection, None)
    return connection


def parts(
    connection: duckdb.DuckDBPyConnection, scope: str, entity: str, measure: str = "balance", period: str = "2025-02"
) -> dict[str, tuple[int, int]]:
    """Component → amount and loans."""
    rows = connection.execute(
        "SELECT component, amount, loans FROM movement WHERE period = ? AND scope = ? AND entity = ? AND measure = ?",
        [period, scope, entity, measure],
    ).fetchall()
    return {component: (amount, loans) for component, amount, loans in rows}


JANUARY = f"""
    {HEADER}
    L1 100 100 2024-06-01 110108 1 active      - -
    L2 200 150 2024-06-01 110108 1 active      - -
    L3 300 300 2024-06-01 110105 3 active      - -
    L4  50  50 2024-06-01 110105 4 active      - -
    L5  70  70 2024-06-01 110105 1 active      - -
    L6  80  80 2024-06-01 110105 3 active      - -
    L7  90  90 2024-06-01 110108 5 active      - -
"""
FEBRUARY = f"""
    {HEADER}
    L1 100  60 2024-06-01 110108 1 active      - -
    L2 200 200 2024-06-01 110108 2 active      - -
    L3 300   0 2024-06-01 110105 3 written_off 2025-02-11 280
    L4  50  45 2024-06-01 110105 2 active      - -
    L5  70  70 2024-06-01 110105 3 active      - -
    L7  90   0 2024-06-01 110108 5 transferred 2025-02-12 90
    L8 500 400 2025-02-03 110108 1 active      - -
    L9  30  20 2024-12-20 110108 1 active      - -
"""


def test_each_loan_is_held_against_itself():
    connection = moved(report("B001", "2025-01", B1=JANUARY), report("B001", "2025-02", B1=FEBRUARY))
    assert parts(connection, "bank", "B001") == {
        "before": (840, 7),
        "disbursed": (500, 1),
        "late_reported": (20, 1),  # L9
        "drawn": (50, 1),  # L2
        "repaid": (40 + 20 + 5 + 100, 4),  # L1, the rest of L3, L4, what of L8 was paid back in its first month
        "written_off": (280, 1),
        "transferred": (90, 1),
        "missing": (80, 1),  # L6
        "after": (60 + 200 + 45 + 70 + 400 + 20, 6),
    }
    assert parts(connection, "bank", "B001", "npl") == {
        "before": (300 + 50 + 80 + 90, 4),
        "newly_bad": (70, 1),  # L5
        "recovered": (20 + 5, 2),  # the rest of L3, L4
        "written_off": (280, 1),
        "transferred": (90, 1),
        "improved": (45, 1),
        "missing": (80, 1),
        "after": (70, 1),
    }


def test_a_borrower_that_moves_takes_its_loan_along():
    connection = moved(
        report("B001", "2025-01", B1=f"{HEADER}\nL1 100 100 2024-06-01 110108 3 active - -"),
        report("B001", "2025-02", B1=f"{HEADER}\nL1 100 90 2024-06-01 110105 3 active - -"),
    )
    assert parts(connection, "district", "110108") == {"before": (100, 1), "moved": (-100, 1)}
    assert parts(connection, "district", "110105") == {"moved": (100, 1), "repaid": (10, 1), "after": (90, 1)}
    assert parts(connection, "district", "110105", "npl") == {"moved": (100, 1), "recovered": (10, 1), "after": (90, 1)}
    assert "moved" not in parts(connection, "city", "BJ")


def test_a_group_moves_with_the_banks_that_come_in_and_drop_out():
    loan = f"{HEADER}\nL1 100 100 2024-06-01 110108 1 active - -"
    connection = moved(
        report("B001", "2025-01", B1=loan),
        report("B001", "2025-02", B1=loan),
        report("B002", "2025-01", B1=loan),
        report("B003", "2025-01", B1=loan),  # history: admitted in February
        report("B003", "2025-02", B1=loan),
        members=[Member("B003", "city", admitted="2025-02-03")],
    )
    assert parts(connection, "city", "BJ") == {
        "before": (200, 2), "left": (100, 1), "joined": (100, 1), "after": (200, 2),
    }  # fmt: skip
    assert parts(connection, "bank_type", "city") == {"joined": (100, 1), "after": (100, 1)}
    assert parts(connection, "bank", "B003") == {"before": (100, 1), "after": (100, 1)}
    assert parts(connection, "bank", "B002") == {}


def test_a_bank_that_comes_into_another_group_leaves_the_one_and_comes_to_the_other():
    connection = moved(
        report("B001", "2025-01", B1=f"{HEADER}\nL1 100 100 2024-06-01 110108 1 active - -"),
        report("B001", "2025-02", B1=f"{HEADER}\nL1 100 70 2024-06-01 110108 1 active - -"),
        members=[Member("B001", "city", regrouped=("2025-02-10", "joint_stock"))],
    )
    assert parts(connection, "bank_type", "city") == {"before": (100, 1), "moved": (-100, 1)}
    assert parts(connection, "bank_type", "joint_stock") == {"moved": (100, 1), "repaid": (30, 1), "after": (70, 1)}
    assert parts(connection, "city", "BJ") == {"before": (100, 1), "repaid": (30, 1), "after": (70, 1)}


def test_before_and_what_moved_it_give_after_to_the_fen():
    dice = random.Random(3)
    reports = []
    for period in ("2025-01", "2025-02", "2025-03"):
        for bank in ("B001", "B002", "B003"):
            if (bank, period) == ("B003", "2025-03"):
                continue
            rows = []
            for number in dice.sample(range(12), 9):
                amount = Decimal(dice.randint(1, 10**9)) / 10**6
                status = dice.choice(["active"] * 4 + ["settled", "written_off", "transferred"])
                alive = status == "active"
                balance = (amount * dice.randint(1, 4) / 4).quantize(Decimal("0.000001")) if alive else 0
                closed = amount if status in ("written_off", "transferred") else "-"
                ended = "-" if alive else f"{period}-05"
                day = dice.choice(["2024-12-01", f"{period}-02"])
                district, risk = dice.choice(["110108", "110105"]), dice.randint(1, 5)
                rows.append(f"L{number} {amount} {balance} {day} {district} {risk} {status} {ended} {closed}")
            reports.append(report(bank, period, B1="\n".join([HEADER, *rows])))
    regrouped = ("2025-03-15", "state")
    connection = moved(*reports, members=[Member("B002", "city", admitted="2025-02-03", regrouped=regrouped)])
    signs = {(component.measure, component.code): component.sign for component in components()}
    seen = set()
    keys = connection.execute("SELECT DISTINCT period, scope, entity, measure FROM movement").fetchall()
    for period, scope, entity, measure in keys:
        amounts = {code: amount for code, (amount, _) in parts(connection, scope, entity, measure, period).items()}
        seen |= {(measure, code) for code in amounts}
        total = sum(signs[measure, code] * amount for code, amount in amounts.items())
        assert amounts.get("before", 0) + total == amounts.get("after", 0)
        indicator = {"balance": "G01", "npl": "G08"}[measure]
        for level, at in (("before", f"2025-{int(period[5:]) - 1:02}"), ("after", period)):
            query = "SELECT part FROM value WHERE scope = ? AND entity = ? AND indicator = ? AND period = ?"
            stored = connection.execute(query, [scope, entity, indicator, at]).fetchall()
            assert amounts.get(level, 0) == (stored[0][0] if stored else 0)
    assert seen == set(signs)
