"""Before anyone writes: what was added since the last check, the whole once a day, one clear line where it fails."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.errors import LedgerError
from contract.settings import Home, wall_time
from contract.settings import home as own
from etl.warehouse.lock import writing
from ledger.events import Entry, Ledger
from ledger.proof.checking import Checked, _note, check, last_check, note_path
from tests.ledger.records import by_force

AT = datetime(2026, 11, 16, 9)


@pytest.fixture
def home(each_database: str) -> Home:
    home = own()
    home.warehouse.mkdir(parents=True)
    appended(home, 3)
    return home


def appended(home: Home, number: int) -> None:
    Ledger(home.ledger).append(AT, [Entry("try", "张三", str(place), {}) for place in range(number)])


def looked(home: Home, whole: bool = False) -> Checked:
    check(home, Ledger(home.ledger), whole)
    return last_check(home)


def test_a_first_check_is_of_the_whole_and_is_kept_with_its_hash(home: Home):
    checked = looked(home)
    assert (checked.seq, checked.hash) == Ledger(home.ledger).head() and checked.seq == 3
    assert wall_time() - datetime.fromisoformat(checked.whole_at) < timedelta(minutes=1)
    assert note_path(home).stat().st_mode & 0o777 == 0o600


def test_what_was_added_is_looked_at_and_what_came_before_only_once_a_day(home: Home):
    yesterday = looked(home)
    appended(home, 2)
    by_force(home.ledger, "UPDATE event SET actor = '李四' WHERE seq = 1")
    assert looked(home).seq == 5  # what was found sound today is not looked at again
    _note(home, replace(last_check(home), whole_at=(wall_time() - timedelta(days=1)).isoformat()), yesterday)
    with pytest.raises(LedgerError, match="第1号"):
        check(home, Ledger(home.ledger))


def test_the_whole_is_looked_at_where_asked_for_and_where_the_clock_was_set_back(home: Home):
    first = looked(home)
    by_force(home.ledger, "UPDATE event SET actor = '李四' WHERE seq = 1")
    with pytest.raises(LedgerError, match="第1号"):
        check(home, Ledger(home.ledger), whole=True)
    _note(home, replace(first, whole_at=(wall_time() + timedelta(hours=1)).isoformat()), first)
    with pytest.raises(LedgerError, match="第1号"):
        check(home, Ledger(home.ledger))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE event SET actor = '李四' WHERE seq = 5", "第5号事件与前一事件"),
        ("DELETE FROM event WHERE seq = 4", "第5号事件与前一事件"),
        ("DELETE FROM event WHERE seq >= 3", "第3号事件与上次核对时不同：台账缺少末尾"),
        ("UPDATE event SET hash = hash || '0' WHERE seq = 3", "第3号事件与上次核对时不同"),
    ],
)
def test_a_change_of_what_was_added_or_a_lost_end_stops_the_writer(home: Home, statement: str, words: str):
    before = looked(home)
    appended(home, 2)
    by_force(home.ledger, statement)
    with pytest.raises(LedgerError, match=words), writing(home):
        raise AssertionError("the lock is never given")
    assert last_check(home) == before


@pytest.mark.parametrize("note", ["", "{", "[]", '{"seq": 3, "other": 1}'])
def test_a_note_that_cannot_be_read_means_that_nothing_was_checked(home: Home, note: str):
    note_path(home).write_text(note, encoding="utf-8")
    assert last_check(home) == Checked()
    assert looked(home).seq == 3


def test_a_damaged_file_is_one_clear_error(own_home: Path):
    home = Home(own_home)
    home.warehouse.mkdir(parents=True)
    appended(home, 3)
    looked(home)
    with sqlite3.connect(home.ledger) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with home.ledger.open("r+b") as file:
        file.seek(4096)
        file.write(b"\0" * 4096)
    with pytest.raises(LedgerError, match="损坏|不符|不同"):
        check(home, Ledger(home.ledger), whole=True)
