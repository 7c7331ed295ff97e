"""A small published data version for tests of the reading door: three banks, two districts, and who borrows where."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb

from contract.parameters import declared_parameters
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, current
from ledger.rounds import Round
from metrics.evaluation.build import evaluate
from metrics.evaluation.round_tables import add_rounds
from metrics.indicators import disclosure, structure
from metrics.targets import declared, levels, reference_series
from metrics.warnings.build import warn
from tests.metrics.snapshots import Member, publish, report

PERIOD = "2025-02"
HAIDIAN, XICHENG, CHAOYANG = "110108", "110102", "110105"

ANALYST = Viewer("a", "甲", "analyst")
SUPERVISOR = Viewer("s", "乙", "supervisor")
DISTRICT = Viewer("d", "丙", "district", HAIDIAN)
INSTITUTION = Viewer("i", "丁", "institution", "B001")
AUTHORITY = Viewer("z", "戊", "authority")
ADMIN = Viewer("x", "己", "admin")

MEMBERS = [
    Member("B001"), Member("B002"), Member("B003"), Member("B004", group="city"),
    Member(HAIDIAN), Member(XICHENG),
]  # fmt: skip
# 海淀 has four borrowers of three banks; 西城 one borrower; 朝阳 three, of three banks.
LOANS = {
    "B001": """
        loan_no district  balance tech
        a1      110108    100     high_tech
        a2      110108    200     high_tech
        a3      110105     30     none
    """,
    "B002": """
        loan_no district  balance tech
        b1      110108    300     none
        b2      110102     50     none
        b3      110105     30     none
    """,
    "B003": """
        loan_no district  balance tech
        c1      110108    400     little_giant
        c2      110105     40     none
    """,
}
JANUARY = """
    loan_no district  balance tech
    a1      110108     80     high_tech
"""


def small_version(home: Path, rounds: Mapping[str, Round] = MappingProxyType({})) -> Snapshot:
    """B004 has not filed for the period, and B003's first version was returned."""
    path = publish(
        home,
        report("B001", "2025-01", B1=JANUARY),
        report("B001", PERIOD, B1=LOANS["B001"]),
        report("B002", PERIOD, B1=LOANS["B002"], late=True),
        report("B003", PERIOD, B1=LOANS["B003"], verdict="returned", errors=2),
        report("B003", PERIOD, B1=LOANS["B003"], version=2, verdict="questions"),
        report(HAIDIAN, PERIOD, R1="", R2=""),
        report(XICHENG, PERIOD, R1="", R2="", late=True),
        members=MEMBERS,
    )
    with duckdb.connect(str(path)) as connection:
        add_rounds(connection, rounds, {})
        evaluate(connection, declared_parameters())
        warn(connection, declared_parameters())
        disclosure.build(connection, None)
        structure.build(connection, None)
        reference_series.add_references(connection, ())
        levels.add_targets(connection, declared.targets())
    return current(Home(home))
