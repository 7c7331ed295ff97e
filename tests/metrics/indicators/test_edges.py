"""Edges of the calendar, of limits and of what was reported, each a small table with its answer worked out by hand.

Beside those that other files hold: twelve months from 29 February and 31 January, the limit of exactly 1,000 (loans);
the first month of a bank, exit and return (scopes); last year's forms (members); ties (scores, peers); X05 (triggers).
"""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from contract.parameters import declared_parameters, with_events
from tests.metrics.snapshots import Figure, Member, figures, make, report, value


@dataclass(frozen=True)
class Event:
    """What is read of a ledger event that sets a parameter."""

    seq: int
    payload: dict


def test_the_leap_day_is_a_day_of_its_month_and_growth_looks_back_to_it():
    made = make(
        report(
            "B001",
            "2024-02",
            B1="""
            loan_no amount disbursed_on matures_on pledge_applied_on registered_on
            L1      100    2024-02-29   2025-02-28 2024-02-28        2024-03-01
            L2      50     2024-02-01   2025-02-01 2024-02-01        2024-02-01
            """,
        ),
        report("B001", "2025-02", B1="loan_no amount disbursed_on\nL3 180 2025-02-28"),
    )
    february = figures(made, "2024-02")
    assert february["G06", "B001"].value == 150
    # From 29 February 2024 to 28 February 2025 are 365 days, from 1 February 366: 100·365 + 50·366 = 54,800 over 150.
    assert february["S02", "B001"] == Figure(Decimal(54_800), Decimal(150), 54_800 / 150)
    assert february["D04", "B001"] == Figure(Decimal(2), Decimal(2), 1)  # 28 February to 1 March are two days
    assert figures(made, "2025-02")["G12", "B001"] == Figure(Decimal(180), Decimal(150), 20)


@pytest.mark.parametrize(
    ("disbursed", "matures", "longer"),
    [
        ("2023-02-28", "2024-02-28", False),
        ("2023-02-28", "2024-02-29", True),  # twelve months end on the 28th, in a leap year too
        ("2024-02-29", "2025-02-28", False),
        ("2024-02-29", "2025-03-01", True),
        ("2024-03-31", "2025-03-31", False),
        ("2024-11-30", "2025-12-01", True),
        ("2024-12-31", "2025-12-31", False),
    ],
)
def test_a_term_is_long_from_the_day_after_twelve_months(disbursed, matures, longer):
    made = make(report("B001", "2025-03", B1=f"loan_no balance disbursed_on matures_on\nL1 8 {disbursed} {matures}"))
    assert value(made, "S01", "2025-03", "B001") == (100 if longer else 0)


def test_at_the_turn_of_the_year_running_totals_start_anew_and_growth_changes_its_base():
    made = make(
        report("B001", "2024-12", B1="loan_no amount disbursed_on\nL0 50 2024-12-01"),
        report("B001", "2025-12", B1="loan_no amount disbursed_on\nL1 100 2025-12-31"),
        report(
            "B001",
            "2026-01",
            B1="""
            loan_no amount balance disbursed_on status      closed_on  closed_amount
            L1      100    100     2025-12-31   active      -          -
            L2      30     30      2026-01-01   active      -          -
            L3      7      7       2025-12-31   active      -          -
            L4      9      0       2025-03-01   written_off 2025-12-31 9
            L5      20     20      2026-02-01   active      -          -
            """,
        ),
        report("B001", "2026-02", B1=""),
    )
    # L3 comes too late for its year, L5 too early for its month: February finds it in January's report.
    assert [value(made, "G04", period, "B001") for period in ("2025-12", "2026-01", "2026-02")] == [100, 30, 50]
    assert value(made, "G06", "2026-01", "B001") == 30
    # L4 was written off last year.
    assert figures(made, "2026-01")["G18", "B001"] == Figure(Decimal(0), Decimal(157), 0)
    # December holds itself against the December before, January against December.
    assert figures(made, "2025-12")["G13", "B001"] == Figure(Decimal(100), Decimal(50), 100)
    assert figures(made, "2026-01")["G13", "B001"] == Figure(Decimal(157), Decimal(100), 57)


def test_a_case_closed_on_the_years_last_day_counts_in_that_year_only():
    closed = "case_no opened_on status closed_on exposure recovered\nC1 2025-12-01 closed 2025-12-31 10 4"
    made = make(
        report("B001", "2025-12", B4="case_no opened_on\nC1 2025-12-01"),
        report("B001", "2026-01", B4=closed),  # told only in January
    )
    assert [value(made, "P01", period, "B001") for period in ("2025-12", "2026-01")] == [0, 0]
    assert [value(made, "P05", period, "B001") for period in ("2025-12", "2026-01")] == [1, 0]


BANK_FORMS = {"B1": ("G01", "G04", "V03"), "B4": ("P01", "P05"), "I1": ("C09",), "B5": ("S19",)}
DISTRICT_FORMS = {"R1": ("D01", "D05"), "R3": ("P06", "P07"), "I1": ("C09",)}


@pytest.mark.parametrize(("member", "forms"), [("B001", BANK_FORMS), ("110108", DISTRICT_FORMS)])
def test_a_form_without_rows_says_none_and_a_form_that_is_missing_says_nothing(member, forms):
    with make(report(member, "2025-03", **dict.fromkeys(forms, ""))) as made:
        empty = figures(made, "2025-03")
    assert {empty[code, entity].value for codes in forms.values() for code in codes for entity in (member, "BJ")} == {0}
    for missing, codes in forms.items():
        with make(report(member, "2025-03", **{form: "" for form in forms if form != missing})) as made:
            stored = figures(made, "2025-03")
        given = {code for form, own in forms.items() if form != missing for code in own}
        assert {code for code, entity in stored if entity == member} >= given
        assert not {(code, entity) for code in codes for entity in (member, "BJ")} & stored.keys(), missing


def test_a_bank_that_has_not_reported_loans_is_in_no_figure_that_holds_loans_against_something():
    quotas = "credit_plan dedicated_quota\n400 1000"
    made = make(
        report("B001", "2025-03", B1="loan_no amount\nL1 100", B3=quotas),
        report("B002", "2025-02", B1="loan_no amount\nL1 300"),
        report("B002", "2025-03", B3=quotas),
    )
    stored = figures(made, "2025-03")
    assert stored["S10", "BJ"] == Figure(Decimal(100), Decimal(400), 25)
    assert stored["S22", "BJ"] == Figure(Decimal(100), Decimal(1000), 10)
    assert not {("S10", "B002"), ("S22", "B002"), ("G04", "B002"), ("G18", "B002")} & stored.keys()
    assert stored["S09", "BJ"].whole == 2


def test_a_ceiling_raised_within_the_month_holds_from_its_day_of_approval():
    made = make(
        report(
            "B001",
            "2025-06",
            B1="""
            loan_no amount      valuation_method approved_on disbursed_on
            L1      1000        internal         2025-06-09  2025-06-20
            L2      1000.000001 internal         2025-06-09  2025-06-20
            L3      2000        negotiated       2025-06-10  2025-06-20
            L4      2000.000001 negotiated       2025-06-10  2025-06-20
            L5      2000        external         2025-06-09  2025-06-20
            """,
        ),
        members=[Member("B001", admitted="2025-06-01", raised=("2025-06-10", "2000"))],
    )
    assert value(made, "V03", "2025-06", "B001") == 2  # L2 and L4; what others value has no ceiling


def test_the_limit_of_small_loans_is_that_of_the_day_of_approval():
    payload = {"name": "small_loan_limit", "value": "2000", "effective_from": "2025-06-10", "document_no": "试1号"}
    made = make(
        report(
            "B001",
            "2025-06",
            B1="""
            loan_no amount      valuation_method approved_on disbursed_on
            L1      1000        internal         2025-06-09  2025-06-20
            L2      1000.000001 internal         2025-06-09  2025-06-20
            L3      2000        external         2025-06-10  2025-06-20
            L4      2000.000001 internal         2025-06-10  2025-06-20
            """,
        ),
        parameters=with_events(declared_parameters(), [Event(1, payload)]),
    )
    stored = figures(made, "2025-06")
    assert stored["V01", "B001"] == Figure(Decimal(1), Decimal(2), 50)  # of L1 and L3
    assert stored["V02", "B001"] == Figure(Decimal(1000), Decimal(3000), 100_000 / 3000)
