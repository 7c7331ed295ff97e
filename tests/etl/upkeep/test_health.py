"""Health: fine before the first day, and each thing that stops pages is told by its name."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from contract.settings import Home, snapshot_name, wall_time
from etl.snapshot import opened
from etl.upkeep import health as looked
from etl.upkeep.databases import settle
from etl.upkeep.health import health, is_ready, readiness
from etl.upkeep.records import BACKUP, REHEARSAL, Record, note
from tests.browser.server import free_port
from tests.processes import run_here


@pytest.fixture(autouse=True)
def forget_open_versions():
    """Connections that an earlier test opened would outlive the files."""
    for kept in (opened._database, opened.describe):
        kept.cache_clear()


def told(facts) -> dict[str, bool]:
    return {fact.subject: fact.fine for fact in facts}


def test_an_empty_home_can_serve(own_home):
    own_home.mkdir()
    assert is_ready(readiness(Home(own_home)))
    assert list(own_home.iterdir()) == []


def test_a_home_in_use_can_serve(filed):
    assert [fact.state[:2] for fact in readiness(filed)] == ["截至", "第1", "是"]
    assert is_ready(readiness(filed))


@pytest.mark.parametrize(("subject", "harm"), [
    ("台账", lambda home: home.ledger.write_bytes(b"x" * 4096)),
    ("台账", lambda home: home.ledger.write_bytes(b"")),
    ("数据版本", lambda home: (home.warehouse / snapshot_name(1)).unlink()),
    ("数据版本", lambda home: (home.warehouse / "CURRENT").write_bytes(b"pilot-")),
    ("数据版本", lambda home: (home.warehouse / snapshot_name(1)).write_bytes(b"x" * 4096)),
])  # fmt: skip
def test_what_stops_pages_is_named(filed, subject, harm):
    settle(filed.ledger)
    harm(filed)
    assert [name for name, fine in told(readiness(filed)).items() if not fine] == [subject]


def test_a_version_that_goes_away_after_it_was_opened_is_missed(filed):
    assert is_ready(readiness(filed))
    filed.snapshot(1).unlink()
    assert not is_ready(readiness(filed))


def test_a_home_that_is_gone_cannot_be_written_to(tmp_path):
    assert not told(readiness(Home(tmp_path / "none")))["数据目录可写"]


@pytest.mark.parametrize(("kind", "days", "fine"), [
    (BACKUP, 1, True), (BACKUP, 3, False), (REHEARSAL, 90, True), (REHEARSAL, 120, False),
])  # fmt: skip
def test_copies_and_rehearsals_grow_old(filed, kind, days, fine):
    now = wall_time()
    note(filed, Record(kind, now - timedelta(days=days), "00001_x", "/x", 1, 2, 3, 4.0))
    name = {BACKUP: "最近一次备份", REHEARSAL: "最近一次恢复演练"}[kind]
    assert told(health(filed, now))[name] is fine


def test_an_unsound_copy_does_not_count(filed):
    note(filed, Record(BACKUP, wall_time(), "00001_x", "/x", 1, 2, 3, 4.0, ("档案已损坏",)))
    assert not told(health(filed))["最近一次备份"]


def test_little_room_is_told(filed, monkeypatch):
    monkeypatch.setattr(looked, "LEAST_FREE_GB", 1 << 40)
    assert not told(health(filed))["剩余空间"]


def test_the_command_tells_all_and_asks_each_process(filed):
    port = free_port()
    done = run_here("etl", "health", "--ports", str(port), "--json", home=filed.root)
    facts = {fact["subject"]: fact for fact in json.loads(done.stdout)}
    assert facts[f"看板进程{port}"] == {"subject": f"看板进程{port}", "state": "没有答复", "fine": False}
    assert done.returncode == 1
    assert run_here("etl", "health", "--ports", "http", home=filed.root).returncode == 2
