"""The demonstration as files: when each came in, what became of it, and the same again from the same seed."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime
from itertools import takewhile
from pathlib import Path

import pytest

from contract.calendar import deadline, is_working_day
from contract.settings import Home
from etl.demo.members import submissions
from etl.demo.situations import planted, situations
from etl.demo.tables import banks
from etl.snapshot.opened import connect, current

MOMENT = datetime(2026, 11, 16, 9)
JOINED = next(situation for situation in situations() if situation.kind == "joined")


@pytest.fixture(scope="module")
def deliveries(demo_home: Path) -> list[tuple[Path, datetime]]:
    folder = demo_home / "inbox" / "demo"
    with (folder / "deliveries.csv").open(encoding="utf-8", newline="") as file:
        return [(folder / row["path"], datetime.fromisoformat(row["received_at"])) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def versions(demo_home: Path) -> dict[tuple[str, str], list[tuple]]:
    """(period, submitter) → its versions in order: verdict, S and V findings, whether on time."""
    versions_of = defaultdict(list)
    with connect(current(Home(demo_home)).path) as connection:
        query = "SELECT period, submitter, verdict, s_count + v_count, on_time FROM submission ORDER BY period, version"
        for period, submitter, *rest in connection.execute(query).fetchall():
            versions_of[period, submitter].append(tuple(rest))
    return versions_of


def member_of(path: Path) -> tuple[str, str]:
    period, _, member = path.name.removesuffix(".xlsx").removesuffix(".zip").partition("_")
    return period, member


def test_deliveries_come_in_order_in_office_hours_before_the_moment(deliveries):
    times = [received_at for _, received_at in deliveries]
    assert times == sorted(times)
    assert max(times) < MOMENT
    assert all(is_working_day(time.date()) and 9 <= time.hour < 18 for time in times)
    assert all(path.exists() for path, _ in deliveries)


def test_first_versions_are_late_where_planted_only(deliveries):
    first: dict[tuple[str, str], datetime] = {}
    for path, received_at in deliveries:
        first.setdefault(member_of(path), received_at)
    for (period, member), received_at in first.items():
        history = member == JOINED.member and period < JOINED.first
        late = received_at >= deadline(period)
        assert history or late == (planted("late", member, period) is not None), (period, member)


def test_the_missing_are_missing(deliveries):
    sent = {member_of(path) for path, _ in deliveries}
    periods = {period for period, _ in sent}
    missing = {(period, bank) for period in periods for bank in banks()} - sent
    assert missing == {("2026-07", "B027"), ("2026-08", "B027"), ("2026-10", "B024")}


def test_every_version_is_accepted_but_those_with_a_planted_defect(versions):
    for (period, member), filed in versions.items():
        spoiled = planted("returned", member, period) or planted("rejected", member, period)
        defects = spoiled.value.split() if spoiled else []
        returned = [blockers for verdict, blockers, _ in filed if verdict == "returned"]
        assert returned == [1] * len(defects), (period, member)
        good = 0 if planted("rejected", member, period) else 1 + (planted("corrected", member, period) is not None)
        assert len(filed) == len(defects) + good, (period, member)


def test_a_correction_comes_after_the_deadline_and_shows_in_the_figures(demo_home, deliveries):
    """What was accepted on time is replaced later, and the figures that it changes are restated."""
    planned = {(situation.first, situation.member) for situation in situations() if situation.kind == "corrected"}
    assert planned
    for period, member in planned:
        first, second = (received_at for path, received_at in deliveries if member_of(path) == (period, member))
        assert first < deadline(period) < second
    with connect(current(Home(demo_home)).path) as connection:
        restated = "SELECT period, entity FROM restated WHERE indicator = 'G01' AND scope = 'bank'"
        assert set(connection.execute(restated).fetchall()) == planned


def test_most_files_are_neat_workbooks(deliveries):
    workbooks = sum(path.suffix == ".xlsx" for path, _ in deliveries)
    assert 0.75 < workbooks / len(deliveries) < 0.95
    assert {path.suffix for path, _ in deliveries} == {".xlsx", ".zip", ""}


def test_the_same_seed_gives_the_same_submissions():
    def begun(seed: int) -> list:
        return list(takewhile(lambda submission: submission.period < "2025-03", submissions(seed)))

    assert begun(7) == begun(7)
    assert begun(7) != begun(8)
