"""A data version that is not kept any more is built again as it was, whatever has come since; the home is only read."""

from __future__ import annotations

from pathlib import Path

import pytest

import etl.snapshot.again
from contract.errors import SnapshotError
from etl.snapshot import facts, rules, verdicts
from etl.snapshot.again import built_again
from etl.snapshot.opened import connect, current, numbered
from tests.etl.conftest import NOW, Pilot
from tests.etl.submissions import BANK, PERIOD, change, submission


def tables(path: Path) -> dict[str, list[tuple]]:
    """Every table and view, row by row."""
    with connect(path) as connection:
        names = [row[0] for row in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()]
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in names}


@pytest.fixture
def thinned(pilot: Pilot, monkeypatch: pytest.MonkeyPatch) -> tuple[Pilot, dict[str, list[tuple]]]:
    """A first version with an amount of its own, and what was in it; the current one has another amount."""
    steps = {"facts": facts.build, "rules": rules.build, "explanations": verdicts.build}
    monkeypatch.setattr(etl.snapshot.again, "steps", lambda: steps)
    pilot.send(f"{PERIOD}_{BANK}.xlsx", submission())
    pilot.publish()
    first = tables(current(pilot.home).path)
    pilot.send(f"{PERIOD}_{BANK}_2.xlsx", change(submission(), "B1", {"amount": "900"}))
    pilot.publish()
    numbered(pilot.home, 1).path.unlink()
    return pilot, first


def test_the_version_is_as_it_was(thinned, tmp_path):
    pilot, first = thinned
    again = built_again(pilot.home, 1, NOW, tmp_path / "again")
    assert tables(again.path) == first and again.number == 1 and again.built_at == NOW
    assert tables(current(pilot.home).path) != first  # what came since is in the second version alone


def test_the_home_is_only_read(thinned, tmp_path):
    pilot, _ = thinned
    files = {path: path.stat().st_mtime_ns for path in pilot.home.root.rglob("*") if path.name.startswith("pilot-")}
    head = pilot.ledger.head()
    built_again(pilot.home, 1, NOW, tmp_path / "again")
    assert pilot.ledger.head() == head
    assert files == {path: path.stat().st_mtime_ns for path in pilot.home.root.rglob("*") if path in files}
    with pytest.raises(SnapshotError, match="数据版本第1版已清理"):
        numbered(pilot.home, 1)


def test_one_that_never_was_is_told(thinned, tmp_path):
    pilot, _ = thinned
    with pytest.raises(SnapshotError, match="没有发布过数据版本第9版"):
        built_again(pilot.home, 9, NOW, tmp_path / "again")
