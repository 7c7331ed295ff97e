"""A pilot whose records lie on a server, from the list to the copy that was brought back; and records moved."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.submission import RECEIVED, write_roster, write_submission
from contract.errors import LedgerError
from contract.places import Server
from contract.settings import Home, home
from contract.viewer import Viewer
from etl.snapshot import facts, rules, verdicts
from ledger.audit import Audit, record_look
from ledger.events import Entry, Ledger
from ledger.proof.copying import copy_record
from metrics.queries.door import as_of_now
from tests.postgres import PASSWORD, Cluster
from tests.processes import run_here

STEPS = {"facts": facts.build, "rules": rules.build, "explanations": verdicts.build}  # of `etl` alone: no figures
AT = datetime(2026, 11, 16, 9)
NOW = {"PILOT_NOW": RECEIVED}


def said(*arguments: str | Path, home: Path, **settings: str) -> str:
    """What a command prints that has to come to its end."""
    done = run_here("etl", *arguments, home=home, **NOW, **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return done.stdout


def test_from_the_list_to_the_copy_that_was_brought_back(on_server, own_home: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("etl.snapshot.publish.steps", lambda: STEPS)
    url = on_server.url_by_network("shared")
    address = tmp_path / "address"
    address.write_text(url + "\n", encoding="utf-8")
    address.chmod(0o600)
    monkeypatch.setenv("PILOT_LEDGER", str(address))
    served = {"home": own_home, "PILOT_LEDGER": str(address)}
    said("register", write_roster(tmp_path), **served)
    said("load", write_submission(tmp_path, 5), "--received", RECEIVED, **served)
    record_look(home(), Viewer("zhang", "张三", "analyst"), "loans", {}, 5, 1, level="sensitive")
    assert "数据版本第1版与台账相符" in said("verify", **served)
    assert "已重建并发布数据版本第2版" in said("rebuild", **served)
    assert said("status", **served) and "在PostgreSQL 127.0.0.1" in run_here("etl", "health", **served).stdout
    assert not list(own_home.glob("ledger.db*")) and not list(own_home.glob("audit.db*"))
    seq, head = Ledger(home().ledger).head()
    assert as_of_now(home())[0] == head

    (own_home / "ledger.db").write_bytes(b"of the time before the server")
    assert f"截至第{seq}号事件" in said("backup", tmp_path / "copies", **served)
    assert "恢复、重建、核对完毕" in said("restore", tmp_path / "copies", "--rehearse", **served)
    said("restore", tmp_path / "copies", "--into", tmp_path / "back", **served)
    back = Home(tmp_path / "back")
    assert (Ledger(back.ledger).head()[0], Audit(back.audit).head()) == (seq + 1, Audit(home().audit).head())
    assert [event.hash for event in Ledger(back.ledger).stored(seq - 1, seq)] == [head]

    other = on_server.url(on_server.new_database())
    told = said("ledger", "copy", "--from", back.ledger, "--to", other, home=own_home)
    assert f"复制{seq + 1}条事件" in told and Ledger(Server(other, "ledger")).head() == Ledger(back.ledger).head()
    said("ledger", "copy", "--from", address, "--to", tmp_path / "audit.db", "--record", "audit", home=own_home)
    assert Audit(tmp_path / "audit.db").head() == Audit(home().audit).head()


@pytest.fixture
def pair(on_server: Cluster, tmp_path: Path) -> tuple[Ledger, Ledger]:
    """A file with four events, one of them by another function, and a server without any."""
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.append(AT, [Entry("try", "甲", "1", {"n": '一"\\\u2028😀'})] * 2)
    ledger.change_hash_function(AT, "sm3", "甲")
    ledger.append(AT, [Entry("try", "甲", "4", {})])
    return ledger, Ledger(home().ledger)


def test_back_and_forth_with_the_same_head(pair: tuple[Ledger, Ledger], tmp_path: Path):
    file, server = pair
    assert copy_record(file, server) == (4, *file.head())
    again = Ledger(tmp_path / "again.db")
    assert copy_record(server, again) == (4, *file.head())
    assert list(again.stored()) == list(file.stored()) == list(server.stored())
    server.append(AT, [Entry("try", "甲", "5", {})] * 1100)
    assert copy_record(server, file) == (1100, *server.head())  # what is a beginning of it is continued
    assert copy_record(server, file)[0] == 0


def test_what_is_no_beginning_is_left_alone(pair: tuple[Ledger, Ledger], tmp_path: Path):
    file, server = pair
    server.append(AT, [Entry("try", "乙", "1", {})])
    for source, target in ((file, server), (server, file)):
        before = target.head()
        with pytest.raises(LedgerError, match="没有复制"):
            copy_record(source, target)
        assert target.head() == before


def test_a_source_that_breaks_off_leaves_nothing(pair: tuple[Ledger, Ledger]):
    file, server = pair
    events = list(file.stored())
    with pytest.raises(LedgerError, match="第4号事件"):
        server.take([*events[:2], events[3]])
    assert server.head()[0] == 0
