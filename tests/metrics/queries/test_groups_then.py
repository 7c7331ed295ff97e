"""A member that has come into another group since is, for past periods, in the group that it was in then."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from contract.parameters import declared_parameters
from contract.settings import Home
from etl.snapshot.opened import Snapshot, current
from metrics.evaluation.build import evaluate
from metrics.indicators import disclosure
from metrics.queries.evaluation.scores import scores
from metrics.queries.figures.comparison import peers, standings
from metrics.queries.figures.values import values
from metrics.queries.filing.board import filing
from metrics.queries.members.roster import roster
from metrics.warnings.build import warn
from tests.metrics.snapshots import Member, publish, report
from tests.published import ANALYST

BEFORE, AFTER = "2025-03", "2025-06"
BALANCES = {"B001": 30, "B002": 10, "B003": 20, "B004": 40}
# B001 is the greatest of the city banks in March, and from June on the second of the joint-stock banks.
MEMBERS = [
    Member("B001", "city", regrouped=("2025-06-30", "joint_stock")),
    Member("B002", "city"),
    Member("B003", "city"),
    Member("B004", "joint_stock"),
]


@pytest.fixture(scope="module")
def version(tmp_path_factory) -> Snapshot:
    home = tmp_path_factory.mktemp("regrouped")
    reports = [
        report(bank, period, B1=f"loan_no balance\nL1 {balance}", I1="")
        for period in (BEFORE, AFTER)
        for bank, balance in BALANCES.items()
    ]
    path = publish(home, *reports, members=MEMBERS)
    with duckdb.connect(str(path)) as connection:
        evaluate(connection, declared_parameters())
        warn(connection, declared_parameters())
        disclosure.build(connection, None)
    return current(Home(home))


def of(frame, column: str, key: str = "entity") -> dict:
    return dict(zip(frame[key], frame[column], strict=True))


def test_sums_of_groups_hold_who_belonged_to_them(version):
    asked = {"indicators": ("G01",), "scopes": ("bank_type",)}
    sums = {period: of(values(ANALYST, version, period, **asked), "value") for period in (BEFORE, AFTER)}
    assert sums == {BEFORE: {"city": 60, "joint_stock": 40}, AFTER: {"city": 30, "joint_stock": 70}}


def test_places_are_among_the_group_of_the_period(version):
    def place(period: str) -> tuple[int, int]:
        (row,) = peers(ANALYST, version, period, ("G01",), "bank", "B001").itertuples()
        return row.group_rank, row.group_peers

    assert (place(BEFORE), place(AFTER)) == ((1, 3), (2, 2))


def test_scores_are_ranked_and_listed_in_the_group_of_the_period(version):
    for period, group, count in ((BEFORE, "city", 3), (AFTER, "joint_stock", 2)):
        ranked = scores(ANALYST, version, periods=(period,), kind="bank").set_index("subject")
        assert (ranked.loc["B001", "member_group"], ranked.loc["B001", "group_peers"]) == (group, count)


def test_lists_name_the_group_of_the_period(version):
    for period, day, group in ((BEFORE, date(2025, 3, 31), "city"), (AFTER, date(2025, 6, 30), "joint_stock")):
        listed = standings(ANALYST, version, period, "bank", ("G01",))
        assert of(listed, "member_group", "code")["B001"] == group
        assert of(filing(ANALYST, version, (period,)), "member_group", "submitter")["B001"] == group
        assert of(roster(ANALYST, version, day), "member_group", "code")["B001"] == group
