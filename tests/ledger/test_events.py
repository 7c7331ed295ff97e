"""The ledger: appended to, chained, never changed; two processes may write at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.errors import LedgerError
from contract.settings import PROJECT
from ledger.events import Entry, Ledger

AT = datetime(2026, 11, 16, 9)
WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from ledger.events import Entry, Ledger
ledger = Ledger(Path(sys.argv[1]))
for number in range(25):
    ledger.append(datetime(2026, 11, 16), [Entry("try", sys.argv[2], str(number), {"n": number})] * 2)
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.append(
        AT, [Entry("decision", "张三", f"B00{number}", {"kind": "admit", "n": number}) for number in (1, 2, 3)]
    )
    return ledger


def changed(ledger: Ledger, *statements: str) -> None:
    """Statements run by one who owns the file and takes the triggers away first."""
    with sqlite3.connect(ledger.path) as connection:
        for trigger in ("no_update", "no_delete", "no_replace"):
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.execute(statement)


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
def test_the_database_itself_refuses_changes(ledger: Ledger, statement: str):
    before = ledger.events()
    with sqlite3.connect(ledger.path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
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
    changed(ledger, statement)
    with pytest.raises(LedgerError, match=f"第{number}号"):
        ledger.verify()


def test_an_append_is_whole_or_not_at_all(ledger: Ledger):
    with pytest.raises(TypeError):
        ledger.append(AT, [Entry("good", "张三", "B001", {}), Entry("bad", "张三", "B001", {"x": object()})])
    assert ledger.head()[0] == 3
    ledger.verify()


def test_two_processes_append_at_once_without_breaking_the_chain(tmp_path: Path):
    path = tmp_path / "ledger.db"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, path, name], cwd=PROJECT) for name in ("甲", "乙")]
    assert [writer.wait() for writer in writers] == [0, 0]
    ledger = Ledger(path)
    ledger.verify()
    events = ledger.events("try")
    assert [event.seq for event in events] == list(range(1, 101))
    for actor in ("甲", "乙"):
        assert [event.payload["n"] for event in events if event.actor == actor] == [n // 2 for n in range(50)]


def test_a_file_that_is_no_ledger_is_one_clear_error(tmp_path: Path):
    (tmp_path / "ledger.db").write_bytes(b"no database, but long enough to look like something" * 100)
    with pytest.raises(LedgerError, match="无法打开"):
        Ledger(tmp_path / "ledger.db")


def test_who_reads_waits_for_nobody_and_keeps_nobody_waiting(ledger: Ledger):
    reading = ledger.stored()
    assert next(reading).seq == 1
    ledger.append(AT, [Entry("try", "张三", "B004", {})])
    with sqlite3.connect(ledger.path, timeout=0, isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert ledger.head()[0] == 4
        assert len(ledger.events()) == 4
        writer.execute("ROLLBACK")
    reading.close()
