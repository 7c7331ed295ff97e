"""Loans, rights, cases, points and firms of a small pilot: two banks, two districts, two months."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.settings import Home
from etl.snapshot.opened import Snapshot, current
from tests.conftest import MadeOnce
from tests.metrics.snapshots import Member, publish, report

BEFORE, PERIOD = "2025-01", "2025-02"
HAIDIAN, XICHENG = "110108", "110102"
MEMBERS = (Member("B001"), Member("B002", "city"), Member("B003", left="2025-01-20"), Member(HAIDIAN), Member(XICHENG))
# B001 lends F1 twice within 20 days, each time 900 of the limit of 1,000; B002 lends it 800 some days later.
B001 = """
    loan_no uscc borrower_name district size  amount balance rate disbursed_on matures_on status  closed_on  ip_types
    a1      F1   甲公司        110108   small 900    900     3.5  2025-01-10   2027-01-10 active  -          patent
    a2      F1   甲公司        110108   small 900    900     3.5  2025-01-30   2027-01-30 active  -          patent,data
    a3      F2   乙公司        110105   micro 500    120.5   4    2024-06-01   2025-06-01 active  -          trademark
    a4      F3   丙100%公司    110102   large 300    0       4.2  2024-03-01   2025-03-01 settled 2025-02-05 patent
"""
B002 = """
    loan_no uscc borrower_name district size   amount balance rate disbursed_on matures_on status ip_types
    b1      F1   甲科技公司     110108   medium 800    800     3    2025-02-20   2026-02-20 active patent
    b2      F4   丁公司         110108   micro  999    999     3    2025-02-21   2026-02-21 active patent
"""
B003 = """
    loan_no uscc borrower_name district size  amount balance rate disbursed_on matures_on status ip_types
    c1      F5   戊公司         110108   micro 40     40      3    2025-01-15   2026-01-15 active patent
"""
# F1's right is pledged to both banks; a3's ends before its loan; a right without an end is never short.
RIGHTS_BEFORE = """
    loan_no right_no           ip_type   registration_no registered_on expires_on
    a1      ZL201510000001.X   patent    Y1              2025-01-05    2030-01-01
    a3      TM1                trademark Y3              2024-05-20    2025-05-31
"""
RIGHTS_B001 = """
    loan_no right_no           ip_type   registration_no registered_on expires_on
    a2      ZL201510000002.8   patent    Y2              2025-01-25    2030-01-01
"""
RIGHTS_B002 = """
    loan_no right_no           ip_type   registration_no registered_on expires_on
    b1      ZL201510000001.X   patent    Y4              2025-02-15    2030-01-01
    b2      DATA9              data      Y5              2025-02-16    -
"""
CASES = """
    case_no loan_no exposure recovered status opened_on
    k1      a4      80       10        open   2025-01-20
"""
POINTS = """
    point_id  name   host   bank status  consultations
    110108-01 甲点   branch B001 running 5
    110108-02 乙点   hall   -    paused  0
"""
FIRMS = """
    uscc name   category  demand matched_on
    F1   甲公司 key_tech  500    2025-01-02
    F9   癸公司 advantage 70     -
"""


@pytest.fixture(scope="session")
def version(made_once: MadeOnce) -> Snapshot:
    return current(Home(made_once("detail", _published)))


def _published(home: Path) -> None:
    january = "\n".join([*B001.strip("\n").splitlines()[:4]])
    publish(
        home,
        report("B001", BEFORE, B1=january, B6=RIGHTS_BEFORE),
        report("B003", BEFORE, B1=B003, B6=""),
        report("B001", PERIOD, B1=B001, B6=RIGHTS_B001, B4=CASES),
        report("B002", PERIOD, B1=B002, B6=RIGHTS_B002, B4=""),
        report("B003", PERIOD, B1=B003, B6="", B4=""),
        report(HAIDIAN, PERIOD, R1=POINTS, R2="", R4=FIRMS),
        report(XICHENG, PERIOD, R1=POINTS.replace("110108-", "110102-"), R2="", R4=FIRMS.splitlines()[1]),
        members=MEMBERS,
    )
