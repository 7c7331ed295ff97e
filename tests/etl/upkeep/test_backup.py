"""Copies: whole or none, only what is new of the archive, and never an unsound one taken for sound."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime

import pytest

from contract.errors import CallError, LedgerError, PilotError, RefusedFile
from contract.settings import Home
from etl.upkeep import backup, copies
from etl.upkeep.backup import back_up
from etl.upkeep.copies import opened
from etl.upkeep.records import BACKUP, last, records
from ledger.archive import kept
from ledger.events import Entry, Ledger

MOMENT = datetime(2026, 11, 16, 2, 30)


@pytest.fixture
def place(tmp_path):
    return tmp_path / "copies"


def append(home: Home, text: str = "x") -> None:
    ledger = Ledger(home.ledger)
    ledger.append(MOMENT, [Entry("note", "张三", "B001", {"text": text})])
    ledger.close()


def test_a_copy_holds_every_record_and_every_archived_file(filed, place):
    record = back_up(filed, place)
    copy = opened(place)
    assert (copy.seq, copy.head) == Ledger(filed.ledger).head()
    assert copy.archived == {path.name: path.stat().st_size for path in kept(filed.archive)}
    assert {path.name for path in kept(copy.archive)} == set(copy.archived)
    assert set(copy.files) == {"ledger.db", "archive.txt"}
    assert record.sound and (record.files, record.seq) == (len(copy.archived), copy.seq)
    assert last(filed, BACKUP) == record


def test_a_copy_is_its_owners_alone_and_a_single_file_a_record(filed, place):
    back_up(filed, place)
    folder = opened(place).folder
    assert {path.name for path in folder.iterdir()} == {"ledger.db", "archive.txt", "manifest.json"}
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
    assert place.stat().st_mode & 0o077 == 0


def test_every_database_of_the_home_is_copied(filed, place):
    with closing(sqlite3.connect(filed.root / "access.db")) as connection:
        connection.execute("CREATE TABLE account (name TEXT)")
    back_up(filed, place)
    assert "access.db" in opened(place).files


def test_what_stands_in_the_log_of_the_ledger_is_copied(filed, place):
    """A plain copy of the file would lack it: the ledger is written to while it is open here."""
    ledger = Ledger(filed.ledger)
    event = ledger.append(MOMENT, [Entry("note", "张三", "B001", {})])[0]
    assert filed.ledger.with_name("ledger.db-wal").stat().st_size > 0
    back_up(filed, place)
    assert (opened(place).seq, opened(place).head) == (event.seq, event.hash)


def test_the_archive_is_copied_once(filed, place, monkeypatch):
    back_up(filed, place)
    append(filed)
    copied = []
    monkeypatch.setattr("ledger.archive.fetch", lambda archive, sha256: copied.append(sha256))
    second = back_up(filed, place)
    assert copied == []
    assert second.seq == opened(place, copies.names(place)[0]).seq + 1
    assert second.files == len(list(kept(filed.archive)))


def test_a_copy_without_its_own_name_is_none_and_goes_with_the_next(filed, place, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(backup, "write_manifest", lambda copy: (_ for _ in ()).throw(OSError(28, "full")))
        with pytest.raises(OSError, match="full"):
            back_up(filed, place)
    assert copies.halves(place) and copies.names(place) == []
    with pytest.raises(CallError, match="没有完整的备份，只有没有完成的"):
        opened(place)
    assert records(filed) == []
    back_up(filed, place)
    assert copies.halves(place) == [] and len(copies.names(place)) == 1


@pytest.mark.parametrize("harm", ["ledger.db", "archive.txt", "manifest.json"])
@pytest.mark.parametrize("how", ["cut", "gone"])
def test_a_damaged_copy_is_refused(filed, place, harm, how):
    back_up(filed, place)
    path = opened(place).folder / harm
    if how == "cut":
        path.write_bytes(path.read_bytes()[:-7])
    else:
        path.unlink()
    with pytest.raises(RefusedFile, match="不能使用，请换一份备份"):
        opened(place)


def test_a_manifest_names_no_file_outside_its_folder(filed, place, tmp_path):
    back_up(filed, place)
    manifest = opened(place).folder / "manifest.json"
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    facts["files"]["../../../secret.db"] = "0" * 64
    manifest.write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(RefusedFile, match=r"secret\.db"):
        opened(place)


def test_an_altered_ledger_is_not_copied_as_a_sound_one(filed, place):
    with closing(sqlite3.connect(filed.ledger)) as connection:
        connection.execute("DROP TRIGGER no_update")
        connection.execute("UPDATE event SET actor = '李四' WHERE seq = 2")
        connection.commit()
    with pytest.raises(LedgerError, match="第2号"):
        back_up(filed, place)
    assert copies.names(place) == []


def test_a_file_damaged_in_the_home_is_told_and_the_rest_copied(filed, place):
    first, *others = kept(filed.archive)
    first.chmod(0o600)
    first.write_bytes(b"")
    record = back_up(filed, place)
    assert [fault for fault in record.faults if first.name[:12] in fault]
    assert set(opened(place).archived) == {path.name for path in others}
    assert last(filed, BACKUP) is None  # no sound one


def test_looking_at_the_whole_mends_what_was_damaged_in_the_copies(filed, place):
    back_up(filed, place)
    damaged = next(kept(copies.archive_of(place)))
    sound = damaged.read_bytes()
    damaged.chmod(0o600)
    damaged.write_bytes(bytes(len(sound)))
    back_up(filed, place)
    assert damaged.read_bytes() != sound
    assert back_up(filed, place, whole=True).sound
    assert damaged.read_bytes() == sound


def test_what_the_home_lost_is_kept_from_an_earlier_copy(filed, place):
    back_up(filed, place)
    damaged = next(kept(filed.archive))
    sound = damaged.read_bytes()
    damaged.chmod(0o600)
    damaged.write_bytes(sound[:-1])
    assert back_up(filed, place).sound
    assert (copies.archive_of(place) / damaged.name[:2] / damaged.name).read_bytes() == sound


def test_old_copies_go_and_the_archive_stays(filed, place):
    for _ in range(4):
        back_up(filed, place, most=2)
    assert [name[:5] for name in copies.names(place)] == ["00003", "00004"]
    assert opened(place).archived.keys() == {path.name for path in kept(copies.archive_of(place))}


def test_two_at_once_do_not_mix(filed, place):
    back_up(filed, place)
    with backup.FileLock(place / ".lock"), pytest.raises(PilotError, match="另一个备份正在写入"):
        back_up(filed, place)


def test_a_home_without_ledger_has_nothing_to_copy(own_home, place):
    with pytest.raises(CallError, match="没有可备份的内容"):
        back_up(Home(own_home), place)
    assert not place.exists()
