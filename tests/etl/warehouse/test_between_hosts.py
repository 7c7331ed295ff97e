"""The lock of whoever writes, between hosts: held by the server, gone with its session, looked at before the switch."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.submission import RECEIVED, write_roster, write_submission
from contract.errors import LedgerError, PilotError
from contract.settings import PROJECT, Home, home
from etl.snapshot import facts
from etl.snapshot.publish import publish
from etl.warehouse import lock
from etl.warehouse.lock import writing
from etl.warehouse.snapshot_files import finish
from ledger.database.between_hosts import WRITING
from ledger.database.postgres import OF_PILOT
from ledger.events import Entry, Ledger
from tests.postgres import Cluster
from tests.processes import run_here

AT = datetime(2026, 11, 16, 9)
HOLDER = """
import time
from contract.settings import home
from etl.warehouse.lock import writing
from etl.warehouse.snapshot_files import finish
with writing(home()):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def loaded(on_server: Cluster, own_home: Path, tmp_path: Path, monkeypatch) -> Home:
    """A list and a filing, not yet published; data versions hold the facts alone."""
    monkeypatch.setattr("etl.snapshot.publish.steps", lambda: {"facts": facts.build})
    for arguments in (
        ("register", write_roster(tmp_path)),
        ("load", write_submission(tmp_path, 5), "--received", RECEIVED, "--no-publish"),
    ):
        done = run_here("etl", *arguments, home=own_home, PILOT_NOW=RECEIVED, PILOT_LEDGER=home().ledger.url)
        assert done.returncode == 0, done.stdout + done.stderr
    return home()


def ended_sessions(cluster: Cluster) -> int:
    """How many sessions held the lock that the server has just been told to end; it is free when this returns."""
    whose = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND granted"
    with closing(cluster.connected("shared")) as connection:
        query = f"SELECT pg_terminate_backend(pid, 5000) FROM ({whose}) AS holder"
        return len(connection.execute(query, (OF_PILOT, WRITING)).fetchall())


def test_another_host_waits_for_it_and_is_told_when_it_waited_too_long(on_server: Cluster, tmp_path: Path, monkeypatch):
    other = {"PILOT_HOME": str(tmp_path / "another host"), "PILOT_LEDGER": home().ledger.url}
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], cwd=PROJECT, stdout=subprocess.PIPE, env=other)
    assert holder.stdout.readline() == b"held\n"
    with monkeypatch.context() as patch:
        patch.setattr(lock, "LOCK_SECONDS", 0.3)
        with pytest.raises(PilotError, match="另一个装载或发布正在进行，等候超过10分钟"), writing(home()):
            raise AssertionError("the lock is never given")
    holder.kill()
    with writing(home()) as still_held:  # the server lets go of what a dead host held
        still_held()
    holder.wait()
    holder.stdout.close()


def test_who_lost_it_appends_no_more(on_server: Cluster):
    ledger = Ledger(home().ledger)
    with pytest.raises(LedgerError, match="失去了写入的锁"):
        _twice_with_a_loss_between(ledger, on_server)
    assert [event.subject for event in ledger.events()] == ["1"]
    ledger.append(AT, [Entry("try", "甲", "3", {})])


def _twice_with_a_loss_between(ledger: Ledger, cluster: Cluster) -> None:
    with writing(home()):
        ledger.append(AT, [Entry("try", "甲", "1", {})])
        assert ended_sessions(cluster) == 1
        ledger.append(AT, [Entry("try", "甲", "2", {})])


def test_who_lost_it_while_building_does_not_publish(loaded: Home, on_server: Cluster):
    ledger = Ledger(loaded.ledger)
    with pytest.raises(LedgerError, match="没有切换数据版本"):
        publish(loaded, ledger, "甲", building=lambda done, total: ended_sessions(on_server))
    assert not loaded.is_published and not ledger.events("publication")
    assert publish(loaded, ledger, "甲") == 1


def test_who_lost_it_before_the_switch_leaves_the_switch_to_the_next(loaded: Home, on_server: Cluster, monkeypatch):
    ledger = Ledger(loaded.ledger)
    append = ledger.append

    def last_act(*given: object) -> object:
        events = append(*given)
        assert ended_sessions(on_server) == 1
        return events

    monkeypatch.setattr(ledger, "append", last_act)
    with pytest.raises(LedgerError, match="没有切换数据版本"):
        publish(loaded, ledger, "甲")
    assert not loaded.is_published and len(ledger.events("publication")) == 1
    with writing(loaded):
        finish(loaded, ledger)  # as every load and publication begins
    assert loaded.current_snapshot().name == "pilot-1.duckdb"
