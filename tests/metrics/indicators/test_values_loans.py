"""Loans: which report decides, which loans count this year, and each aggregate worked out by hand."""

from decimal import Decimal

from tests.metrics.snapshots import NOTHING, Figure, Member, figures, make, report, value


def test_the_latest_report_of_the_year_decides_whether_and_with_what_values():
    made = make(
        report("B001", "2025-01", B1="loan_no amount\nL1 100\nL2 50"),
        report("B001", "2025-02", B1="loan_no amount disbursed_on\nL1 120 2025-01-10\nL2 50 2024-12-30"),
    )
    assert value(made, "G04", "2025-01") == 150
    assert value(made, "G04", "2025-02") == 120  # L1 corrected; L2 turns out to be last year's


def test_a_loan_settled_and_no_longer_reported_still_counts_as_disbursed_this_year():
    made = make(
        report("B001", "2025-01", B1="loan_no amount balance\nL1 100 100"),
        report("B001", "2025-02", B1="loan_no amount balance status closed_on\nL1 100 0 settled 2025-02-20"),
        report("B001", "2025-03", B1=""),
    )
    assert [value(made, "G04", period) for period in ("2025-01", "2025-02", "2025-03")] == [100, 100, 100]
    assert [value(made, "G01", period) for period in ("2025-01", "2025-02", "2025-03")] == [100, 0, 0]


def test_a_loan_left_out_counts_by_its_last_row_until_it_is_reported_again():
    jan, day = "2025-01", "2025-01-10"
    made = make(
        report("B001", jan, B1=f"loan_no amount disbursed_on\nL1 100 {day}\nL2 50 {day}"),
        report("B001", "2025-02", B1=f"loan_no amount disbursed_on\nL2 50 {day}"),
        report("B001", "2025-04", B1=f"loan_no amount disbursed_on\nL2 70 {day}"),  # nothing came for March
        report("B001", "2025-05", B1=f"loan_no amount disbursed_on\nL1 130 {day}\nL2 70 {day}"),
        report("B002", "2025-03", B1=f"loan_no amount disbursed_on\nL1 7 {day}"),
        report("B002", "2026-01", B1="loan_no amount disbursed_on\nL3 1 2026-01-10"),
        members=[Member("B001"), Member("B002")],
    )
    banks = "SELECT period, sum(amount) FROM set_Y WHERE bank = ? GROUP BY ALL ORDER BY period"
    told = {bank: dict(made.execute(banks, [bank]).fetchall()) for bank in ("B001", "B002")}
    assert told["B001"] == {jan: 150, "2025-02": 150, "2025-04": 170, "2025-05": 200}
    assert told["B002"] == {"2025-03": 7, "2026-01": 1}  # where nobody reports, nothing counts
    assert made.execute("SELECT loan_no, period, next_period FROM set_loan_left").fetchall() == [("L1", jan, "2025-05")]


def test_a_new_year_starts_from_nothing():
    made = make(
        report("B001", "2025-12", B1="loan_no amount disbursed_on\nL1 100 2025-12-05"),
        report("B001", "2026-01", B1="loan_no amount disbursed_on\nL1 100 2025-12-05\nL2 30 2026-01-06"),
    )
    assert value(made, "G04", "2025-12") == 100
    assert value(made, "G04", "2026-01") == 30
    assert value(made, "G06", "2026-01") == 30


def test_lending_of_the_month_is_that_disbursed_in_it():
    made = make(
        report("B001", "2025-01", B1="loan_no amount\nL1 100"),
        report(
            "B001", "2025-02", B1="loan_no amount disbursed_on\nL1 100 2025-01-10\nL2 7 2025-02-01\nL3 5 2025-02-28"
        ),
    )
    assert value(made, "G06", "2025-02") == 12
    assert value(made, "G04", "2025-02") == 112


def test_medium_term_is_more_than_twelve_calendar_months():
    made = make(
        report(
            "B001",
            "2025-03",
            B1="""
            loan_no balance disbursed_on matures_on
            L1      1       2024-02-29   2025-02-28
            L2      2       2024-02-29   2025-03-01
            L3      4       2025-01-31   2026-01-31
            L4      8       2025-01-31   2026-02-01
            """,
        )
    )
    # 29 February and twelve months is 28 February, which is not more: L2 and L4 are, 10 of 15.
    assert figures(made, "2025-03")["S01", "BJ"] == Figure(Decimal(10), Decimal(15), 1000 / 15)


def test_an_amount_of_exactly_the_limit_is_within_it():
    made = make(
        report(
            "B001",
            "2025-01",
            B1="""
            loan_no amount      valuation_method
            L1      1000        internal
            L2      1000.000001 internal
            L3      500         external
            L4      300         negotiated
            """,
        )
    )
    stored = figures(made, "2025-01")
    assert stored["V01", "BJ"] == Figure(Decimal(2), Decimal(3), 200 / 3)
    assert stored["V02", "BJ"] == Figure(Decimal(1300), Decimal(1800), 130_000 / 1800)
    assert stored["V03", "BJ"].value == 1  # L2 is above the ceiling of 1000


def test_the_ceiling_is_the_banks_own_on_the_day_of_approval_and_the_default_before_its_admission():
    loans = """
    loan_no amount valuation_method approved_on
    L1      2500   internal         2025-01-08
    L2      2500   internal         2024-12-20
    L3      3001   negotiated       2025-01-09
    """
    made = make(report("B001", "2025-01", B1=loans), members=[Member("B001", admitted="2025-01-01", ceiling="3000")])
    assert value(made, "V03", "2025-01") == 2


def test_write_offs_and_transfers_of_the_year_are_put_back_in_the_restored_ratio():
    made = make(
        report(
            "B001",
            "2025-01",
            B1="""
            loan_no amount balance risk_class status      closed_on  closed_amount
            L1      80     80      1          active      -          -
            L2      20     20      3          active      -          -
            L3      30     0       5          written_off 2025-01-20 25
            L4      30     0       4          transferred 2025-01-21 15
            L5      30     0       1          settled     2025-01-21 -
            """,
        ),
        report("B001", "2025-02", B1="loan_no balance\nL1 80"),
    )
    assert figures(made, "2025-01")["G09", "BJ"] == Figure(Decimal(20), Decimal(100), 20)
    assert figures(made, "2025-01")["G18", "BJ"] == Figure(Decimal(60), Decimal(140), 6000 / 140)
    # L2 has vanished from February's stock; January's report still decides on the closed ones.
    assert figures(made, "2025-02")["G18", "BJ"] == Figure(Decimal(40), Decimal(120), 4000 / 120)


def test_a_weighted_rate_is_exact():
    made = make(report("B001", "2025-01", B1="loan_no amount rate\nL1 100.000001 3.45\nL2 200 2.5"))
    assert figures(made, "2025-01")["G07", "BJ"] == Figure(
        Decimal("845.00000345"), Decimal("300.000001"), 845.00000345 / 300.000001
    )


def test_the_green_channel_is_compared_as_whole_numbers():
    made = make(
        report(
            "B001",
            "2025-01",
            B1="""
            loan_no green_channel loan_applied_on approved_on
            L1      true          2025-01-01      2025-01-03
            L2      false         2025-01-01      2025-01-06
            L3      false         2025-01-01      2025-01-08
            """,
        ),
        report("B002", "2025-01", B1="loan_no green_channel\nL1 true"),
    )
    # B001: 12 days over 2 not green, 2 days over 1 green: 12·1 − 2·2 = 8 of 12.
    assert figures(made, "2025-01")["S08", "B001"] == Figure(Decimal(8), Decimal(12), 800 / 12)
    assert figures(made, "2025-01")["S08", "B002"].value is None


def test_the_gap_between_two_ratios_is_one_exact_quotient():
    """4.9 % − 1.9 % is exactly 3 points; as a difference of two doubles it would be 3.0000000000000004."""
    made = make(
        report(
            "B001",
            "2025-01",
            B1="loan_no amount balance risk_class\nL1 951 951 1\nL2 49 49 3",
            B2="total_loans total_npl\n1000 19",
        )
    )
    assert 100 * 49 / 1000 - 100 * 19 / 1000 != 3
    assert figures(made, "2025-01")["S18", "B001"] == Figure(None, None, 3.0)


def test_forms_without_rows_give_zero_and_a_whole_of_zero_gives_no_value():
    made = make(report("B001", "2025-01", B1="", B4="", I1=""))
    stored = figures(made, "2025-01")
    counts = ("G01", "G02", "G03", "G04", "G08", "V03", "P01", "P05", "C09")
    assert {stored[code, entity].value for code in counts for entity in ("B001", "BJ")} == {0}
    ratios = ("G07", "G09", "G14", "S01", "V01", "P02", "S08")
    assert {stored[code, entity] for code in ratios for entity in ("B001", "BJ")} == {
        Figure(Decimal(0), Decimal(0), None)
    }


def test_a_member_without_an_accepted_submission_has_nothing_and_is_in_no_sum():
    made = make(
        report("B001", "2025-01", B1="loan_no amount\nL1 100"),
        report("B002", "2025-01", B1="loan_no amount\nL1 10"),
        report("B001", "2025-02", B1="loan_no amount\nL1 100"),
        report("B002", "2025-02", verdict="returned", B1="loan_no amount\nL1 10"),
    )
    january, february = figures(made, "2025-01"), figures(made, "2025-02")
    assert january["G01", "BJ"].value == 110
    assert february["G01", "BJ"].value == february["G04", "BJ"].value == 100
    assert {entity for _, entity in february} & {"B002"} == {"B002"}  # only the M indicators speak of it
    assert {code[0] for code, entity in february if entity == "B002"} == {"M"}
    assert february.get(("G01", "B002"), NOTHING) == NOTHING
