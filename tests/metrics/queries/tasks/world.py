"""A small pilot with every form that task pages read: three banks that filed, one that did not, two districts."""

from __future__ import annotations

from pathlib import Path

import duckdb

from contract.parameters import declared_parameters
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, current
from metrics.evaluation.build import evaluate
from metrics.evaluation.round_tables import add_rounds
from metrics.indicators import ceiling_cases, disclosure, key_firms, spread, structure
from metrics.targets import declared, levels, reference_series
from tests.metrics.snapshots import Member, publish, report

PERIOD, BEFORE = "2025-03", "2025-02"
HAIDIAN, XICHENG = "110108", "110102"
ANALYST = Viewer("a", "甲", "analyst")
DISTRICT = Viewer("d", "丙", "district", HAIDIAN)
INSTITUTION = Viewer("i", "丁", "institution", "B001")
AUTHORITY = Viewer("z", "戊", "authority")
ADMIN = Viewer("x", "己", "admin")
CITY = ("city", "BJ")

MEMBERS = [
    Member("B001"), Member("B002"), Member("B003", "city"), Member("B004", "city"), Member(HAIDIAN), Member(XICHENG),
]  # fmt: skip

# Approved on 8 January: applied on the 3rd is 5 days, on the 7th 1, on 1 January 7, on 25 December 14.
LOANS = {
    "B001": """
        loan_no  uscc  district  amount  loan_applied_on  green_channel  valuation_method  valuation  risk_share
        a1       f1    110108    200     2025-01-03       true           internal          400        pool
        a2       f2    110108    1500    2025-01-07       true           internal          3000       none
        a3       f3    110108    300     2024-12-25       false          external          1000       none
    """,
    "B002": """
        loan_no  uscc  district  amount  loan_applied_on  green_channel  valuation_method  valuation  risk_share
        b1       f4    110108    100     2025-01-03       true           external          500        none
        b2       f5    110102    400     2025-01-01       false          negotiated        1000       insurance
    """,
    "B003": """
        loan_no  uscc  district  amount  loan_applied_on  green_channel  valuation_method  valuation  risk_share
        c1       f6    110108    800     2025-01-03       true           internal          2000       pool
        c2       f7    110108    900     2025-01-01       false          external          2000       none
    """,
}
MECHANISMS = {
    "B001": """
        has_ip_policy has_appeal dedicated_units ftp_discount_bp delegated_limit kpi_weight credit_plan dd_cases_ytd
        true          true       2               30              500             2          20000       6
    """,
    "B002": """
        has_ip_policy has_appeal dedicated_units ftp_discount_bp delegated_limit kpi_weight credit_plan dd_cases_ytd
        true          false      0               10              1000            4          1000        2
    """,
    "B003": """
        has_ip_policy has_appeal dedicated_units ftp_discount_bp delegated_limit kpi_weight credit_plan dd_cases_ytd
        false         false      1               20              600             6          0           0
    """,
}
LIABILITY = {
    "B001": "dd_exempted_ytd dd_fast_ytd dd_fast_days dd_appeals_ytd dd_appeals_upheld_ytd has_incentive_plan "
    "incentive_amount_ytd incentive_staff_ytd ip_staff training_sessions_ytd training_attendance_ytd|"
    "4 3 5 2 1 true 8.5 3 10 2 20",
    "B002": "dd_exempted_ytd dd_fast_ytd dd_fast_days dd_appeals_ytd dd_appeals_upheld_ytd has_incentive_plan "
    "incentive_amount_ytd incentive_staff_ytd ip_staff training_sessions_ytd training_attendance_ytd|"
    "1 0 - 1 0 false 0 0 5 1 5",
    "B003": "dd_exempted_ytd dd_fast_ytd dd_fast_days dd_appeals_ytd dd_appeals_upheld_ytd has_incentive_plan "
    "incentive_amount_ytd incentive_staff_ytd ip_staff training_sessions_ytd training_attendance_ytd|"
    "0 0 - 0 0 false 0 0 4 0 0",
}
CASES = {
    # In 2025-03: open since 1 March (30 days to its end) and since 1 January 2024 (455); closed after 40 days.
    "B001": """
        case_no  mode     platform  agency  exposure  recovered  compensation  opened_on   closed_on   status
        k1       auction  -         true    100       0          0             2025-03-01  -           open
        k2       auction  -         false   200       10         0             2024-01-01  -           open
        k3       listing  pf        true    400       100        50            2025-01-01  2025-02-10  closed
    """,
    "B002": """
        case_no  mode     platform  agency  exposure  recovered  compensation  opened_on   closed_on   status
        k4       listing  pf        false   100       50         0             2025-01-01  2025-03-02  closed
        k5       auction  -         true    60        0          0             2024-12-01  -           stopped
        k6       auction  -         true    70        7          0             2024-02-01  2024-12-31  closed
    """,
    "B003": """
        case_no  mode     platform  agency  exposure  recovered  compensation  opened_on   closed_on   status
        k7       auction  -         true    500       250        0             2025-01-31  2025-03-02  closed
    """,
}
PRODUCTS = {
    "B001": "product_code product_type on_sale customers amount\np1 pledge true 5 100\np2 lease false 1 9",
    "B002": "product_code product_type on_sale customers amount\np3 pledge true 2 50",
    "B003": "product_code product_type on_sale customers amount\np4 pledge true 3 25\np5 abs true 1 10",
}
POINTS = {
    HAIDIAN: """
        point_id   bank  host    one_stop  status   consultations  registrations  matched  avg_days
        110108-01  B001  branch  true      running  40             4              10       2
        110108-02  -     hall    false     running  20             1              5        7
        110108-03  -     park    true      closed   0              0              0        -
    """,
    XICHENG: """
        point_id   bank  host    one_stop  status   consultations  registrations  matched  avg_days
        110102-01  B002  branch  true      running  10             5              5        1
    """,
}
POOLS = {
    HAIDIAN: "pool_size pool_balance compensated_ytd compensation_ytd interest_subsidy_ytd subsidised_firms_ytd "
    "loans_covered share_ratio|1000 700 1 30 20 5 9 40",
    XICHENG: "pool_size pool_balance compensated_ytd compensation_ytd interest_subsidy_ytd subsidised_firms_ytd "
    "loans_covered share_ratio|500 500 0 0 10 2 3 50",
}
TRADES = {
    (HAIDIAN, BEFORE): "platform mode ip_type deals amount agency_deals agencies\npf assignment patent 2 10 1 3",
    (HAIDIAN, PERIOD): "platform mode ip_type deals amount agency_deals agencies\npf assignment patent 3 20 2 2\n"
    "pg licence trademark 1 5 0 1",
    (XICHENG, PERIOD): "platform mode ip_type deals amount agency_deals agencies\npf assignment patent 5 70 5 4",
}
FIRMS = {
    HAIDIAN: "uscc category demand\nf1 key_tech 500\nf2 key_tech 1000\nf3 key_tech 300\ng1 key_tech 100\ng2 model 50",
    XICHENG: "uscc category demand\nf5 model 500",
}
INITIATIVES = {
    "B001": "title theme kind issued_on\n银行甲 valuation rule 2025-03-05",
    HAIDIAN: "title theme kind issued_on\n海淀甲 valuation case 2025-03-06\n海淀乙 disposal case 2025-03-07",
}


def line(text: str) -> str:
    """A table of one row, written on one line with a bar between head and row."""
    head, row = text.split("|")
    return f"{head}\n{row}"


def side_by_side(one: str, other: str) -> str:
    """Two tables of one row each as one."""
    heads, rows = zip(*([row.split() for row in text.strip().splitlines()] for text in (one, line(other))), strict=True)
    return "\n".join(" ".join(part for parts in pair for part in parts) for pair in (heads, rows))


def version(home: Path) -> Snapshot:
    """Published with all tables that task pages read; B004 has filed nothing, February only what trades need."""
    banks = [
        report(
            code, PERIOD, B1=LOANS[code], B3=side_by_side(MECHANISMS[code], LIABILITY[code]), B4=CASES[code],
            B5=PRODUCTS[code], B2="total_loans branches online_branches\n9000 10 9",
            I1=INITIATIVES.get(code, ""),
        )
        for code in LOANS
    ]  # fmt: skip
    districts = [
        report(
            code, PERIOD, R1=POINTS[code], R2=line(POOLS[code]), R3=TRADES[code, PERIOD], R4=FIRMS[code],
            I1=INITIATIVES.get(code, ""),
        )
        for code in (HAIDIAN, XICHENG)
    ]  # fmt: skip
    february = [
        report("B001", BEFORE, B1="loan_no district amount\na1 110108 200"),
        report(HAIDIAN, BEFORE, R1=POINTS[HAIDIAN], R2=line(POOLS[HAIDIAN]), R3=TRADES[HAIDIAN, BEFORE]),
    ]
    path = publish(home, *february, *banks, *districts, members=MEMBERS)
    with duckdb.connect(str(path)) as connection:
        add_rounds(connection, {}, {})
        evaluate(connection, declared_parameters())
        for part in (disclosure, structure, spread, ceiling_cases, key_firms):
            part.build(connection, None)
        reference_series.add_references(connection, ())
        levels.add_targets(connection, declared.targets())
    return current(Home(home))
