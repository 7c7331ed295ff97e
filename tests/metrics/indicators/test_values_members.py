"""Forms of members: the last quarterly one, disposal cases, service points, pools, trades and key firms."""

from decimal import Decimal

from tests.metrics.snapshots import Figure, Member, figures, make, report, value

FULL = "has_ip_policy has_green_channel has_risk_review has_dd_policy has_appeal has_incentive_plan"


def test_a_quarterly_form_stands_until_the_next():
    made = make(
        report("B001", "2025-03", B1="", B3="ftp_discount_bp\n10"),
        report("B001", "2025-04", B1=""),
        report("B001", "2025-06", B1="", B3="ftp_discount_bp\n30"),
    )
    assert [value(made, "S09", period) for period in ("2025-03", "2025-04", "2025-06")] == [10, 10, 30]


def test_a_quarterly_form_of_last_year_says_nothing_of_this_years_running_totals():
    made = make(
        report("B001", "2025-12", B1="", B3="dd_cases_ytd dd_exempted_ytd credit_plan kpi_weight\n4 1 100 2"),
        report("B001", "2026-01", B1=""),
    )
    december, january = figures(made, "2025-12"), figures(made, "2026-01")
    assert (december["S11", "B001"].value, december["S10", "B001"].value) == (25, 0)
    assert ("S11", "B001") not in january and ("S10", "B001") not in january
    assert january["S14", "B001"].value == 2


def test_lending_is_held_against_the_plans_that_exist():
    made = make(
        report("B001", "2025-03", B1="loan_no amount\nL1 100", B3="credit_plan dedicated_quota\n400 0"),
        report("B002", "2025-03", B1="loan_no amount\nL1 900", B3="credit_plan dedicated_quota\n0 1000"),
    )
    stored = figures(made, "2025-03")
    assert stored["S10", "BJ"] == Figure(Decimal(100), Decimal(400), 25)
    assert stored["S10", "B002"].value is None
    assert stored["S22", "BJ"] == Figure(Decimal(900), Decimal(1000), 90)


def test_mechanisms_are_counted_over_all_banks():
    made = make(
        report("B001", "2025-03", B3=f"{FULL}\ntrue true true true true true"),
        report("B002", "2025-03", B3=f"{FULL}\ntrue false false false false false"),
    )
    assert figures(made, "2025-03")["S21", "BJ"] == Figure(Decimal(7), Decimal(12), 700 / 12)


def test_no_products_left_is_none_and_not_the_earlier_list():
    made = make(
        report("B001", "2025-03", B5="product_code on_sale\nP1 true\nP2 false"),
        report("B001", "2025-04"),
        report("B001", "2025-06", B5=""),
        report("B002", "2025-06"),
    )
    assert [value(made, "S19", period, "B001") for period in ("2025-03", "2025-04", "2025-06")] == [1, 1, 0]
    assert ("S19", "B002") not in figures(made, "2025-06")  # never reported the form


def test_a_case_counts_with_its_latest_report_and_is_closed_in_its_year():
    made = make(
        report("B001", "2025-11", B4="case_no opened_on\nC1 2025-10-01\nC2 2025-11-01"),
        report(
            "B001",
            "2025-12",
            B4="""
            case_no opened_on  status closed_on  exposure recovered mode
            C1      2025-10-01 closed 2025-12-10 200      50        listing
            """,
        ),
        report("B001", "2026-01", B4=""),
    )
    december, january = figures(made, "2025-12"), figures(made, "2026-01")
    assert (december["P01", "B001"].value, december["P05", "B001"].value) == (1, 1)
    assert (december["P02", "B001"].value, december["P03", "B001"].value, december["P04", "B001"].value) == (
        25,
        70,
        100,
    )
    assert (january["P01", "B001"].value, january["P05", "B001"].value) == (0, 1)


POINTS = """
point_id status  one_stop consultations matched
P1       running true     20            5
P2       running false    30            5
P3       paused  true     0             0
"""


def test_service_points_and_the_districts_that_have_one():
    made = make(
        report("110108", "2025-01", R1=POINTS),
        report("110105", "2025-01", R1=""),
        report("110102", "2025-01", R1=POINTS),
        members=[Member("110108"), Member("110105"), Member("110101"), Member("110102", left="2025-01-20")],
    )
    stored = figures(made, "2025-01")
    assert [stored[code, "110108"].value for code in ("D01", "D02", "D05", "D07")] == [2, 1, 50, 20]
    # 110102 has a point and has left before the period end; 110101 is on the list and has not reported.
    assert stored["D06", "BJ"] == Figure(Decimal(1), Decimal(3), 100 / 3)
    assert stored["D07", "110105"].value is None


def test_trades_run_through_the_year():
    made = make(
        report("110108", "2025-01", R3="platform deals amount agency_deals\nX 4 10.5 1"),
        report("110108", "2025-02", R3="platform deals amount agency_deals\nX 6 20 4"),
        report("110108", "2026-01", R3=""),
    )
    stored = figures(made, "2025-02")
    assert [stored[code, "110108"].value for code in ("P06", "P07", "P08")] == [10, 30.5, 50]
    assert value(made, "P06", "2026-01", "110108") == 0


def test_pools_and_subsidies():
    subsidies = "interest_subsidy_ytd valuation_subsidy_ytd guarantee_subsidy_ytd"
    made = make(report("110108", "2025-01", R2=f"pool_size pool_balance {subsidies}\n1000 830 10 2.5 0.5"))
    stored = figures(made, "2025-01")
    assert [stored[code, "BJ"].value for code in ("C01", "C03", "C04")] == [1000, 17, 13]


def test_key_firms_count_once_in_all_and_with_the_largest_demand():
    made = make(
        report("B001", "2025-03", B1="loan_no uscc balance\nL1 F1 60\nL2 F2 10"),
        report("B002", "2025-03", B1="loan_no uscc balance\nL1 F1 30"),
        report("110108", "2025-03", R4="uscc demand category\nF1 50 key_tech\nF3 100 key_tech"),
        report("110105", "2025-03", R4="uscc demand category\nF1 200 other\nF2 40 other"),
    )
    stored = figures(made, "2025-03")
    assert stored["C07", "110108"] == Figure(Decimal(1), Decimal(2), 50)
    assert stored["C07", "BJ"] == Figure(Decimal(2), Decimal(3), 200 / 3)
    assert (stored["C08", "110105"].value, stored["C08", "110108"].value, stored["C08", "BJ"].value) == (0, 1, 1)
    # F1 has 90 at both banks: 50 of 50 in 110108, 90 of 200 in 110105 and in all.
    assert stored["C10", "110108"] == Figure(Decimal(50), Decimal(150), 5000 / 150)
    assert stored["C10", "110105"] == Figure(Decimal(100), Decimal(240), 10_000 / 240)
    assert stored["C10", "BJ"] == Figure(Decimal(100), Decimal(340), 10_000 / 340)


def test_online_branches():
    made = make(
        report("B001", "2025-01", B2="branches online_branches\n10 9"),
        report("B002", "2025-01", B2="branches online_branches\n30 11"),
    )
    assert figures(made, "2025-01")["D08", "BJ"] == Figure(Decimal(20), Decimal(40), 50)
