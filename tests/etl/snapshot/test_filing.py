"""How a member filed a period, worked out by hand: the view that everything about punctuality reads."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from etl.snapshot.filing import lay_filing

# (member, period) → versions in order of receipt: verdict, and `!` where it came after the deadline.
EXPECTED = {
    ("B001", "2025-01"): ("accepted",),
    ("B002", "2025-01"): ("returned", "questions!", "returned!"),
    ("B003", "2025-01"): ("returned!",),
    ("B004", "2025-01"): (),
    ("B001", "2025-02"): ("returned", "accepted"),
    ("B002", "2025-02"): (),
}
HISTORY = {("B004", "2024-12"): ("accepted!",)}  # before its admission
DEADLINE = {"2024-12": datetime(2025, 1, 13), "2025-01": datetime(2025, 2, 11), "2025-02": datetime(2025, 3, 11)}
PASSED = {"2024-12": True, "2025-01": True, "2025-02": False}


@pytest.fixture(scope="module")
def snapshot():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE member (code TEXT, kind TEXT, member_group TEXT)")
        connection.execute("INSERT INTO member SELECT unnest(['B001', 'B002', 'B003', 'B004']), 'bank', 'city'")
        connection.execute("""CREATE TABLE expected (submitter TEXT, kind TEXT, member_group TEXT, period TEXT,
            deadline TIMESTAMP, deadline_passed BOOLEAN)""")
        connection.execute("""CREATE TABLE submission (submission_id INTEGER, submitter TEXT, kind TEXT, period TEXT,
            version INTEGER, received_at TIMESTAMP, deadline TIMESTAMP, on_time BOOLEAN, verdict TEXT,
            in_force BOOLEAN)""")
        for member, period in EXPECTED:
            due = (DEADLINE[period], PASSED[period])
            connection.execute("INSERT INTO expected VALUES (?, 'bank', 'state', ?, ?, ?)", [member, period, *due])
        number = 0
        for (member, period), versions in (EXPECTED | HISTORY).items():
            taken = [place for place, verdict in enumerate(versions) if not verdict.startswith("returned")]
            for place, verdict in enumerate(versions):
                number += 1
                limit, late = DEADLINE[period], verdict.endswith("!")
                received = limit.replace(day=limit.day + 1 if late else limit.day - 5, minute=place)
                filed = (number, member, period, place + 1, received, limit, not late, verdict.rstrip("!"))
                connection.execute(
                    "INSERT INTO submission VALUES (?, ?, 'bank', ?, ?, ?, ?, ?, ?, ?)",
                    [*filed, place in taken[-1:]],
                )
        lay_filing(connection)
        yield connection


def told(snapshot: duckdb.DuckDBPyConnection, columns: str) -> dict[tuple[str, str], tuple]:
    rows = snapshot.execute(f"SELECT submitter, period, {columns} FROM filing").fetchall()
    return {(submitter, period): tuple(cells) for submitter, period, *cells in rows}


def test_each_expected_filing_is_on_time_late_missing_or_due(snapshot):
    """By the first version, whatever came of it: B002's later ones are late and its first is not."""
    on_time, late, missing, due = (
        {place for place, (holds,) in told(snapshot, state).items() if holds}
        for state in ("on_list AND on_time", "late", "missing", "due")
    )
    assert on_time == {("B001", "2025-01"), ("B002", "2025-01"), ("B001", "2025-02")}
    assert late == {("B003", "2025-01")}
    assert missing == {("B004", "2025-01")}
    assert due == {("B002", "2025-02")}
    assert on_time | late | missing | due == set(EXPECTED)


def test_history_is_told_and_never_late(snapshot):
    columns = "on_list, on_time, late, missing, due, verdict, deadline, deadline_passed, member_group"
    row = told(snapshot, columns)["B004", "2024-12"]
    assert row == (False, False, False, False, False, "accepted", DEADLINE["2024-12"], False, "city")


def test_the_version_told_is_the_one_in_force_else_the_latest(snapshot):
    assert told(snapshot, "submission_id, in_force, verdict") == {
        ("B001", "2025-01"): (1, True, "accepted"),
        ("B002", "2025-01"): (3, True, "questions"),
        ("B003", "2025-01"): (5, False, "returned"),
        ("B004", "2025-01"): (None, False, "missing"),
        ("B001", "2025-02"): (7, True, "accepted"),
        ("B002", "2025-02"): (None, False, "due"),
        ("B004", "2024-12"): (8, True, "accepted"),
    }


def test_versions_are_counted_from_the_first(snapshot):
    columns = "versions, returned, returned_late, first_submission_id, first_verdict, first_received_at"
    rows = told(snapshot, columns)
    assert rows["B002", "2025-01"] == (3, 2, 1, 2, "returned", datetime(2025, 2, 6))
    assert rows["B004", "2025-01"] == (0, 0, 0, None, None, None)
