"""The M indicators: over what was expected and received, whether or not anything was accepted."""

from decimal import Decimal

from tests.metrics.snapshots import Figure, Member, figures, make, report, value

FILED = (
    report("B001", "2025-01"),
    report("B002", "2025-01", verdict="returned", errors=3, B1="loan_no\nL1\nL2"),
    report("B002", "2025-01", version=2, late=True, B1="loan_no\nL1\nL2"),
    report("B001", "2025-02", late=True),
    report("110108", "2025-02", errors=1, verdict="returned", R1="point_id\nP1"),
)
MEMBERS = (Member("B001"), Member("B002", "city"), Member("110108", admitted="2025-02-01"))


def test_on_time_is_the_first_version_whatever_its_verdict():
    made = make(*FILED, members=MEMBERS)
    assert figures(made, "2025-01")["M01", "BJ"] == Figure(Decimal(2), Decimal(2), 100)
    february = figures(made, "2025-02")
    # Expected: B001 and B002 twice, 110108 once; on time: both in January, 110108 in February.
    assert february["M01", "BJ"] == Figure(Decimal(3), Decimal(5), 60)
    assert (february["M01", "B001"].value, february["M01", "B002"].value, february["M01", "110108"].value) == (
        50,
        50,
        100,
    )


def test_a_deadline_still_to_come_does_not_count():
    made = make(*FILED, members=MEMBERS, now="2025-03-01")
    assert figures(made, "2025-02")["M01", "BJ"] == Figure(Decimal(2), Decimal(2), 100)


def test_accepted_at_the_first_attempt_returned_and_errors_per_thousand_rows():
    february = figures(make(*FILED, members=MEMBERS), "2025-02")
    assert february["M02", "BJ"] == Figure(Decimal(2), Decimal(4), 50)
    assert february["M02", "B002"] == Figure(Decimal(0), Decimal(1), 0)
    assert (february["M03", "BJ"].value, february["M03", "B001"].value) == (2, 0)
    assert february["M04", "BJ"] == Figure(Decimal(4), Decimal(5), 800)
    assert february["M04", "B001"].value is None  # no rows at all


def test_coverage_of_the_period_by_group():
    made = make(*FILED, members=MEMBERS)
    january, february = figures(made, "2025-01"), figures(made, "2025-02")
    assert january["M05", "BJ"] == Figure(Decimal(2), Decimal(2), 100)
    assert february["M05", "BJ"] == Figure(Decimal(1), Decimal(3), 100 / 3)
    assert {entity: february["M05", entity].value for entity in ("state", "city", "110108")} == {
        "state": 100,
        "city": 0,
        "110108": 0,
    }


def test_history_is_expected_of_nobody():
    made = make(report("B001", "2025-01"), report("B002", "2025-01"), members=[Member("B002", admitted="2025-02-01")])
    assert value(made, "M05", "2025-01") == 100
    assert figures(made, "2025-01")["M02", "BJ"].whole == 1
    assert figures(made, "2025-01")["M02", "B002"].whole == 1
