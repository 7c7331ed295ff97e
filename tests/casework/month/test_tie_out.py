"""对数: a quarter held beside S70, on record once each difference has its reason, and seen in the calendar."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from casework.month.tie_out import compared, known_tie_out, record_tie_out
from casework.papers.held_papers import papers_of
from contract.errors import AccessDenied, CallError
from contract.parameters import declared_parameters
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, current
from metrics.evaluation.build import evaluate
from metrics.queries.work.month import month
from metrics.warnings.build import warn
from tests.metrics.snapshots import Member, publish, report
from tests.published import ADMIN, ANALYST, AUTHORITY, DISTRICT, INSTITUTION

PERIOD = "2025-03"
# One loan of 100 out of 100 at 4 %, disbursed in February for three years.
LOANS = """
    loan_no uscc amount balance rate disbursed_on matures_on pure_ip risk_class
    L1      F1   100    100     4    2025-02-10   2028-02-10 false   1
"""
HEADER = "bank,column,value\n"


@pytest.fixture
def version(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    monkeypatch.setenv("PILOT_NOW", "2025-04-21T09:00:00")
    path = publish(own_home, report("B001", PERIOD, B1=LOANS), members=[Member("B001")], now="2025-04-21T09:00:00")
    with duckdb.connect(str(path)) as connection:
        evaluate(connection, declared_parameters())
        warn(connection, declared_parameters())
    return current(Home(own_home))


def filed(*cells: str):
    return "S70.csv", (HEADER + "\n".join(cells)).encode()


def agreeing(version: Snapshot) -> dict[str, str]:
    """Column → our figure, as a file that ties would have it."""
    cells = compared(ANALYST, version, PERIOD, filed("B001,A,1"))
    return {cell.column: f"{cell.pilot:f}" for cell in cells if cell.pilot is not None}


def test_what_ties_is_recorded_without_reasons_and_the_calendar_knows(version: Snapshot, own_home: Path):
    home, ours = Home(own_home), agreeing(version)
    assert {step.step.code: step.state for step in month(ANALYST, version, home, PERIOD)}["tie_out"] != "done"
    done = record_tie_out(home, PERIOD, filed(*(f"B001,{code},{value}" for code, value in ours.items())), {}, ANALYST)
    assert (done.compared, done.differences, done.by, done.snapshot) == (len(ours), (), ANALYST.user, 1)
    step = next(step for step in month(ANALYST, version, home, PERIOD) if step.step.code == "tie_out")
    assert (step.state, step.note, step.done_on) == ("done", "差异0处", done.on)


def test_each_difference_needs_its_reason(version: Snapshot, own_home: Path):
    home, ours = Home(own_home), agreeing(version)
    file = filed(*(f"B001,{code},{'105' if code == 'B' else value}" for code, value in ours.items()))
    with pytest.raises(CallError, match="每处差异都须写明原因：B001的B列还没有"):
        record_tie_out(home, PERIOD, file, {("B001", "B"): " "}, ANALYST)
    assert known_tie_out(ANALYST, home, PERIOD) is None
    record_tie_out(home, PERIOD, file, {("B001", "B"): "口径含共担部分"}, ANALYST)
    known = known_tie_out(ANALYST, home, PERIOD)
    (difference,) = known.differences
    assert (difference.s70, difference.pilot, difference.reason) == (Decimal(105), Decimal(100), "口径含共担部分")
    assert [held.what for held in papers_of(ANALYST, home, known.id)] == ["S70填报数"]


def test_what_cannot_be_held_beside_is_refused(version: Snapshot, own_home: Path):
    home = Home(own_home)
    for period, file, words in (
        ("2025-02", filed("B001,A,1"), "不是季末"),
        (PERIOD, filed("B009,A,1"), "没有机构“B009”"),
        (PERIOD, filed("B001,Z,1"), "S70.csv第2行的列“Z”"),
        (PERIOD, ("S70.csv", HEADER.encode()), "没有可以比较的数"),
    ):
        with pytest.raises(CallError, match=words):
            record_tie_out(home, period, file, {}, ANALYST)


@pytest.mark.parametrize("viewer", [DISTRICT, INSTITUTION, AUTHORITY, ADMIN], ids=lambda viewer: viewer.role)
def test_tying_out_is_the_bureaus(version: Snapshot, own_home: Path, viewer: Viewer):
    for ask in (
        lambda: compared(viewer, version, PERIOD, filed("B001,A,1")),
        lambda: known_tie_out(viewer, Home(own_home), PERIOD),
        lambda: record_tie_out(Home(own_home), PERIOD, filed("B001,A,1"), {}, viewer),
    ):
        with pytest.raises(AccessDenied):
            ask()
