"""A member among its peers: places, percentiles, the trimmed mean, and what few peers leave to be shown."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pandas as pd
import pytest

from contract.settings import Home
from etl.snapshot.opened import Snapshot, current
from metrics.indicators import disclosure
from metrics.queries.figures.comparison import peers
from tests.metrics.snapshots import Member, publish, report
from tests.published import ANALYST


def banks(*balances: float) -> dict[str, float]:
    """Banks of one group, each with its balance."""
    return {f"B{number:03}": balance for number, balance in enumerate(balances, 1)}


TIES, OWN_GROUPS, SMALL_GROUP, OFF_LIST = "2025-01", "2025-02", "2025-03", "2025-04"
FEW = {"2025-05": 4, "2025-06": 5, "2025-07": 9, "2025-08": 10}
TRIMMED = {
    "2025-09": (banks(*range(1, 19), 1000), None),  # 19 peers
    "2025-10": (banks(*range(1, 20), 1000), 10.5),  # without 1 and 1000: 2 to 19
    "2025-11": (banks(0.01, *range(1, 38), 1000), 19),  # 39 peers, still one at each end: 1 to 37
    "2025-12": (banks(0.01, 0.01, *range(1, 37), 1000, 2000), 18.5),  # 40 peers, two at each end: 1 to 36
}
REPORTED: Mapping[str, Mapping[str, float]] = {
    TIES: banks(4, 3, 3, 1),
    OWN_GROUPS: {"B001": 4, "B101": 3, "B102": 2, "B103": 1},
    SMALL_GROUP: {**banks(*range(3, 21)), "B101": 1, "B102": 2},
    OFF_LIST: {"B001": 10, "B201": 10, "B202": 10},
    **{period: banks(*range(1, number + 1)) for period, number in FEW.items()},
    **{period: balances for period, (balances, _) in TRIMMED.items()},
}
MEMBERS = (
    *(Member(code, "city") for code in ("B101", "B102", "B103")),
    *(Member("B201", left="2024-12-20"), Member("B202", admitted="2026-01-01")),
)


@pytest.fixture(scope="module")
def peers_version(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    home = tmp_path_factory.mktemp("peers")
    reports = [
        report(bank, period, B1=f"loan_no balance\nL1 {balance}")
        for period, reported in REPORTED.items()
        for bank, balance in reported.items()
    ]
    with duckdb.connect(str(publish(home, *reports, members=MEMBERS))) as connection:
        disclosure.build(connection, None)
    return current(Home(home))


def standing(version: Snapshot, period: str, bank: str = "B001") -> pd.Series:
    return peers(ANALYST, version, period, ("G01",), "bank", bank).iloc[0]


@pytest.mark.parametrize(
    ("bank", "rank", "percentile"), [("B001", 1, 100), ("B002", 2, 62.5), ("B003", 2, 62.5), ("B004", 4, 25)]
)
def test_ties_share_a_place_and_a_percentile_and_leave_a_gap(peers_version, bank, rank, percentile):
    # From the worst: 1 is first, the two 3s are second and third, so 2.5 of 4; 4 is fourth.
    row = standing(peers_version, TIES, bank)
    assert (row["rank"], row.percentile, row.peers) == (rank, percentile, 4)
    assert (row.group_rank, row.group_percentile, row.group_peers) == (rank, percentile, 4)


def test_a_group_has_its_own_places(peers_version):
    row = standing(peers_version, OWN_GROUPS, "B102")
    assert (row["rank"], row.percentile) == (3, 50)
    assert (row.group_rank, row.group_percentile, row.group_peers) == (2, pytest.approx(200 / 3), 3)
    assert (row.group_lowest, row.group_highest) == (1, 3)


@pytest.mark.parametrize(("period", "small", "range_only"), list(zip(FEW, (1, 1, 1, 0), (1, 0, 0, 0), strict=True)))
def test_few_peers_are_marked_and_very_few_show_a_range_only(peers_version, period, small, range_only):
    row = standing(peers_version, period)
    assert (row.small, row.range_only) == (row.group_small, row.group_range_only) == (small, range_only)


@pytest.mark.parametrize("period", TRIMMED)
def test_from_twenty_peers_a_mean_without_the_ends(peers_version, period):
    balances, trimmed = TRIMMED[period]
    row = standing(peers_version, period)
    assert row.peers == row.group_peers == len(balances)
    for mean in (row.trimmed_mean, row.group_trimmed_mean):
        assert (None if pd.isna(mean) else mean) == trimmed


def test_a_smaller_group_among_many_has_no_trimmed_mean_of_its_own(peers_version):
    row = standing(peers_version, SMALL_GROUP)
    assert (row.peers, row.group_peers) == (20, 18)
    assert row.trimmed_mean == 10.5
    assert pd.isna(row.group_trimmed_mean)


def test_who_is_off_the_list_is_no_peer(peers_version):
    row = standing(peers_version, OFF_LIST)
    assert row.peers == row.group_peers == 1
