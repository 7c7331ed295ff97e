"""The audit: every look at rows and every file taken away, chained, never changed, without a cell of what was seen."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest

from contract.errors import LedgerError
from contract.settings import Home
from contract.settings import home as own
from contract.viewer import Viewer
from ledger.audit import EXPORTED, VIEWED, Audit, looks, record_look, stands_for
from ledger.events import Ledger
from tests.ledger.records import by_force

ANALYST = Viewer("zhang", "张三", "analyst")
REPORTER = Viewer("li", "李四", "institution", "B001")
CODE = "91110115108314159B"


@pytest.fixture
def at_half_past_nine(monkeypatch) -> None:
    monkeypatch.setenv("PILOT_NOW", "2026-11-16T09:30:00")


@pytest.fixture
def home(at_half_past_nine: None, each_database: str) -> Home:
    return own()


@pytest.fixture
def files(at_half_past_nine: None, own_home: Path) -> Home:
    """The same where the records are files in any case."""
    return Home(own_home)


def test_who_saw_what_how_much_on_which_version(home):
    record_look(home, ANALYST, "loans", {"set": "A", "uscc": stands_for(CODE)}, 50, 7, level="sensitive")
    record_look(home, REPORTER, "loans", {"set": "B1"}, 3, 8, b"file", level="sensitive")
    taken, seen = looks(home)
    assert (seen.seq, f"{seen.at}", seen.kind, seen.user, seen.role, seen.scope) == (
        1, "2026-11-16 09:30:00", VIEWED, "zhang", "analyst", "",
    )  # fmt: skip
    assert (seen.what, seen.rows, seen.number, seen.sha256) == ("loans", 50, 7, "")
    assert (taken.kind, taken.user, taken.scope, taken.rows, taken.number) == (EXPORTED, "li", "B001", 3, 8)
    assert taken.level == "sensitive"
    assert taken.sha256 == sha256(b"file").hexdigest()


def test_a_text_is_found_again_by_whoever_knows_it_and_stands_nowhere(files):
    record_look(files, ANALYST, "firm", {"uscc": stands_for(CODE)}, 9, 7, level="sensitive")
    assert stands_for(CODE) in looks(files)[0].selection
    assert all(CODE.encode() not in path.read_bytes() for path in files.root.glob("audit.db*"))


def test_it_lies_beside_the_ledger_and_leaves_it_alone(files):
    Ledger(files.ledger)
    record_look(files, ANALYST, "loans", {}, 1, 1, level="sensitive")
    assert Ledger(files.ledger).head()[0] == 0
    assert files.audit.name == "audit.db"


def test_a_look_never_waits_for_an_act(files):
    """The ledger's lock is held for writing: the audit has its own."""
    Ledger(files.ledger)
    with sqlite3.connect(files.ledger, timeout=0.1) as deciding:
        deciding.execute("BEGIN IMMEDIATE")
        record_look(files, ANALYST, "loans", {}, 1, 1, level="sensitive")
    assert len(looks(files)) == 1


def test_nobody_looked_where_there_is_none(files):
    assert looks(files) == []
    assert not files.audit.exists()


@pytest.mark.parametrize("statement", ["UPDATE event SET actor = 'x'", "DELETE FROM event"])
def test_an_entry_is_not_changed(files, statement):
    record_look(files, ANALYST, "loans", {}, 1, 1, level="sensitive")
    with sqlite3.connect(files.audit) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)


def test_an_entry_that_was_changed_by_force_is_found(home):
    for rows in (1, 2, 3):
        record_look(home, ANALYST, "loans", {}, rows, 1, level="sensitive")
    Audit(home.audit).verify()
    by_force(home.audit, """UPDATE event SET payload = replace(payload, '"rows":2', '"rows":0') WHERE seq = 2""")
    with pytest.raises(LedgerError, match="查阅记录第2号事件与前一事件的校验链不符"):
        Audit(home.audit).verify()


def test_what_cannot_be_recorded_is_an_error(files):
    files.audit.mkdir(parents=True)
    with pytest.raises(LedgerError, match="查阅记录"):
        record_look(files, ANALYST, "loans", {}, 1, 1, level="sensitive")
