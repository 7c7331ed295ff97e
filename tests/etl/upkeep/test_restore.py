"""What is brought back from a copy is what was copied, and a rehearsal leaves nothing but its record."""

from __future__ import annotations

import pytest
from filelock import FileLock

from benchmarks.submission import RECEIVED
from contract.errors import CallError, PilotError, RefusedFile
from contract.settings import Home
from etl.upkeep.backup import back_up
from etl.upkeep.copies import archive_of, opened
from etl.upkeep.records import REHEARSAL, last, lines, note, records
from etl.upkeep.restore import bring_back, rehearse
from ledger.archive import kept
from ledger.events import Ledger
from tests.etl.upkeep.test_backup import append
from tests.processes import run_here


@pytest.fixture
def place(tmp_path):
    return tmp_path / "copies"


def test_copied_and_rehearsed_by_command(filed, place, tmp_path):
    """`tests/test_operations.py` brings a copy back for good, as the manual says."""
    (filed.root / ".rehearsal-cut-off").mkdir()
    done = run_here("etl", "backup", place, home=filed.root)
    assert done.returncode == 0 and "已读回核对" in done.stdout, done.stderr
    shared = tmp_path / "shared"
    shared.mkdir()
    settings = {"PILOT_NOW": RECEIVED, "PILOT_SHARED": shared.as_uri()}
    done = run_here("etl", "restore", place, "--rehearse", home=filed.root, **settings)
    assert done.returncode == 0 and done.stdout.startswith("演练："), done.stdout + done.stderr
    assert [path for path in filed.root.iterdir() if path.name.startswith(".rehearsal-")] == []
    assert list(shared.iterdir()) == []  # what was tried is no data version for other hosts
    assert last(filed, REHEARSAL).copy == opened(place).name
    told = run_here("etl", "status", home=filed.root).stdout.splitlines()[-2:]
    assert told == lines(filed) and [line[:5] for line in told] == ["最近一次备", "最近一次恢"]


def test_a_home_in_use_is_not_written_over(filed, place):
    back_up(filed, place)
    with pytest.raises(CallError, match="请恢复到空的目录"):
        bring_back(opened(place), filed)


@pytest.mark.parametrize("harm", [b"", None])
def test_an_archived_file_that_is_damaged_or_gone_stops_it_before_the_ledger(filed, place, tmp_path, harm):
    back_up(filed, place)
    path = list(kept(archive_of(place)))[-1]
    path.unlink()
    if harm is not None:
        path.write_bytes(harm)
    restored = Home(tmp_path / "restored")
    with pytest.raises(RefusedFile, match=path.name[:12]):
        bring_back(opened(place), restored)
    assert not restored.ledger.exists()


def test_a_copy_of_another_home_is_no_rehearsal_of_this_one(filed, place, tmp_path):
    other = Home(tmp_path / "other")
    other.root.mkdir()
    append(other)
    back_up(other, place)
    with pytest.raises(RefusedFile, match="不是它的备份"):
        rehearse(filed, place, "张三")
    assert records(filed) == []


def test_two_rehearsals_at_once_do_not_mix(filed, place):
    back_up(filed, place)
    with FileLock(filed.root / ".rehearsal.lock"), pytest.raises(PilotError, match="另一次恢复演练正在进行"):
        rehearse(filed, place, "张三")


def test_a_choice_has_to_be_made_between_restoring_and_rehearsing(filed, place):
    for options in ((), ("--rehearse", "--into", "x")):
        done = run_here("etl", "restore", place, *options, home=filed.root)
        assert done.returncode == 2 and "二者选一" in done.stderr


def test_a_record_cut_off_is_none(filed, place):
    record = back_up(filed, place)
    with filed.upkeep.open("a", encoding="utf-8") as file:
        file.write('{"kind": "backup", "at": "2026-')
    assert records(filed) == [record]
    note(filed, record)
    assert records(filed) == [record, record]


def test_the_restored_ledger_is_the_copied_one(filed, place, tmp_path):
    back_up(filed, place)
    restored = Home(tmp_path / "restored")
    bring_back(opened(place), restored)
    assert Ledger(restored.ledger).head() == Ledger(filed.ledger).head()
    assert restored.ledger.stat().st_mode & 0o077 == 0
