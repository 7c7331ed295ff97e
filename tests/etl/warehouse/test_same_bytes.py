"""The bytes of an earlier version once more: which version counts is said, and they count again where that is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.receiving.receive import Delivery
from etl.warehouse.load import Outcome, load
from tests.etl.conftest import NOW, Pilot, begun
from tests.etl.submissions import BANK, PERIOD, change, csv_files, submission

NAME = f"{PERIOD}_{BANK}"
FILE = f"{NAME}.xlsx"


def filing(amount: str) -> dict:
    return change(submission(), "B1", {"amount": amount})


def again(pilot: Pilot, *names: str) -> list[Outcome]:
    """What becomes of files that are in the inbox, where they are meant to count."""
    deliveries = [Delivery(pilot.inbox / name, NOW) for name in names]
    return load(pilot.home, pilot.ledger, deliveries, NOW, "测试", again=True)


def in_force(pilot: Pilot) -> list[tuple]:
    pilot.publish()
    return pilot.ask("SELECT s.version, max(b.amount) FROM submission s JOIN B1 b USING (submission_id) GROUP BY 1")


@pytest.fixture
def corrected(pilot: Pilot, beginning: Path) -> Pilot:
    """A first version of 1,000, and a correction of 900 that counts."""

    def make(pilot: Pilot) -> None:
        pilot.send(f"{NAME}_初.xlsx", filing("1000"))
        pilot.send(f"{NAME}_改.xlsx", filing("900"))

    return begun(pilot, beginning, make)


def test_which_version_counts_is_said(corrected: Pilot):
    first, second = corrected.load(corrected.inbox / f"{NAME}_初.xlsx", corrected.inbox / f"{NAME}_改.xlsx")
    assert (first.status, first.version, first.in_force, first.may_count_again) == ("unchanged", 1, 2, True)
    assert first.message == "与第1版内容相同，未作变更，现行有效的是第2版"
    assert (second.status, second.version, second.may_count_again) == ("unchanged", 2, False)
    assert second.message == "与第2版内容相同，该版现行有效，未作变更"
    assert len(corrected.events("submission")) == 2


def test_where_it_is_meant_they_become_a_new_version(corrected: Pilot):
    (outcome,) = again(corrected, f"{NAME}_初.xlsx")
    assert (outcome.status, outcome.version) == ("accepted", 3)
    assert in_force(corrected) == [(3, 1000)]
    hashes = [event.payload["content_hash"] for event in corrected.events("submission")]
    assert hashes[0] == hashes[2] != hashes[1]


def test_what_counts_already_is_not_taken_again(corrected: Pilot):
    before = corrected.ledger.head()
    (outcome,) = again(corrected, f"{NAME}_改.xlsx")
    assert outcome.status == "unchanged" and corrected.ledger.head() == before


def test_the_same_file_twice_in_one_go_counts_once(corrected: Pilot):
    outcomes = again(corrected, f"{NAME}_初.xlsx", f"{NAME}_初.xlsx")
    assert [(outcome.status, outcome.version) for outcome in outcomes] == [("accepted", 3), ("unchanged", 3)]


def test_back_and_forth_each_time_a_new_version(corrected: Pilot):
    assert [again(corrected, f"{NAME}_{which}.xlsx")[0].version for which in ("初", "改", "初")] == [3, 4, 5]
    assert in_force(corrected) == [(5, 1000)]


def test_a_returned_version_replaces_nothing(pilot: Pilot):
    """What was returned since leaves the first version in force, and its bytes change nothing."""
    pilot.send(f"{NAME}_初.xlsx", filing("1000"))
    pilot.send(f"{NAME}_错.xlsx", filing("一千"))
    first, returned = pilot.load(pilot.inbox / f"{NAME}_初.xlsx", pilot.inbox / f"{NAME}_错.xlsx")
    assert first.message == "与第1版内容相同，该版现行有效，未作变更"
    assert returned.message == "与第2版（已退回）内容相同，未作变更，现行有效的是第1版"
    (outcome,) = again(pilot, f"{NAME}_错.xlsx")
    assert (outcome.status, outcome.version) == ("returned", 3)
    assert in_force(pilot) == [(1, 1000)]


def test_where_nothing_counts_yet_that_is_said(pilot: Pilot):
    pilot.send(FILE, filing("一千"))
    (outcome,) = pilot.load(pilot.inbox / FILE)
    assert outcome.message == "与第1版（已退回）内容相同，未作变更，目前没有有效的版本" and outcome.in_force == 0


def test_a_folder_is_known_by_the_names_and_hashes_of_its_files(pilot: Pilot):
    folder = pilot.put(NAME, csv_files(filing("1000")))
    pilot.load(folder)
    pilot.send(f"{NAME}_改.xlsx", filing("900"))
    assert pilot.load(folder)[0].in_force == 2
    (folder / "说明.txt").write_bytes(b"x")  # another file makes another folder
    assert pilot.load(folder)[0].version == 3
    (folder / "说明.txt").unlink()
    (outcome,) = again(pilot, NAME)
    assert (outcome.status, outcome.version) == ("accepted", 4)


def test_a_rebuilt_warehouse_is_the_same(corrected: Pilot):
    """Two versions of the same bytes are two versions, whenever they are staged."""
    again(corrected, f"{NAME}_初.xlsx")
    expected = in_force(corrected)
    for file in corrected.home.warehouse.glob("staging*"):
        file.unlink()
    assert in_force(corrected) == expected
