"""Scopes: who counts where, and that members, groups, districts and kinds of right add up."""

from decimal import Decimal

from tests.metrics.snapshots import Figure, Member, figures, make, report, value

DISTRICT_CODES = 18


def test_a_firm_with_loans_at_two_banks_counts_once_above_them():
    made = make(
        report("B001", "2025-01", B1="loan_no uscc district\nL1 F1 110108\nL2 F2 110105"),
        report("B002", "2025-01", B1="loan_no uscc district\nL1 F1 110108"),
    )
    stored = figures(made, "2025-01")
    borrowers = {entity: stored["G02", entity].value for entity in ("B001", "B002", "state", "BJ", "110108", "110105")}
    assert borrowers == {"B001": 2, "B002": 1, "state": 2, "BJ": 2, "110108": 1, "110105": 1}
    assert stored["G14", "BJ"].whole == 2


def test_a_loan_of_several_kinds_of_right_is_mixed():
    made = make(report("B001", "2025-01", B1="loan_no balance ip_types\nL1 100 patent\nL2 30 patent,trademark"))
    stored = figures(made, "2025-01")
    assert (stored["G01", "patent"].value, stored["G01", "mixed"].value) == (100, 30)
    assert ("G01", "trademark") not in stored


def test_districts_have_loan_figures_for_every_code_when_a_bank_is_present():
    made = make(report("B001", "2025-01", B1="loan_no balance district\nL1 100 000000"))
    rows = made.execute("SELECT entity, value FROM value WHERE indicator = 'G01' AND scope = 'district'").fetchall()
    assert len(rows) == DISTRICT_CODES
    assert {entity for entity, balance in rows if balance} == {"000000"}


def test_districts_have_no_loan_figures_when_no_bank_is_present():
    made = make(report("110108", "2025-01", R1=""))
    stored = figures(made, "2025-01")
    assert ("G01", "110108") not in stored and ("G01", "BJ") not in stored
    assert stored["D01", "110108"].value == stored["D01", "BJ"].value == 0


def test_history_before_admission_is_the_members_own():
    made = make(
        report("B001", "2025-01", B1="loan_no balance\nL1 100"),
        report("B002", "2025-01", B1="loan_no balance\nL1 7", I1=""),
        report("B001", "2025-02", B1="loan_no balance\nL1 100"),
        report("B002", "2025-02", B1="loan_no balance\nL1 7"),
        members=[Member("B001"), Member("B002", "city", admitted="2025-02-15")],
    )
    january, february = figures(made, "2025-01"), figures(made, "2025-02")
    assert january["G01", "B002"].value == 7
    assert ("G01", "city") not in january
    assert (january["G01", "BJ"].value, february["G01", "BJ"].value) == (100, 107)
    assert january["G01", "110108"].value == 100
    assert january["C09", "B002"].value == 0


def test_what_was_filed_as_history_stays_out_of_later_sums_too():
    ended = "loan_no amount balance status closed_on\nL1 100 0 settled 2025-01-20"
    made = make(
        report(
            "B002",
            "2025-01",
            B1=ended,
            B3="credit_plan kpi_weight\n500 4",
            B4="case_no\nC1",
            B5="on_sale\ntrue",
            I1="title\nT1",
        ),
        report("110105", "2025-01", R3="deals\n3", R4="uscc\nF1", I1=""),
        report("B001", "2025-02", B1="loan_no amount\nL1 40", B3="credit_plan kpi_weight\n200 2", B4="", B5="", I1=""),
        report("B002", "2025-02", B1="loan_no amount\nL2 60", B4="", I1=""),
        report("110108", "2025-02", R3="deals\n2", R4="uscc\nF2\nF3", I1=""),
        report("110105", "2025-02", R3="deals\n4", I1=""),
        members=[Member("B002", "city", admitted="2025-02-15"), Member("110105", admitted="2025-02-01")],
    )
    stored = figures(made, "2025-02")
    own, all_banks = stored["G04", "B002"].value, stored["G04", "BJ"].value
    assert (own, stored["G04", "city"].value, all_banks) == (160, 60, 100)
    assert [stored[code, "B002"].value for code in ("S14", "P05", "S19", "C09")] == [4, 1, 1, 1]
    assert [stored[code, "BJ"].value for code in ("S14", "P05", "S19", "C09")] == [2, 0, 0, 0]
    assert (stored["S10", "B002"].value, stored["S10", "BJ"]) == (32, Figure(Decimal(40), Decimal(200), 20))
    assert ("S14", "city") not in stored
    assert (stored["P06", "110105"].value, stored["P06", "BJ"].value) == (7, 6)
    assert (stored["C07", "110105"].whole, stored["C07", "BJ"].whole) == (1, 2)


def test_a_member_that_has_left_the_list_is_in_no_sum():
    made = make(
        report("B001", "2025-03", B1="loan_no balance\nL1 100"),
        report("B002", "2025-03", B1="loan_no balance\nL1 7"),
        report("110108", "2025-03", R1="point_id\nP1"),
        report("110105", "2025-03", R1="point_id\nP1"),
        members=[Member("B002", "city", left="2025-02-20"), Member("110105", left="2025-02-20")],
    )
    stored = figures(made, "2025-03")
    assert (stored["G01", "B002"].value, stored["G01", "BJ"].value) == (7, 100)
    assert ("G01", "city") not in stored
    assert (stored["D01", "110105"].value, stored["D01", "BJ"].value) == (1, 1)
    assert (stored["M03", "B002"].value, stored["M02", "BJ"].whole) == (0, 2)


def test_growth_is_on_the_balance_as_it_stood_with_the_members_present_then():
    made = make(
        report("B001", "2024-03", B1="loan_no balance\nL1 80"),
        report("B001", "2024-12", B1="loan_no balance\nL1 90"),
        report("B002", "2024-12", B1="loan_no balance\nL1 10"),
        report("B001", "2025-03", B1="loan_no balance\nL1 120"),
        report("B002", "2025-03", B1=""),
    )
    stored = figures(made, "2025-03")
    assert (stored["G12", "BJ"].part, stored["G12", "BJ"].whole, stored["G12", "BJ"].value) == (120, 80, 50)
    assert stored["G13", "BJ"].value == 20
    assert stored["G13", "B002"].value == -100  # nothing is left
    assert stored["G12", "B002"].value is None  # not reported a year earlier
    assert figures(made, "2024-12")["G12", "BJ"].value is None


def test_growth_on_the_same_banks_takes_history_and_leaves_out_who_is_missing():
    made = make(
        report("B001", "2024-03", B1="loan_no balance district\nL1 80 110108"),
        report("B002", "2024-03", B1="loan_no balance district\nL1 50 110105"),
        report("B003", "2024-03", B1="loan_no balance district\nL1 20 110108"),
        report("B001", "2025-03", B1="loan_no balance district\nL1 120 110108"),
        report("B003", "2025-03", B1="loan_no balance district\nL1 30 110108"),
        report("B004", "2025-03", B1="loan_no balance district\nL1 500 110108"),
        members=[Member("B001"), Member("B002"), Member("B003", "city", admitted="2025-01-01"), Member("B004")],
    )
    stored = figures(made, "2025-03")
    # B002 is missing now and B004 then; B003's report of a year ago is history, and counts.
    assert (stored["G17", "BJ"].part, stored["G17", "BJ"].whole, stored["G17", "BJ"].value) == (150, 100, 50)
    assert (stored["G17", "state"].value, stored["G17", "city"].value) == (50, 50)
    assert stored["G17", "110108"].value == 50
    assert stored["G17", "110105"].value is None
    assert stored["G12", "BJ"].whole == 130


def test_the_first_month_of_a_bank_has_stock_and_flow_and_no_growth():
    made = make(
        report("B001", "2024-12", B1="loan_no balance disbursed_on\nL1 100 2024-11-01"),
        report("B001", "2025-01", B1="loan_no balance disbursed_on\nL1 90 2024-11-01"),
        report("B002", "2025-01", B1="loan_no balance disbursed_on\nL1 40 2025-01-20\nL2 5 2024-12-30"),
        members=[Member("B001"), Member("B002", "city", admitted="2025-01-15")],
    )
    stored = figures(made, "2025-01")
    assert [stored[code, "B002"].value for code in ("G01", "G04", "G06", "G12", "G13")] == [45, 40, 40, None, None]
    assert (stored["G13", "B002"].part, stored["G13", "B002"].whole) == (45, None)
    assert stored["G13", "BJ"].value == 35  # the newcomer's 45 counts now and not then


def test_a_bank_that_leaves_and_comes_back_counts_while_it_is_on_the_list():
    loans = "loan_no balance disbursed_on\nL1 {} 2025-01-20"
    periods = ("2025-01", "2025-02", "2025-03", "2025-04", "2025-05")
    made = make(
        *(report("B001", period, B1=loans.format(100)) for period in periods),
        *(report("B002", period, B1=loans.format(7)) for period in periods if period != "2025-03"),
        members=[Member("B001"), Member("B002", "city", left="2025-02-10", back="2025-05-20")],
    )
    balances = {period: figures(made, period)["G01", "BJ"].value for period in periods}
    assert balances == dict(zip(periods, (107, 107, 100, 100, 107), strict=True))
    # In April it reports although nobody asks: its own figures are there. In March it doesn't.
    assert figures(made, "2025-04")["G01", "B002"].value == 7
    assert ("G01", "B002") not in figures(made, "2025-03")
    expected = [figures(made, period)["M05", "BJ"].whole for period in periods]
    assert expected == [2, 2, 1, 1, 2]


def test_members_add_up_to_groups_and_all():
    made = make(
        report("B001", "2025-01", B1="loan_no balance district\nL1 80.5 110108\nL2 3 000000"),
        report("B002", "2025-01", B1="loan_no balance district ip_types\nL1 50 110105 data"),
        members=[Member("B001"), Member("B002", "rural")],
    )
    sums = made.execute("SELECT scope, sum(part) FROM value WHERE indicator = 'G01' GROUP BY scope").fetchall()
    assert dict(sums) == dict.fromkeys(("city", "bank", "bank_type", "district", "ip"), Decimal("133.5"))


def test_initiatives_of_banks_and_districts_are_counted_together():
    made = make(
        report("B001", "2025-01", I1="title\nT1\nT2"),
        report("110108", "2025-01", I1="title\nT1"),
        report("B001", "2025-02", I1=""),
        report("110108", "2025-02", I1="title\nT3"),
    )
    assert value(made, "C09", "2025-01") == 3
    stored = figures(made, "2025-02")
    assert {entity: stored["C09", entity].value for entity in ("BJ", "B001", "110108")} == {
        "BJ": 4,
        "B001": 2,
        "110108": 2,
    }
