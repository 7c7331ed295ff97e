"""What a home takes on the disk, how it grows by month, and what has to be done next to keep it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from contract.settings import Home
from etl.upkeep.duties import duties, duty
from etl.upkeep.records import BACKUP, REHEARSAL, Record, note
from etl.upkeep.storage import growth, stores
from ledger.archive import keep
from ledger.events import Entry, Ledger

NOW = datetime(2026, 11, 16, 9)


@pytest.fixture
def home(own_home) -> Home:
    own_home.mkdir()
    return Home(own_home)


def test_growth_counts_a_file_in_the_month_that_first_names_it(home):
    ledger = Ledger(home.ledger)
    small, large = keep(home.archive, b"x" * 10), keep(home.archive, b"y" * 1000)
    keep(home.archive, b"named by nobody")
    ledger.append(datetime(2026, 9, 30), [Entry("submission", "甲", "a", {"content_hash": small})])
    ledger.append(
        datetime(2026, 10, 1),
        [
            Entry("submission", "甲", "b", {"content_hash": small, "papers": [{"sha256": large}]}),
            Entry("letter", "甲", "c", {"content_hash": "f" * 64}),
        ],
    )
    assert [tuple(vars(month).values()) for month in growth(home)] == [
        ("2026-10", 2, 1, 1000, 1010),
        ("2026-09", 1, 1, 10, 10),
    ]


def test_stores_are_measured_and_each_file_counts_once(home):
    keep(home.archive, b"x" * 10)
    home.ledger.write_bytes(b"l" * 7)
    home.warehouse.mkdir()
    for name, size in {"pilot-1.duckdb": 100, "pilot-2.duckdb": 200, "staging.duckdb": 50}.items():
        (home.warehouse / name).write_bytes(b"d" * size)
    (home.warehouse / "CURRENT").write_text("pilot-2.duckdb\n", encoding="utf-8")
    found = {store.name: (store.files, store.bytes) for store in stores(home)}
    assert found["原件库（档案）"] == (1, 10) and found["台账"] == (1, 7)
    assert found["当前数据版本"] == (1, 200) and found["以前的数据版本"] == (1, 100)
    assert found["暂存库"] == (2, 50 + 15)
    assert sum(size for _, size in found.values()) == 10 + 7 + 300 + 65


def test_before_the_first_event_nothing_is_overdue_and_no_ledger_is_made(home):
    assert growth(home) == [] and not any(store.bytes for store in stores(home))
    assert [(one.is_overdue, one.due) for one in duties(home, NOW)] == [(False, None)] * 2
    assert list(home.root.iterdir()) == []


def test_what_is_overdue_says_what_to_do_next(home):
    Ledger(home.ledger)
    assert duty(home, REHEARSAL, NOW).next_step == "先备份，再演练恢复"
    assert duty(home, BACKUP, NOW).is_overdue and "etl backup" in duty(home, BACKUP, NOW).next_step
    note(home, Record(BACKUP, NOW, "00001_x", "/x", 1, 2, 3, 4.0))
    fresh = duty(home, BACKUP, NOW + timedelta(days=2))
    assert (fresh.is_overdue, fresh.due, fresh.next_step) == (False, NOW + timedelta(days=2), "按期再做")
    assert duty(home, BACKUP, NOW + timedelta(days=2, seconds=1)).is_overdue
    assert "--rehearse" in duty(home, REHEARSAL, NOW).next_step
