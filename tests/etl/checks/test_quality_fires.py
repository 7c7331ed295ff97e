"""Every check of what is unlikely is seen firing, at its place and with the value it compares, and silent beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from contract.declarations import forms
from etl.checks.cover import Submitted, verdict_of
from etl.checks.engine import check_batch
from etl.checks.rulebook import rule_book
from etl.reading.packages import read_package
from tests.etl.submissions import (
    BANK,
    DISTRICT,
    LOAN,
    PERIOD,
    PRODUCT,
    ROWS,
    SETTLED,
    WRITTEN_OFF,
    Sheets,
    change,
    csv_files,
    findings,
    judge,
    package,
    place,
    state,
    submission,
    uscc,
)


@dataclass(frozen=True)
class Unlikely:
    """Cells of a form's last row that make a check fire and such that must not, and what it compares with."""

    column: str
    fires: dict[str, str]
    silent: dict[str, str]
    expected: str | None = None
    others: dict[str, str] | None = None  # two rows more, like the others, all of them with these cells
    every_row: bool = False  # it fires at each of the rows
    first_row: bool = False  # it is about the whole form, and told at its first row


def slip(column: str, usual: str, large: str, below: str, **cells: str) -> Unlikely:
    """A value of 1,000 times the usual one, and one just below."""
    return Unlikely(column, cells | {column: large}, cells | {column: below}, usual, others={})


def whole_form(column: str, large: str, below: str, limit: str) -> Unlikely:
    """A value that brings the median of two rows to the limit, and one that leaves it just below."""
    return Unlikely(column, {column: large}, {column: below}, limit, first_row=True)


FIRST = {"uscc": LOAN["uscc"]}
INTERNAL = {"valuation_method": "内部评估", "valuation_fee": "0"}
NO_DISBURSEMENT = {"ip_disbursed_loans_ytd": "0", "ip_disbursed_ytd": "0", "ip_rate_ytd": ""}
NO_SUBSIDY = dict.fromkeys(
    ("subsidised_firms_ytd", "interest_subsidy_ytd", "valuation_subsidy_ytd", "guarantee_subsidy_ytd"), "0"
)
NO_CASES = dict.fromkeys(("dd_cases_ytd", "dd_exempted_ytd", "dd_fast_ytd"), "0")
NO_APPEALS = {"dd_appeals_ytd": "0", "dd_appeals_upheld_ytd": "0"}
NO_STAFF = {"ip_staff": "0", "incentive_staff_ytd": "0"}
ASSOCIATION = uscc("52110108MA0000002")

CASES = {
    "Q-B1-201": Unlikely("rate", {"rate": "6.450001"}, {"rate": "6.45"}, "3.45", others={}),
    "Q-B1-202": Unlikely("amount", {"valuation": "999.999999"}, {"valuation": "1000"}, "999.999999"),
    "Q-B1-203": Unlikely("amount", {"valuation": "10000.00001"}, {"valuation": "10000"}, "10000.00001"),
    "Q-B1-204": slip("amount", "1000", "1000000", "999999.999999"),
    "Q-B1-205": slip("balance", "800.5", "800500", "800499.999999", amount="1000000"),
    "Q-B1-206": slip("valuation", "2000", "2000000", "1999999.999999"),
    "Q-B1-207": slip("valuation_fee", "1.5", "1500", "1499.999999"),
    "Q-B1-208": Unlikely(
        "closed_amount",
        WRITTEN_OFF | {"amount": "600000", "closed_amount": "600000"},
        WRITTEN_OFF | {"amount": "600000", "closed_amount": "599999.999999"},
        "600",
        others=WRITTEN_OFF,
    ),
    "Q-B1-209": Unlikely("matures_on", {"matures_on": "2036-03-11"}, {"matures_on": "2036-03-10"}, "2036-03-10"),
    "Q-B1-210": Unlikely(
        "registered_on", {"registered_on": "2026-07-01"}, {"registered_on": "2026-06-30"}, "2026-03-02"
    ),
    "Q-B1-211": Unlikely(
        "approved_on", {"loan_applied_on": "2025-11-05"}, {"loan_applied_on": "2025-11-06"}, "2025-11-05"
    ),
    "Q-B1-212": Unlikely(
        "registered_on", {"registered_on": "2026-03-11"}, {"registered_on": "2026-03-10"}, "2026-03-10"
    ),
    "Q-B1-213": Unlikely(
        "registration_no",
        {"registration_no": LOAN["registration_no"]},
        {"registration_no": LOAN["registration_no"]} | SETTLED,
        every_row=True,
    ),
    "Q-B1-214": Unlikely("pure_ip", {"risk_share": "融资担保"}, {"risk_share": "融资担保", "pure_ip": "否"}),
    "Q-B1-215": Unlikely("amount", INTERNAL | {"amount": "1000.000001"}, INTERNAL | {"amount": "1000"}, "1000"),
    "Q-B1-216": Unlikely(
        "amount", FIRST | {"disbursed_on": "2026-06-08"}, FIRST | {"disbursed_on": "2026-06-09"}, "2000"
    ),
    "Q-B1-217": Unlikely(
        "risk_class",
        {"overdue_days": "271", "risk_class": "次级"},
        {"overdue_days": "270", "risk_class": "次级"},
        "可疑",
    ),
    "Q-B1-218": Unlikely(
        "risk_class",
        {"overdue_days": "361", "risk_class": "可疑"},
        {"overdue_days": "360", "risk_class": "可疑"},
        "损失",
    ),
    "Q-B1-219": Unlikely("overdue_days", {"matures_on": "2026-09-29"}, {"matures_on": "2026-09-30"}, "大于0"),
    "Q-B1-220": Unlikely("first_loan", {"renewal": "是"}, {"renewal": "是", "first_loan": "否"}),
    "Q-B1-221": Unlikely("uscc", {"uscc": ASSOCIATION}, {"uscc": uscc("91110108MA0000003")}, "91开头"),
    "Q-B1-222": Unlikely("amount", SETTLED | {"amount": "0.999999"}, SETTLED | {"amount": "1"}, "不小于1"),
    "Q-B1-223": Unlikely("valuation_fee", {"valuation_fee": "100.000001"}, {"valuation_fee": "100"}, "2000"),
    "Q-B1-224": Unlikely("ip_count", {"ip_count": "501"}, {"ip_count": "500"}, "不超过500"),
    "Q-B1-225": Unlikely(
        "loan_applied_on", {"loan_applied_on": "2024-03-09"}, {"loan_applied_on": "2024-03-10"}, "2026-03-10"
    ),
    "Q-B1-226": Unlikely(
        "borrower_name", FIRST | {"borrower_name": "演示集科技有限公司"}, FIRST, LOAN["borrower_name"]
    ),
    "Q-B1-227": Unlikely("point_id", {"point_id": "310101-01"}, {"point_id": "110105-01"}, "1101开头"),
    "Q-B1-228": whole_form("amount", "199000", "198999.999998", "100000"),
    "Q-B2-201": Unlikely("ip_balance", {"ip_balance": "9000000.000001"}, {"ip_balance": "9000000"}, "9000000"),
    "Q-B2-202": Unlikely("ip_npl", {"ip_npl": "1601.000001"}, {"ip_npl": "1601"}, "1601"),
    "Q-B2-203": Unlikely("ip_rate_ytd", {"ip_rate_ytd": "6.800001"}, {"ip_rate_ytd": "6.8"}, "3.8"),
    "Q-B2-204": Unlikely("total_npl", {"total_npl": "900000.000001"}, {"total_npl": "900000"}, "9000000"),
    "Q-B2-205": Unlikely("ip_borrowers", {"ip_borrowers": "3"}, {"ip_borrowers": "2"}, "2"),
    "Q-B2-206": Unlikely("ip_balance", {"ip_loans": "0"}, {"ip_loans": "0", "ip_balance": "0"}),
    "Q-B2-207": Unlikely("ip_disbursed_loans_ytd", {"ip_disbursed_loans_ytd": "0"}, NO_DISBURSEMENT, "2000"),
    "Q-B2-208": Unlikely(
        "total_loans", {"total_loans": "1000000000"}, {"total_loans": "999999999.999999"}, "小于1000000000"
    ),
    "Q-B3-201": Unlikely(
        "training_attendance_ytd",
        {"training_sessions_ytd": "0"},
        {"training_sessions_ytd": "0", "training_attendance_ytd": "0"},
        "0",
    ),
    "Q-B3-202": Unlikely("dd_fast_days", {"dd_fast_days": "61"}, {"dd_fast_days": "60"}, "不超过60"),
    "Q-B3-203": Unlikely("kpi_weight", {"kpi_weight": "30.1"}, {"kpi_weight": "30"}, "不超过30"),
    "Q-B3-204": Unlikely("ip_staff", NO_STAFF, NO_STAFF | {"dedicated_units": "0"}, "2"),
    "Q-B3-205": Unlikely("ftp_discount_bp", {"ftp_discount_bp": "301"}, {"ftp_discount_bp": "300"}, "不超过300"),
    "Q-B3-206": Unlikely("npl_tolerance_pp", {"npl_tolerance_pp": "10.1"}, {"npl_tolerance_pp": "10"}, "不超过10"),
    "Q-B3-207": Unlikely("dd_cases_ytd", {"has_dd_policy": "否"}, {"has_dd_policy": "否"} | NO_CASES, "0"),
    "Q-B3-208": Unlikely("dd_appeals_ytd", {"has_appeal": "否"}, {"has_appeal": "否"} | NO_APPEALS, "0"),
    "Q-B3-209": Unlikely(
        "incentive_amount_ytd",
        {"incentive_staff_ytd": "0"},
        {"incentive_staff_ytd": "0", "incentive_amount_ytd": "0"},
        "0",
    ),
    "Q-B3-210": Unlikely("delegated_limit", {"delegated_limit": "20000.000001"}, {"delegated_limit": "20000"}, "20000"),
    "Q-B3-211": Unlikely("credit_plan", {"credit_plan": "10000000"}, {"credit_plan": "9999999.999999"}, "小于10000000"),
    "Q-B4-201": Unlikely("recovered", {"recovered": "310.000001"}, {"recovered": "310"}, "360"),
    "Q-B4-202": Unlikely(
        "opened_on",
        {"opened_on": "2026-10-01", "closed_on": "2026-10-01"},
        {"opened_on": "2026-09-30", "closed_on": "2026-09-30"},
        "2026-09-30",
    ),
    "Q-B4-203": Unlikely("closed_on", {"closed_on": "2026-10-01"}, {"closed_on": "2026-09-30"}, "2026-09-30"),
    "Q-B4-204": Unlikely("closed_on", {"status": "在办"}, {"status": "在办", "closed_on": ""}, "空"),
    "Q-B4-205": Unlikely("compensation", {"compensation": "300.000001"}, {"compensation": "300"}, "300"),
    "Q-B4-206": Unlikely("appraised", {"appraised": "2.999999"}, {"appraised": "3"}, "300"),
    "Q-B4-207": slip("exposure", "300", "300000", "299999.999999"),
    "Q-B4-208": slip("appraised", "280", "280000", "279999.999999"),
    "Q-B4-209": slip("recovered", "100", "100000", "99999.999999"),
    "Q-B4-210": slip("compensation", "50", "50000", "49999.999999"),
    "Q-B4-211": whole_form("exposure", "199700", "199699.999998", "100000"),
    "Q-B5-201": Unlikely("customers", {"customers": "0"}, {"customers": "0", "amount": "0"}, "45000"),
    "Q-B5-202": Unlikely("name", {"name": PRODUCT["name"]}, {"name": "演示商标贷"}, every_row=True),
    "Q-B5-203": slip("amount", "45000", "45000000", "44999999.999999"),
    "Q-B5-204": whole_form("amount", "19955000", "19954999.999998", "10000000"),
    "Q-B6-201": Unlikely(
        "registered_on", {"registered_on": "2026-10-01"}, {"registered_on": "2026-09-30"}, "2026-09-30"
    ),
    "Q-B6-202": Unlikely("expires_on", {"expires_on": "2026-03-05"}, {"expires_on": "2026-03-06"}, "2026-03-05"),
    "Q-R1-201": Unlikely("matched", {"matched": "26"}, {"matched": "25"}, "25"),
    "Q-R1-202": Unlikely("avg_days", {"avg_days": "31"}, {"avg_days": "30"}, "不超过30"),
    "Q-R1-203": Unlikely("bank", {"host": "园区"}, {"host": "园区", "bank": ""}, "空"),
    "Q-R1-204": Unlikely("avg_days", {"registrations": "0"}, {"registrations": "0", "avg_days": ""}, "0"),
    "Q-R2-201": Unlikely(
        "compensation_ytd", {"compensated_ytd": "0"}, {"compensated_ytd": "0", "compensation_ytd": "0"}, "0"
    ),
    "Q-R2-202": Unlikely(
        "compensation_ytd", {"compensation_ytd": "10000.000001"}, {"compensation_ytd": "10000"}, "10000"
    ),
    "Q-R2-203": Unlikely("subsidised_firms_ytd", {"subsidised_firms_ytd": "0"}, NO_SUBSIDY),
    "Q-R2-204": Unlikely(
        "pool_balance",
        {"pool_size": "0", "pool_balance": "0"},
        {"pool_size": "0", "pool_balance": "0", "loans_covered": "0"},
    ),
    "Q-R2-205": Unlikely("pool_size", {"pool_size": "1000000"}, {"pool_size": "999999.999999"}, "小于1000000"),
    "Q-R3-201": slip("amount", "260", "260000", "259999.999999"),
    "Q-R3-202": Unlikely("agencies", {"agencies": "0"}, {"agencies": "0", "agency_deals": "0"}, "3"),
    "Q-R3-203": whole_form("amount", "1999740", "1999739.999998", "1000000"),
    "Q-R4-201": slip("demand", "500", "500000", "499999.999999"),
    "Q-R4-202": Unlikely("uscc", {"uscc": ASSOCIATION}, {"uscc": uscc("91110108MA0000003")}, "91开头"),
    "Q-R4-203": whole_form("demand", "199500", "199499.999998", "100000"),
}


def distinct(form: str, number: int) -> dict[str, str]:
    """Cells that tell a further row of a form from the others."""
    return {
        "B1": {"loan_no": f"L-1{number}", "registration_no": f"Y1{number}", "uscc": uscc(f"91110108MB000000{number}")},
        "B4": {"case_no": f"C-1{number}"},
        "B5": {"product_code": f"P-1{number}", "name": f"演示产品{number}"},
        "R3": {"platform": f"演示平台{number}"},
        "R4": {"uscc": uscc(f"91110108MB000000{number}")},
    }[form]


def filed(check: str, case: Unlikely, cells: dict[str, str]) -> Sheets:
    """A submission whose last row of the check's form has the cells."""
    form = check.split("-")[1]
    sheets = submission(DISTRICT if form.startswith("R") else BANK)
    if case.others is not None:
        for number in (1, 2):
            sheets[form].insert(1, list(sheets[form][1]))
            change(sheets, form, distinct(form, number), row=1)
        for row in range(1, len(sheets[form]) - 1):
            change(sheets, form, case.others, row)
        state(sheets, f"行数 {form}", str(len(sheets[form]) - 1))
    return change(sheets, form, cells)


@pytest.fixture(scope="module")
def findings_by_case() -> dict[tuple[str, bool], list[dict]]:
    """(check, whether it must fire) → findings; all cases in one run of the engine."""
    given = {
        (check, firing): filed(check, case, case.fires if firing else case.silent)
        for check, case in CASES.items()
        for firing in (True, False)
    }
    packages = [package(csv_files(sheets), DISTRICT if "R1" in sheets else BANK) for sheets in given.values()]
    return dict(zip(given, judge(packages), strict=True))


@pytest.mark.parametrize("check", CASES)
def test_it_fires_at_its_place_with_what_it_compares(check: str, findings_by_case: dict):
    case, form = CASES[check], check.split("-")[1]
    rows = range(2, len(ROWS[form]) + (2 if case.others is None else 4))
    seen = [
        (finding["form"], finding["row_no"], finding["column_code"], finding["level"], finding["expected"])
        for finding in findings_by_case[check, True]
        if finding["check_id"] == check
    ]
    fired = rows if case.every_row else rows[:1] if case.first_row else rows[-1:]
    assert seen == [(form, row, case.column, "Q", case.expected) for row in fired]


@pytest.mark.parametrize("check", CASES)
def test_it_is_silent_at_the_boundary(check: str, findings_by_case: dict):
    assert check not in {finding["check_id"] for finding in findings_by_case[check, False]}


@pytest.mark.parametrize(
    ("submitter", "asked"),
    [
        (BANK, {"Q-B1-228", "Q-B2-208", "Q-B3-211", "Q-B4-211", "Q-B5-204"}),
        (DISTRICT, {"Q-R2-205", "Q-R3-203", "Q-R4-203"}),
    ],
)
def test_a_first_report_wholly_in_another_unit_is_asked_about_form_by_form(submitter: str, asked: set[str]):
    """Every amount typed in 元: within the report all agree, and no median of its own shows it."""
    sheets = submission(submitter)
    for code, rows in sheets.items():
        money = [column.code for column in forms()[code].columns if column.type == "money"] if code != "cover" else []
        for row in range(1, len(rows)):
            given = {column: rows[row][place(sheets, code, column)] for column in money}
            change(sheets, code, {c: str(Decimal(text) * 10_000) if text else "" for c, text in given.items()}, row)
    if submitter == BANK:
        state(sheets, "金额 B1", "16010000")
    told = findings(sheets, submitter)
    assert [finding for finding in told if finding["level"] in "SV"] == []
    assert sorted(f["check_id"] for f in told if f["check_id"] in asked) == sorted(asked)  # once each
    assert all("整张表可能以元填报" in f["message"] for f in told if f["check_id"] in asked)


def test_no_case_is_a_submission_that_would_be_returned(findings_by_case: dict):
    assert {
        key: finding["message"]
        for key, findings in findings_by_case.items()
        for finding in findings
        if finding["level"] in "SV"
    } == {}


def test_the_checks_declared_are_those_seen_firing(findings_by_case: dict):
    declared = {check.id for check in rule_book() if check.level == "Q"}
    fired = {finding["check_id"] for findings in findings_by_case.values() for finding in findings}
    assert set(CASES) == declared == fired


def test_messages_are_filled_in(findings_by_case: dict):
    assert [
        finding["message"]
        for findings in findings_by_case.values()
        for finding in findings
        if "{" in finding["message"]
    ] == []


@pytest.mark.parametrize(
    ("approved_on", "amount", "fires"),
    [
        ("2026-03-06", "1000.01", True),  # before the bank's own ceiling: the default
        ("2026-03-07", "3000", False),
        ("2026-03-07", "3000.01", True),
        ("2026-03-08", "500", False),
        ("2026-03-08", "500.01", True),  # lowered again
    ],
)
def test_the_ceiling_is_the_bank_s_own_on_the_day_of_approval(approved_on: str, amount: str, fires: bool):
    cells = INTERNAL | {"approved_on": approved_on, "amount": amount, "balance": "1"}
    ceilings = ((date(2026, 3, 7), Decimal(3000)), (date(2026, 3, 8), Decimal(500)))
    given = read_package(package(csv_files(change(submission(), "B1", cells))))
    with duckdb.connect() as connection:
        check_batch(connection, [Submitted(0, BANK, "bank", PERIOD, given, ceilings)])
        seen = connection.execute("SELECT count(*) FROM new_finding WHERE check_id = 'Q-B1-215'").fetchall()
    assert seen == [(int(fires),)]


@pytest.mark.parametrize("column", ["registration_no", "uscc"])
def test_blank_cells_are_not_compared_with_each_other(column: str):
    sheets = submission()
    for row in (1, 2):
        change(sheets, "B1", {column: ""}, row)
    assert {finding["level"] for finding in findings(sheets)} == {"V"}


@pytest.mark.parametrize(
    ("levels", "note", "verdict"),
    [
        ([], "", "accepted"),
        (["Q"], "", "questions"),
        (["Q", "M"], " ", "questions"),
        (["Q"], "利率属实", "accepted"),
        (["Q", "V"], "利率属实", "returned"),
        (["S"], "", "returned"),
    ],
)
def test_a_note_on_the_cover_explains_what_is_unlikely_and_nothing_else(levels: list, note: str, verdict: str):
    reading = read_package(package(csv_files(state(submission(), "说明", note))))
    assert verdict_of(reading, levels) == verdict
