"""Ledger, archive and snapshots are the owner's alone: made so, and mended where they are not."""

from __future__ import annotations

from pathlib import Path

from contract.settings import Home
from etl.warehouse.lock import writing
from ledger.archive import keep
from ledger.events import Ledger
from ledger.guard.private import close_to_others, open_to_others


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_is_made_is_the_owners_alone(tmp_path: Path):
    home = Home(tmp_path)
    Ledger(home.ledger)
    keep(home.archive, b"a report")
    with writing(home):
        assert mode(home.ledger) == 0o600
        assert {mode(path) for path in tmp_path.glob("ledger.db*")} == {0o600}
    assert (mode(home.archive), mode(home.warehouse)) == (0o700, 0o700)
    assert open_to_others(home) == []


def test_what_others_may_reach_is_named_and_mended_before_anyone_writes(tmp_path: Path):
    home = Home(tmp_path)
    Ledger(home.ledger)
    keep(home.archive, b"a report")
    home.warehouse.mkdir()
    snapshot = home.warehouse / "pilot-1.duckdb"
    snapshot.write_bytes(b"figures")
    for path, wide in ((home.ledger, 0o644), (home.archive, 0o755), (home.warehouse, 0o750), (snapshot, 0o604)):
        path.chmod(wide)
    assert open_to_others(home) == [home.ledger, home.archive, home.warehouse, snapshot]
    assert close_to_others(home) == []
    assert [mode(path) for path in (home.ledger, home.archive, home.warehouse, snapshot)] == [
        0o600, 0o700, 0o700, 0o600,
    ]  # fmt: skip
    assert open_to_others(home) == []
    home.archive.chmod(0o755)
    with writing(home):
        assert mode(home.archive) == 0o700


def test_what_is_another_users_is_told(tmp_path: Path, monkeypatch, caplog):
    home = Home(tmp_path)
    keep(home.archive, b"a report")
    home.archive.chmod(0o755)
    monkeypatch.setattr("ledger.guard.private.os.geteuid", lambda: home.archive.stat().st_uid + 1)
    assert close_to_others(home) == [home.archive]
    with writing(home):
        assert "其他用户可以读取archive，且无权收回" in caplog.text
