"""The ledger: appended to, chained, never changed; two processes may write at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.errors import LedgerError
from contract.settings import PROJECT, home
from ledger.events import Entry, Ledger
from tests.ledger.records import by_force

AT = datetime(2026, 11, 16, 9)
WRITER = """
import sys
from datetime import datetime
from contract.settings import home
from ledger.events import Entry, Ledger
ledger = Ledger(home().ledger)
for number in range(25):
    ledger.append(datetime(2026, 11, 16), [Entry("try", sys.argv[1], str(number), {"n": number})] * 2)
"""


@pytest.fixture
def ledger(each_database: str) -> Ledger:
    ledger = Ledger(home().ledger)
    ledger.append(
        AT, [Entry("decision", "张三", f"B00{number}", {"kind": "admit", "n": number}) for number in (1, 2, 3)]
    )
    return ledger


@pytest.mark.parametrize(("later", "told"), [(timedelta(0), False), (-timedelta(seconds=60), False),
    (-timedelta(seconds=61), True)])  # fmt: skip
def test_a_clock_set_back_is_told_from_a_writer_who_had_to_wait(ledger: Ledger, caplog, later: timedelta, told: bool):
    ledger.append(AT + later, [Entry("decision", "张三", "B004", {})])
    assert ("时钟回拨" in caplog.text) == told


def test_events_come_back_in_order_with_their_payload(ledger: Ledger):
    events = ledger.events("decision")
    assert [(event.seq, event.at, event.subject, event.payload["n"]) for event in events] == [
        (1, AT, "B001", 1),
        (2, AT, "B002", 2),
        (3, AT, "B003", 3),
    ]
    assert ledger.events("other") == []
    assert ledger.head() == (3, events[-1].hash)
    ledger.verify()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = '李四' WHERE seq = 2",
        "DELETE FROM event WHERE seq = 3",
        "INSERT OR REPLACE INTO event SELECT seq, at, kind, '李四', subject, payload, previous, hash FROM event",
    ],
)
def test_the_file_itself_refuses_changes(own_home: Path, statement: str):
    ledger = Ledger(own_home / "ledger.db")
    ledger.append(AT, [Entry("try", "张三", "B001", {})] * 3)
    before = ledger.events()
    with sqlite3.connect(ledger.place) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    assert ledger.events() == before


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE event SET payload = replace(payload, '\"n\":2', '\"n\":9') WHERE seq = 2", 2),
        ("UPDATE event SET at = '2026-11-16T10:00:00' WHERE seq = 1", 1),
        ("UPDATE event SET actor = '李四' WHERE seq = 3", 3),
        ("DELETE FROM event WHERE seq = 2", 3),
    ],
)
def test_a_changed_or_missing_event_is_found(ledger: Ledger, statement: str, number: int):
    by_force(ledger.place, statement)
    with pytest.raises(LedgerError, match=f"第{number}号"):
        ledger.verify()


def test_an_append_is_whole_or_not_at_all(ledger: Ledger):
    with pytest.raises(TypeError):
        ledger.append(AT, [Entry("good", "张三", "B001", {}), Entry("bad", "张三", "B001", {"x": object()})])
    assert ledger.head()[0] == 3
    ledger.verify()


def test_two_processes_append_at_once_without_breaking_the_chain(each_database: str):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name], cwd=PROJECT) for name in ("甲", "乙")]
    assert [writer.wait() for writer in writers] == [0, 0]
    ledger = Ledger(home().ledger)
    ledger.verify()
    events = ledger.events("try")
    assert [event.seq for event in events] == list(range(1, 101))
    for actor in ("甲", "乙"):
        assert [event.payload["n"] for event in events if event.actor == actor] == [n // 2 for n in range(50)]


def test_a_file_that_is_no_ledger_is_one_clear_error(tmp_path: Path):
    (tmp_path / "ledger.db").write_bytes(b"no database, but long enough to look like something" * 100)
    with pytest.raises(LedgerError, match="无法打开"):
        Ledger(tmp_path / "ledger.db")


def test_who_reads_waits_for_nobody_and_keeps_nobody_waiting(own_home: Path):
    ledger = Ledger(own_home / "ledger.db")
    ledger.append(AT, [Entry("try", "张三", "B001", {})] * 3)
    reading = ledger.stored()
    assert next(reading).seq == 1
    ledger.append(AT, [Entry("try", "张三", "B004", {})])
    with sqlite3.connect(ledger.place, timeout=0, isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert ledger.head()[0] == 4
        assert len(ledger.events()) == 4
        writer.execute("ROLLBACK")
    reading.close()
