"""Regions that are given the same server, the same object store and the same shared storage: each has its own there."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from benchmarks.country import write_declarations, write_reports
from benchmarks.submission import PERIOD, RECEIVED
from contract.places import Server, SharedArchive, of_region, server_of
from ledger.archive import listed, prepare
from ledger.database.between_hosts import WRITING
from ledger.database.postgres import APPENDING, lock_of
from tests.faults.served import rows
from tests.metrics.nation.regions import process_of
from tests.object_store import object_store
from tests.postgres import OWNER, ROLE, Cluster
from tests.processes import run_here

BANK = "B001"  # each region has one of this code, with a loan more from region to region


class Regions:
    """What each is told alike, and the commands of each; each host has a home of its own."""

    def __init__(self, root: Path, server: dict[str, str], uri: str) -> None:
        self.root, self.declared = root, root / "declared"
        self.owner = server[OWNER]
        self.codes = write_declarations(self.declared, 2)
        self.given = {"PILOT_LEDGER": server[ROLE], "PILOT_ARCHIVE": uri, "PILOT_SHARED": uri}

    def run(self, region: str, *arguments: str | Path, host: str = "publishes", code: int = 0) -> str:
        settings = self.given | {"PILOT_REGIONS": str(self.declared), "PILOT_REGION": region, "PILOT_NOW": RECEIVED}
        with process_of(self.declared, region):
            done = run_here("etl", *arguments, home=self.root / host, **settings)
        assert done.returncode == code and "Traceback" not in done.stderr, done.stdout + done.stderr
        return done.stdout + done.stderr

    def archive(self, region: str) -> dict[str, int]:
        return listed(SharedArchive(of_region(self.given["PILOT_ARCHIVE"], region)))

    def events(self, region: str) -> list[tuple]:
        return rows(server_of(self.given["PILOT_LEDGER"], "ledger", region))

    def filed(self, region: str) -> str:
        """The hash of the one report that a region has, by its ledger."""
        (payload,) = [payload for _, _, kind, payload in self.events(region) if kind == "submission"]
        return json.loads(payload)["content_hash"]


@pytest.fixture
def regions(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Regions]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "key")
    database = cluster.new_database()
    with object_store() as store:
        yield Regions(tmp_path, {role: cluster.url(database, role) for role in (OWNER, ROLE)}, store.uri)


def test_the_same_addresses_never_mix_what_is_of_two_regions(regions: Regions):
    one, other = regions.codes
    unprepared = regions.run(one, "publish", code=2)
    assert "没有建立" in unprepared  # the records that the database has are those of no region
    for place, code in enumerate(regions.codes):
        made = regions.run(code, "ledger", "prepare", "--owner", regions.owner, "--role", ROLE)
        assert f"的ledger_{code}）" in made and f"的audit_{code}）" in made
        made = regions.run(code, "archive", "prepare", "--to", regions.given["PILOT_ARCHIVE"])
        assert f"/region={code}已建为原件库" in made
        with process_of(regions.declared, code):
            write_reports(regions.root / code, [BANK], 1 + place)
        regions.run(code, "register", regions.root / code / "roster.csv")
        regions.run(code, "load", regions.root / code / PERIOD, "--received", RECEIVED)

    filed = {code: regions.filed(code) for code in regions.codes}
    assert filed[one] != filed[other]
    assert [event[0] for event in regions.events(other)] == list(range(1, len(regions.events(other)) + 1))
    assert rows(Server(regions.given["PILOT_LEDGER"], "ledger")) == []
    kept = {code: regions.archive(code).keys() for code in regions.codes}
    assert filed[one] in kept[one] - kept[other] and filed[other] in kept[other] - kept[one]
    prepare(SharedArchive(regions.given["PILOT_ARCHIVE"]))
    assert regions.archive("") == {}  # what lies below it is not of whoever has the place itself

    for code in regions.codes:
        assert "未登记" not in regions.run(code, "verify")
        assert f"/region={code}：数据版本第1版" in regions.run(code, "share")
        regions.run(code, "fetch", "--from", regions.given["PILOT_SHARED"], host="shows")
        shown = regions.run(code, "status", "--period", PERIOD, "--format", "csv", host="shows")
        assert [row["content_hash"] for row in csv.DictReader(StringIO(shown))] == [filed[code]]


def test_no_region_waits_for_another_ones_lock():
    kinds = (*APPENDING.values(), WRITING)
    numbers = [lock_of(Server("", "ledger", region), kind) for region in ("", "110000", "659000") for kind in kinds]
    assert len(set(numbers)) == len(numbers) and max(numbers) < 1 << 31
