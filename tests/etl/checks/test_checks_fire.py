"""Every declared check is seen firing, at its place and alone, and seen silent at the boundary."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract.declarations import Column, forms
from etl.checks.rulebook import LEVELS, rule_book, structure_checks
from tests.etl.submissions import (
    BANK,
    DISTRICT,
    ROWS,
    SETTLED,
    WRITTEN_OFF,
    Sheets,
    change,
    csv_files,
    judge,
    package,
    patent,
    place,
    state,
    submission,
    uscc,
)

TYPE_FAULTS = {
    "int": "三",
    "money": "-1",
    "rate": "百分之三",
    "days": "-1",
    "date": "2026-02-30",
    "flag": "也许",
    "district": "某某区",
    "institution": "B" * 21,
    "ip": "专利、发明",
    "ip_one": "专利、商标",
}

# check → (the column it is reported at, cells that make it fire, cells at the boundary that must not)
RELATIONS = {
    "V-B1-101": ("uscc", {"uscc": "91110108MA0000002A"}, {"uscc": uscc("91110108MA0000002").lower()}),
    "V-B1-102": ("ip_count", {"ip_count": "0"}, {"ip_count": "1", "ip_types": "专利"}),
    "V-B1-103": ("ip_count", {"ip_count": "1"}, {"ip_count": "2"}),
    "V-B1-104": ("registered_on", {"registered_on": "2026-03-01"}, {"registered_on": "2026-03-02"}),
    "V-B1-105": ("point_id", {"point_id": ""}, {"point_id": "", "one_stop": "否"}),
    "V-B1-106": ("point_id", {"one_stop": "否"}, {"one_stop": "否", "point_id": " "}),
    "V-B1-107": ("valuation", {"valuation": "0", "valuation_fee": "0"}, {"valuation": "2"}),
    "V-B1-108": (
        "valuation_fee",
        {"valuation_method": "内部评估", "valuation_fee": "0.000001"},
        {"valuation_method": "内部评估", "valuation_fee": "0"},
    ),
    "V-B1-109": ("valuation_fee", {"valuation_fee": "2000"}, {"valuation_fee": "1999.999999"}),
    "V-B1-110": ("approved_on", {"approved_on": "2026-02-28"}, {"approved_on": "2026-03-01"}),
    "V-B1-111": ("disbursed_on", {"disbursed_on": "2026-03-05"}, {"disbursed_on": "2026-03-06"}),
    "V-B1-112": ("disbursed_on", {"disbursed_on": "2026-10-01"}, {"disbursed_on": "2026-09-30"}),
    "V-B1-113": ("matures_on", {"matures_on": "2026-03-10"}, {"matures_on": "2026-03-11"}),
    "V-B1-114": ("amount", {"amount": "0"} | SETTLED, {"amount": "0.000001"} | SETTLED),
    "V-B1-115": ("balance", {"balance": "1000.000001"}, {"balance": "1000"}),
    "V-B1-116": ("balance", SETTLED | {"balance": "0.000001"}, SETTLED),
    "V-B1-117": ("balance", {"balance": "0"}, {"balance": "0.000001"}),
    "V-B1-118": ("rate", {"rate": "24.000001"}, {"rate": "24"}),
    "V-B1-119": ("overdue_days", {"overdue_days": "91"}, {"overdue_days": "90"}),
    "V-B1-120": ("closed_on", SETTLED | {"closed_on": ""}, SETTLED),
    "V-B1-121": ("closed_on", SETTLED | {"closed_on": "2026-08-31"}, SETTLED | {"closed_on": "2026-09-01"}),
    "V-B1-122": (
        "closed_on",
        SETTLED | {"disbursed_on": "2026-09-16"},
        SETTLED | {"disbursed_on": "2026-09-15"},
    ),
    "V-B1-123": ("closed_amount", WRITTEN_OFF | {"closed_amount": ""}, WRITTEN_OFF),
    "V-B1-124": ("closed_amount", WRITTEN_OFF | {"closed_amount": "0"}, WRITTEN_OFF | {"closed_amount": "0.000001"}),
    "V-B1-125": ("closed_amount", WRITTEN_OFF | {"closed_amount": "1000.01"}, WRITTEN_OFF | {"closed_amount": "1000"}),
    "V-B1-126": ("closed_amount", SETTLED | {"closed_amount": "600"}, SETTLED),
    "V-B2-101": ("total_npl", {"total_npl": "9000000.000001"}, {"total_npl": "9000000"}),
    "V-B2-102": ("online_branches", {"online_branches": "41"}, {"online_branches": "40"}),
    "V-B2-103": ("ip_rate_ytd", {"ip_disbursed_ytd": "0"}, {"ip_disbursed_ytd": "0", "ip_rate_ytd": ""}),
    "V-B2-104": ("ip_rate_ytd", {"ip_rate_ytd": ""}, {"ip_rate_ytd": "3.4"}),
    "V-B2-111": ("ip_borrowers", {"ip_borrowers": "-1"}, {"ip_borrowers": "0"}),
    "V-B2-112": ("ip_loans", {"ip_loans": "-1"}, {"ip_loans": "0"}),
    "V-B2-113": ("ip_disbursed_loans_ytd", {"ip_disbursed_loans_ytd": "-1"}, {"ip_disbursed_loans_ytd": "0"}),
    "V-B2-114": ("branches", {"branches": "-1", "online_branches": "-1"}, {"branches": "0", "online_branches": "0"}),
    "V-B2-115": ("online_branches", {"online_branches": "-1"}, {"online_branches": "0"}),
    "V-B2-121": ("ip_rate_ytd", {"ip_rate_ytd": "24.1"}, {"ip_rate_ytd": "24"}),
    "V-B2-122": ("all_rate_ytd", {"all_rate_ytd": "-0.1"}, {"all_rate_ytd": "0"}),
    "V-B3-101": ("dd_exempted_ytd", {"dd_exempted_ytd": "11"}, {"dd_exempted_ytd": "10"}),
    "V-B3-102": ("dd_fast_ytd", {"dd_fast_ytd": "11"}, {"dd_fast_ytd": "10"}),
    "V-B3-103": ("dd_fast_days", {"dd_fast_days": ""}, {"dd_fast_days": "", "dd_fast_ytd": "0"}),
    "V-B3-104": ("dd_appeals_upheld_ytd", {"dd_appeals_upheld_ytd": "6"}, {"dd_appeals_upheld_ytd": "5"}),
    "V-B3-105": ("kpi_weight", {"kpi_weight": "100.1"}, {"kpi_weight": "100"}),
    "V-B3-106": ("incentive_staff_ytd", {"incentive_staff_ytd": "21"}, {"incentive_staff_ytd": "20"}),
    "V-B3-107": (
        "incentive_amount_ytd",
        {"has_incentive_plan": "否", "incentive_staff_ytd": "0"},
        {"has_incentive_plan": "否", "incentive_staff_ytd": "0", "incentive_amount_ytd": "0"},
    ),
    "V-B3-108": (
        "incentive_staff_ytd",
        {"has_incentive_plan": "否", "incentive_amount_ytd": "0"},
        {"has_incentive_plan": "是", "incentive_amount_ytd": "0"},
    ),
    "V-B3-109": ("npl_tolerance_pp", {"npl_tolerance_pp": "-0.1"}, {"npl_tolerance_pp": "0"}),
    "V-B3-111": ("dedicated_units", {"dedicated_units": "-1"}, {"dedicated_units": "0"}),
    "V-B3-112": ("ftp_discount_bp", {"ftp_discount_bp": "-1"}, {"ftp_discount_bp": "0"}),
    "V-B3-113": (
        "dd_cases_ytd",
        {"dd_cases_ytd": "-1", "dd_exempted_ytd": "", "dd_fast_ytd": ""},
        {"dd_cases_ytd": "0", "dd_exempted_ytd": "0", "dd_fast_ytd": "0"},
    ),
    "V-B3-114": ("dd_exempted_ytd", {"dd_exempted_ytd": "-1"}, {"dd_exempted_ytd": "0"}),
    "V-B3-115": ("dd_fast_ytd", {"dd_fast_ytd": "-1"}, {"dd_fast_ytd": "0"}),
    "V-B3-116": (
        "dd_appeals_ytd",
        {"dd_appeals_ytd": "-1", "dd_appeals_upheld_ytd": ""},
        {"dd_appeals_ytd": "0", "dd_appeals_upheld_ytd": "0"},
    ),
    "V-B3-117": ("dd_appeals_upheld_ytd", {"dd_appeals_upheld_ytd": "-1"}, {"dd_appeals_upheld_ytd": "0"}),
    "V-B3-118": ("incentive_staff_ytd", {"incentive_staff_ytd": "-1"}, {"incentive_staff_ytd": "0"}),
    "V-B3-119": (
        "ip_staff",
        {"ip_staff": "-1", "incentive_staff_ytd": ""},
        {"ip_staff": "0", "incentive_staff_ytd": "0"},
    ),
    "V-B3-120": ("training_sessions_ytd", {"training_sessions_ytd": "-1"}, {"training_sessions_ytd": "0"}),
    "V-B3-121": ("training_attendance_ytd", {"training_attendance_ytd": "-1"}, {"training_attendance_ytd": "0"}),
    "V-B4-101": ("platform", {"platform": ""}, {"platform": "", "mode": "协议转让"}),
    "V-B4-102": ("exposure", {"exposure": "0"}, {"exposure": "0.000001"}),
    "V-B4-103": ("closed_on", {"closed_on": ""}, {"closed_on": "", "status": "在办"}),
    "V-B4-104": ("closed_on", {"closed_on": "2026-05-05"}, {"closed_on": "2026-05-06"}),
    "V-B5-101": ("launched_on", {"launched_on": "2026-10-01"}, {"launched_on": "2026-09-30"}),
    "V-B5-102": ("customers", {"customers": "-1"}, {"customers": "0"}),
    "V-B6-101": ("loan_no", {"loan_no": "L-0003"}, {"loan_no": "L-0002"}),
    "V-B6-102": ("right_no", {"right_no": "ZL99123456.8"}, {"right_no": "9912 3456" + patent("99123456")[-1]}),
    "V-I1-101": ("issued_on", {"issued_on": "2026-10-01"}, {"issued_on": "2026-09-30"}),
    "V-R1-101": ("point_id", {"point_id": "110105-02"}, {"point_id": "110108"}),
    "V-R1-102": ("bank", {"bank": ""}, {"bank": "", "host": "园区"}),
    "V-R1-103": ("opened_on", {"opened_on": "2026-10-01"}, {"opened_on": "2026-09-30"}),
    "V-R1-111": (
        "consultations",
        {"status": "暂停", "registrations": "0", "matched": "0", "consultations": "1"},
        {"status": "暂停", "registrations": "0", "matched": "0", "consultations": "0"},
    ),
    "V-R1-112": (
        "registrations",
        {"status": "关闭", "registrations": "1", "matched": "0", "consultations": "0"},
        {"status": "关闭", "registrations": "0", "matched": "0", "consultations": "0"},
    ),
    "V-R1-113": (
        "matched",
        {"status": "暂停", "registrations": "0", "matched": "1", "consultations": "0"},
        {"status": "运行", "registrations": "0", "matched": "1", "consultations": "0"},
    ),
    "V-R1-121": ("consultations", {"consultations": "-1"}, {"consultations": "0"}),
    "V-R1-122": ("registrations", {"registrations": "-1"}, {"registrations": "0"}),
    "V-R1-123": ("matched", {"matched": "-1"}, {"matched": "0"}),
    "V-R2-101": ("pool_balance", {"pool_balance": "10000.000001"}, {"pool_balance": "10000"}),
    "V-R2-102": ("share_ratio", {"share_ratio": "100.1"}, {"share_ratio": "100"}),
    "V-R2-111": ("compensated_ytd", {"compensated_ytd": "-1"}, {"compensated_ytd": "0"}),
    "V-R2-112": ("subsidised_firms_ytd", {"subsidised_firms_ytd": "-1"}, {"subsidised_firms_ytd": "0"}),
    "V-R2-113": ("loans_covered", {"loans_covered": "-1"}, {"loans_covered": "0"}),
    "V-R3-101": ("deals", {"deals": "0", "agency_deals": "0"}, {"deals": "1", "agency_deals": "1"}),
    "V-R3-102": ("agency_deals", {"agency_deals": "6"}, {"agency_deals": "5"}),
    "V-R3-111": ("agency_deals", {"agency_deals": "-1"}, {"agency_deals": "0"}),
    "V-R3-112": ("agencies", {"agencies": "-1"}, {"agencies": "0"}),
    "V-R4-101": ("uscc", {"uscc": "91110108MA0000002A"}, {"uscc": uscc("911101080000000AB")}),
    "V-R4-102": ("matched_on", {"matched_on": "2026-10-01"}, {"matched_on": "2026-09-30"}),
}
# Cells that cannot break one rule alone: what is told beside it, (check, column).
TOGETHER = {
    "V-B2-114": {("V-B2-115", "online_branches")},
    "V-B3-113": {("V-B3-013", "dd_exempted_ytd"), ("V-B3-014", "dd_fast_ytd")},
    "V-B3-116": {("V-B3-017", "dd_appeals_upheld_ytd")},
    "V-B3-119": {("V-B3-021", "incentive_staff_ytd")},
}


def filed(form: str) -> Sheets:
    """A valid submission of one who files the form."""
    return submission(DISTRICT if forms()[form].by == "district" else BANK)


def without(sheets: Sheets, form: str, column: str | None = None) -> Sheets:
    """The sheets without a form, or without one column of it."""
    if column is None:
        del sheets[form]
        return sheets
    at = place(sheets, form, column)
    sheets[form] = [row[:at] + row[at + 1 :] for row in sheets[form]]
    return sheets


def with_rows(sheets: Sheets, form: str, *rows: list) -> Sheets:
    sheets[form] += rows
    return state(sheets, f"行数 {form}", str(len(sheets[form]) - 1))


def twice(sheets: Sheets, form: str) -> Sheets:
    """The form's last row once more."""
    return with_rows(sheets, form, list(sheets[form][-1]))


def slipped(sheets: Sheets, form: str) -> Sheets:
    """The form's first row with one cell more than there are headers."""
    sheets[form][1] = [*sheets[form][1], "多出的一格"]
    return sheets


def header_twice(sheets: Sheets) -> Sheets:
    sheets["B4"] = [[*row, "" if number else "平台名称"] for number, row in enumerate(sheets["B4"])]
    return sheets


# key of a structure check → (sheets that make it fire, form, row, column)
Structure = tuple[Callable[[], Sheets], str, int | None, str | None]
STRUCTURES: dict[str, Structure] = {
    "cover_missing": (lambda: without(submission(), "cover"), "cover", None, None),
    "cover_item_missing": (
        lambda: submission() | {"cover": [row for row in submission()["cover"] if row[0] != "联系电话"]},
        "cover",
        None,
        "phone",
    ),
    "cover_item_twice": (
        lambda: submission() | {"cover": [*submission()["cover"], ["复核人", "赵六"]]},
        "cover",
        18,
        "reviewer",
    ),
    "cover_value": (lambda: state(submission(), "金额 B1", "一千六百"), "cover", 17, "amount_B1"),
    "submitter_differs": (lambda: state(submission(), "报送机构编码", "B002"), "cover", 2, "submitter"),
    "period_differs": (lambda: state(submission(), "报送期", "2026-08"), "cover", 4, "period"),
    "rows_differ": (lambda: state(submission(), "行数 B4", "3"), "cover", None, "rows_B4"),
    "cover_required": (lambda: state(submission(), "填报人", " "), "cover", 5, "preparer"),
    "reviewer_is_preparer": (lambda: state(submission(), "复核人", "张　三"), "cover", 6, "reviewer"),
    "unknown_form": (lambda: submission() | {"B9 其他": [["列"], ["1"]]}, "file", None, None),
    "form_twice": (lambda: submission() | {"B5 知识产权金融产品": submission()["B5"]}, "B5", None, None),
    "form_not_filed": (lambda: submission() | {"R2": submission(DISTRICT)["R2"]}, "R2", None, None),
    "form_absent": (lambda: without(submission(), "B4"), "B4", None, None),
    "no_header": (lambda: submission() | {"B4": [["本期无案件"]]}, "B4", None, None),
    "missing_column": (lambda: without(submission(), "B1", "rate"), "B1", None, "rate"),
    "duplicate_header": (lambda: header_twice(submission()), "B4", 1, "platform"),
    "one_row": (lambda: twice(submission(), "B2"), "B2", 3, None),
    "row_width": (lambda: slipped(submission(), "I1"), "I1", 2, None),
}


def type_fault(column: Column) -> str:
    if column.type == "text":
        return "字" * (column.length + 1)
    return TYPE_FAULTS.get(column.type, "不在表内")


Case = tuple[Sheets, set[tuple]]
BLOCKING = ("S", "V")


def cases() -> dict[str, Case]:
    """Name of a case → sheets and what must be found that returns them: (check, form, row, column, level)."""
    result: dict[str, Case] = {}
    for form in forms().values():
        last = len(ROWS[form.code]) + 1  # the headers are line 1
        for column in form.columns:
            faulty = change(filed(form.code), form.code, {column.code: type_fault(column)})
            check = f"S-{form.code}-{column.no:03}"
            result[f"{check} fires"] = (faulty, {(check, form.code, last, column.code, "S")})
            if column.required:
                blank = change(filed(form.code), form.code, {column.code: " "})
                check = f"V-{form.code}-{column.no:03}"
                result[f"{check} fires"] = (blank, {(check, form.code, last, column.code, "V")})
        if form.key:
            fired = {("S-FORM-006", form.code, last + 1, form.key[0], "S")}
            result[f"S-FORM-006 fires in {form.code}"] = (twice(filed(form.code), form.code), fired)
    for check, (column, firing, silent) in RELATIONS.items():
        level, form, _ = check.split("-")
        last = len(ROWS[form]) + 1
        places = {(check, column), *TOGETHER.get(check, ())}
        findings = {(other, form, last, reported, level) for other, reported in places}
        result[f"{check} fires"] = (change(filed(form), form, firing), findings)
        result[f"{check} is silent"] = (change(filed(form), form, silent), set())
    for key, (sheets, form, row, column) in STRUCTURES.items():
        check = structure_checks()[key]
        result[f"{check.id} fires"] = (sheets(), {(check.id, form, row, column, check.level)})
    return result


CASES = cases()


@pytest.fixture(scope="module")
def findings_by_case() -> dict[str, set[tuple]]:
    """Name of a case → its findings; all cases in one run of the engine."""
    packages = []
    for sheets, _ in CASES.values():
        district = "R1" in sheets
        packages.append(package(csv_files(sheets), DISTRICT if district else BANK))
    names = ("check_id", "form", "row_no", "column_code", "level")
    return {
        name: {tuple(finding[part] for part in names) for finding in findings if finding["level"] in BLOCKING}
        for name, findings in zip(CASES, judge(packages), strict=True)
    }


def test_a_valid_submission_of_either_kind_has_no_finding():
    given = [package(csv_files(submission(code)), code) for code in (BANK, DISTRICT)]
    assert judge(given) == [[], []]


@pytest.mark.parametrize("name", CASES)
def test_a_case_gives_its_findings_and_no_other(name: str, findings_by_case: dict):
    assert findings_by_case[name] == CASES[name][1]


def test_every_declared_check_fires_and_no_other_does(findings_by_case: dict):
    declared = {check.id for check in rule_book() if check.level in BLOCKING}
    declared |= {check.id for check in structure_checks().values() if check.level in BLOCKING}
    fired = {finding[0] for name in CASES for finding in findings_by_case[name]}
    assert declared - fired == set()
    assert fired - declared == set()


def test_every_relation_has_a_boundary_case():
    relations = [check for check in rule_book() if check.kind in ("rule", "reference")]
    declared = {check.id for check in relations if check.level in BLOCKING}
    assert set(RELATIONS) == declared


def test_ids_and_levels_belong_together():
    for check in [*rule_book(), *structure_checks().values()]:
        assert check.id.split("-")[0] == check.level
        assert check.level in LEVELS


@pytest.mark.parametrize("check", ["V-B1-115", "S-B1-024"])
def test_messages_name_the_value_and_advice_says_what_to_do(check: str):
    cells = {"V-B1-115": {"balance": "1000.5"}, "S-B1-024": {"amount": "伍佰万"}}[check]
    (finding,) = judge([package(csv_files(change(submission(), "B1", cells)))])[0]
    value = next(iter(cells.values()))
    assert finding["value"] == value and f"“{value}”" in finding["message"]
    assert finding["advice"] and finding["sheet"] == "B1.csv"
