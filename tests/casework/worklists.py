"""A month of work for tests: who filed for 2026-02, key firms of one district, and a ledger beside it.

February 2026: filing ends on Tuesday 10 March; reminders begin on the 7th, a Saturday, so on Monday the 9th.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import duckdb

from contract.parameters import declared_parameters
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, current
from ledger.events import Entry
from metrics.evaluation.build import evaluate
from metrics.indicators import disclosure
from metrics.warnings.build import warn
from tests.casework.pilots import ADMITTED, Pilot
from tests.metrics.snapshots import Member, publish, report

PERIOD = "2026-02"
DISTRICT_CODE = "110108"
ANALYST = Viewer("甲", "甲", "analyst")
SUPERVISOR = Viewer("乙", "乙", "supervisor")
BANK = Viewer("丙", "丙", "institution", "B001")
OTHER_BANK = Viewer("戊", "戊", "institution", "B002")
DISTRICT = Viewer("丁", "丁", "district", DISTRICT_CODE)
OTHER_DISTRICT = Viewer("己", "己", "district", "110102")
AUTHORITY = Viewer("庚", "庚", "authority")
ADMIN = Viewer("辛", "辛", "admin")

# Firm f1 borrows 100 of B001 in February, f2 nothing at all; f3 is new on February's list.
LOANS = """
    loan_no uscc balance
    a1      f1   100
"""
JANUARY_FIRMS = """
    uscc name   demand
    f1   甲公司 100
    f2   乙公司 200
"""
FEBRUARY_FIRMS = """
    uscc name   demand
    f1   甲公司 100
    f2   乙公司 200
    f3   丙公司 300
"""


def build(home: Path) -> Path:
    """The data version: B001 and the district have filed for both months; B002's February was returned."""
    path = publish(
        home,
        report("B001", "2026-01", B1=""),
        report("B002", "2026-01", B1=""),
        report(DISTRICT_CODE, "2026-01", R1="", R4=JANUARY_FIRMS),
        report("B001", PERIOD, B1=LOANS, verdict="questions"),
        report("B002", PERIOD, B1="", verdict="returned", errors=1),
        report(DISTRICT_CODE, PERIOD, R1="", R4=FEBRUARY_FIRMS),
        members=[Member(code, admitted=ADMITTED) for code in ("B001", "B002", DISTRICT_CODE)],
        now="2026-03-16T09:00:00",
    )
    with duckdb.connect(str(path)) as connection:
        evaluate(connection, declared_parameters())
        warn(connection, declared_parameters())
        disclosure.build(connection, None)
    return path


def at_work(pilot: Pilot, built: Path) -> Snapshot:
    """The pilot's home with a copy of that data version, and the submissions in its ledger; it is 16 March."""
    pilot.home.warehouse.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(built, pilot.home.warehouse / built.name)
    (pilot.home.warehouse / "CURRENT").write_text(f"{built.name}\n", encoding="utf-8")
    filed = {"B001": "questions", "B002": "returned", DISTRICT_CODE: "accepted"}
    entries = [
        Entry("submission", "填报", code, {"submitter": code, "period": PERIOD, "verdict": verdict})
        for code, verdict in filed.items()
    ]
    pilot.ledger.append(datetime(2026, 3, 9), entries)
    pilot.at("2026-03-16")
    return current(pilot.home)
