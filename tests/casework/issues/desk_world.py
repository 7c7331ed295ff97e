"""Two data versions of one small month for the desk of the briefing: in the second, B002's loan is 6000 and not 5000.

February 2026: B001 lends 10,000 (万元) and B002 5,000 to a firm each, 1.50 亿元; in the second version 1.60.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import duckdb

from casework.issues import drafts, passing
from contract.parameters import declared_parameters
from contract.settings import Home, snapshot_name
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, current
from etl.warehouse.snapshot_files import file_digest, published
from ledger.events import Entry
from ledger.issues import Issue
from metrics.evaluation.build import evaluate
from metrics.indicators import disclosure, structure
from metrics.targets import declared, levels, reference_series
from metrics.warnings.build import warn
from tests.casework.pilots import ADMITTED, Pilot
from tests.metrics.snapshots import Member, publish, report

PERIOD, BUILT_AT = "2026-02", "2026-03-16T09:00:00"
ANALYST, OTHER, SUPERVISOR = "甲", "丙", "乙"
HAIDIAN = "110108"
DISTRICT = Viewer("丁", "丁", "district", HAIDIAN)
OTHER_DISTRICT = Viewer("己", "己", "district", "110102")
BUREAU = Viewer("甲", "甲", "analyst")
BANK = Viewer("戊", "戊", "institution", "B001")
FIRST = """
    loan_no uscc balance
    a1      f1   {balance}
"""


def built(
    folder: Path, number: int, balance: int, filed: bool = True, period: str = PERIOD, now: str = BUILT_AT
) -> Path:
    """A data version of a period with B002's balance as given.

    With nothing accepted for the period unless `filed`.
    """
    home = folder / str(number)
    verdict = {} if filed else {"verdict": "returned", "errors": 1}
    path = publish(
        home,
        report("B001", "2026-01", B1=FIRST.format(balance=9000)),
        report("B001", period, B1=FIRST.format(balance=10000), **verdict),
        report("B002", period, B1=FIRST.format(balance=balance).replace("a1", "b1").replace("f1", "f2"), **verdict),
        report(HAIDIAN, period, R1="", **verdict),
        members=[Member(code, admitted=ADMITTED) for code in ("B001", "B002", HAIDIAN)],
        now=now,
    )
    with duckdb.connect(str(path)) as connection:
        evaluate(connection, declared_parameters())
        warn(connection, declared_parameters())
        disclosure.build(connection, None)
        structure.build(connection, None)
        reference_series.add_references(connection, ())
        levels.add_targets(connection, declared.targets())
        connection.execute("UPDATE snapshot SET number = ?", [number])
    return path


class Desk:
    """The pilot's home with the data versions; `show` makes one of them the current one."""

    NOW = datetime(2026, 3, 20, 9)

    def __init__(self, pilot: Pilot, versions: dict[int, Path]) -> None:
        self.pilot, self.versions = pilot, versions
        pilot.at("2026-03-20")
        self.show(1)

    @property
    def home(self) -> Home:
        return self.pilot.home

    def show(self, number: int) -> Snapshot:
        warehouse = self.home.warehouse
        warehouse.mkdir(parents=True, exist_ok=True)
        place = warehouse / f"pilot-{number}.duckdb"
        if not place.exists():
            shutil.copyfile(self.versions[number], place)
        known = published(self.pilot.ledger.events("publication"))
        for missing in range(len(known) + 1, number + 1):
            facts = {"number": missing, "sha256": file_digest(self.versions[missing])}
            self.pilot.ledger.append(self.NOW, [Entry("publication", "测试", snapshot_name(missing), facts)])
        (warehouse / "CURRENT").write_text(f"{place.name}\n", encoding="utf-8")
        return current(self.home)

    def thin(self, number: int) -> None:
        (self.home.warehouse / f"pilot-{number}.duckdb").unlink()

    def draft(self, part: str = "city", by: str = ANALYST) -> Issue:
        return drafts.open_issue(self.home, PERIOD, by, part)

    def submitted(self, part: str = "city", by: str = ANALYST) -> Issue:
        return passing.submit(self.home, self.draft(part, by).id, by)

    def released(self, part: str = "city") -> Issue:
        return passing.release(self.home, self.submitted(part).id, SUPERVISOR)
