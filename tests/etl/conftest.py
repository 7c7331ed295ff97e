"""A pilot of a few members in a home of its own, to load submissions into."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

import etl.feedback.check
import etl.snapshot.publish
import etl.warehouse.identify
import etl.warehouse.version
from contract.errors import RefusedFile
from contract.settings import Home, home
from etl.reading.packages import read_package
from etl.reading.submission import Reading
from etl.receiving.receive import Delivery, Package
from etl.snapshot import facts, rules, verdicts
from etl.snapshot.publish import publish
from etl.warehouse.load import Outcome, load
from ledger.events import Event, Ledger
from ledger.roster import admissions
from tests.etl.submissions import BANK, DISTRICT, workbook

ADMITTED = "2026-07-06"
NOW = datetime(2026, 11, 16, 9)


@dataclass(frozen=True)
class Pilot:
    """A home with its ledger, and an inbox outside of it."""

    home: Home
    ledger: Ledger
    inbox: Path

    def put(self, name: str, content: object) -> Path:
        """Lays a file (bytes), a folder (files by name) or a workbook of sheets into the inbox."""
        path = self.inbox / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif "cover.csv" in content:
            path.mkdir()
            for file, data in content.items():
                (path / file).write_bytes(data)
        else:
            path.write_bytes(workbook(content))
        return path

    def load(self, *paths: Path, at: datetime = NOW) -> list[Outcome]:
        return load(self.home, self.ledger, [Delivery(path, at) for path in paths], NOW, "测试")

    def send(self, name: str, content: object, at: datetime = NOW) -> Outcome:
        """Lays a submission into the inbox and loads it."""
        return self.load(self.put(name, content), at=at)[0]

    def publish(self) -> int:
        return publish(self.home, self.ledger, "测试")

    def ask(self, query: str, values: Sequence = ()) -> list[tuple]:
        """The answer of the current snapshot."""
        with duckdb.connect(str(self.home.current_snapshot()), read_only=True) as connection:
            return connection.execute(query, values).fetchall()

    def events(self, kind: str) -> list[Event]:
        return self.ledger.events(kind)


def roster(*codes: str, admitted_on: str = ADMITTED) -> list[dict[str, str]]:
    """Rows of a roster: banks and districts by their codes."""
    return [
        {
            "code": code,
            "name": f"演示机构{code}",
            "kind": "bank" if code.startswith("B") else "district",
            "peer_group": "city" if code.startswith("B") else "core",
            "ceiling": "",
            "admitted_on": admitted_on,
        }
        for code in codes
    ]


def read_here(packages: Sequence[Package]) -> Iterator[Reading | RefusedFile]:
    """What `etl.reading.sandbox.read_all` gives, without its child processes."""
    for package in packages:
        try:
            yield read_package(package)
        except RefusedFile as refusal:
            yield refusal


def reads_here(monkeypatch: pytest.MonkeyPatch, *more: ModuleType) -> None:
    """Files are read in this process, which takes a tenth of the time; `tests/etl/reading/test_sandbox.py`, commands
    and the browser have the other way."""
    for module in (etl.feedback.check, etl.warehouse.identify, etl.warehouse.version, *more):
        monkeypatch.setattr(module, "read_all", read_here)


@pytest.fixture
def pilot(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    """Two banks and a district on the list from 2026-07-06.

    Files are read in this process, and a snapshot holds the tables of `etl` alone.
    """
    monkeypatch.setenv("PILOT_NOW", NOW.isoformat())
    reads_here(monkeypatch)
    steps = {"facts": facts.build, "rules": rules.build, "explanations": verdicts.build}
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: steps)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    ledger = Ledger(home().ledger)
    ledger.append(NOW, admissions(roster(BANK, "B002", DISTRICT), [], "测试"))
    return Pilot(home(), ledger, inbox)


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test of a module leaves home and inbox for its others to begin with (`begun`)."""
    return tmp_path_factory.mktemp("beginning") / "made"


def begun(pilot: Pilot, beginning: Path, make: Callable[[Pilot], object]) -> Pilot:
    """The pilot as `make` leaves it: made once a module, and copied for each of its tests."""
    own = pilot.inbox.parent
    if not beginning.exists():
        make(pilot)
        for place in (pilot.home.root, pilot.inbox):
            shutil.copytree(place, beginning / place.relative_to(own))
        return pilot
    for place in (pilot.home.root, pilot.inbox):
        shutil.rmtree(place)
        shutil.copytree(beginning / place.relative_to(own), place)
    return Pilot(pilot.home, Ledger(pilot.home.ledger), pilot.inbox)
