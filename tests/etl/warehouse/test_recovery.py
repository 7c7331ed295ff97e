"""Nothing is lost: the warehouse comes back from archive and ledger, and a cut-off load or publish does no harm."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

import etl.snapshot.publish
import etl.warehouse.load
from contract.declarations import forms
from contract.errors import PilotError, SnapshotError
from etl.snapshot import facts
from etl.snapshot.publish import KEPT, rebuild
from etl.warehouse.staging import open_staging, staging_path
from tests.etl.conftest import NOW, Pilot, begun
from tests.etl.submissions import BANK, DISTRICT, PERIOD, change, csv_files, submission

OWN_NUMBER = ("snapshot",)  # tells the number and the ledger's head, which go on


def contents(pilot: Pilot) -> dict[str, list[tuple]]:
    """Every table and view of the current snapshot, row by row."""
    with duckdb.connect(str(pilot.home.current_snapshot()), read_only=True) as connection:
        names = [row[0] for row in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()]
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()
            for name in names
            if name not in OWN_NUMBER
        }


def load_and_publish(pilot: Pilot) -> None:
    pilot.load(
        pilot.put(f"{PERIOD}_{BANK}.xlsx", submission()),
        pilot.put(f"{PERIOD}_{BANK}_2.xlsx", change(submission(), "B1", {"amount": "一千"})),
        pilot.put(f"{PERIOD}_{BANK}_3.xlsx", change(submission(), "B1", {"amount": "900"})),
        pilot.put(f"{PERIOD}_{DISTRICT}", csv_files(submission(DISTRICT))),
    )
    pilot.publish()


@pytest.fixture
def loaded(pilot: Pilot, beginning: Path) -> Pilot:
    """An accepted, a returned and a replaced version of a bank, and a district's, published."""
    return begun(pilot, beginning, load_and_publish)


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_rebuild_equals_build(loaded: Pilot):
    before = contents(loaded)
    assert len(before["fact_B1"]) == 4 and len(before["finding"]) == 1
    for file in loaded.home.warehouse.iterdir():
        file.unlink()
    rebuild(loaded.home, loaded.ledger, "测试")
    assert contents(loaded) == before


def test_what_staging_lacks_is_mended_at_the_next_publication(loaded: Pilot):
    before = contents(loaded)
    connection = open_staging(loaded.home)
    last = loaded.events("submission")[-1].seq
    for table in ("version", "version_form", "finding", *(f"fact_{code}" for code in forms())):
        connection.execute(f"DELETE FROM {table} WHERE submission_id = ?", [last])
    connection.close()
    loaded.publish()
    assert contents(loaded) == before


def test_a_load_cut_off_before_staging_is_mended(pilot: Pilot, monkeypatch: pytest.MonkeyPatch):
    path = pilot.put(f"{PERIOD}_{BANK}.xlsx", submission())
    with monkeypatch.context() as cut:
        cut.setattr(etl.warehouse.load, "stage", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pilot.load(path)
    assert len(pilot.events("submission")) == 1
    assert pilot.load(path)[0].status == "unchanged"
    pilot.publish()
    assert pilot.ask("SELECT count(*) FROM B1") == [(2,)]


def test_a_damaged_staging_is_set_aside_and_comes_back(loaded: Pilot):
    before = contents(loaded)
    staging_path(loaded.home).write_bytes(b"damaged" * 1000)
    loaded.publish()
    assert contents(loaded) == before
    assert any(file.read_bytes().startswith(b"damaged") for file in loaded.home.warehouse.iterdir())


def test_a_staging_that_is_cut_off_is_set_aside_and_comes_back(loaded: Pilot):
    """DuckDB opens it, and would copy what is left of it into a snapshot."""
    before = contents(loaded)
    os.truncate(staging_path(loaded.home), staging_path(loaded.home).stat().st_size - 1)
    loaded.publish()
    assert contents(loaded) == before
    assert staging_path(loaded.home).with_suffix(".old").exists()


def test_a_staging_that_gave_free_blocks_back_is_kept(pilot: Pilot):
    pilot.home.warehouse.mkdir()
    connection = open_staging(pilot.home)
    much = "CREATE TABLE much AS SELECT hash(range) AS h FROM range(1000000)"
    for statement in ("BEGIN", much, "ROLLBACK", "CHECKPOINT"):
        connection.execute(statement)
    states = "SELECT total_blocks * block_size FROM pragma_database_size()"
    connection.close()
    connection = open_staging(pilot.home)
    assert connection.execute(states).fetchall()[0][0] > staging_path(pilot.home).stat().st_size
    connection.close()
    assert not staging_path(pilot.home).with_suffix(".old").exists()


def test_a_damaged_archive_stops_a_rebuild_and_leaves_the_snapshot(loaded: Pilot):
    snapshot, before = loaded.home.current_snapshot(), contents(loaded)
    content_hash = loaded.events("submission")[0].payload["content_hash"]
    path = loaded.home.archive / content_hash[:2] / content_hash
    os.chmod(path, 0o644)
    path.write_bytes(b"other")
    with pytest.raises(PilotError, match="备份"):
        rebuild(loaded.home, loaded.ledger, "测试")
    assert loaded.home.current_snapshot() == snapshot and contents(loaded) == before


def test_a_build_that_breaks_leaves_the_snapshot_before(loaded: Pilot, monkeypatch: pytest.MonkeyPatch):
    snapshot = loaded.home.current_snapshot()

    def breaks(connection: duckdb.DuckDBPyConnection, context: etl.snapshot.context.BuildContext) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as cut:
        cut.setattr(etl.snapshot.publish, "steps", lambda: {"facts": facts.build, "breaks": breaks})
        with pytest.raises(ZeroDivisionError):
            loaded.publish()
    assert loaded.home.current_snapshot() == snapshot
    loaded.publish()
    assert loaded.home.current_snapshot() != snapshot
    assert not list(loaded.home.warehouse.glob(".building-*"))


def test_a_reader_keeps_its_snapshot_while_others_are_published(loaded: Pilot):
    with duckdb.connect(str(loaded.home.current_snapshot()), read_only=True) as reader:
        loaded.send(f"{PERIOD}_{BANK}_4.xlsx", change(submission(), "B1", {"amount": "950"}))
        loaded.publish()
        assert reader.execute("SELECT min(amount) FROM B1").fetchall() == [(900,)]
    assert loaded.ask("SELECT min(amount) FROM B1") == [(950,)]


def test_old_snapshots_are_thinned_and_numbers_never_return(pilot: Pilot):
    numbers = [pilot.publish() for _ in range(KEPT + 3)]
    assert numbers == list(range(1, KEPT + 4))
    kept = sorted(int(path.stem.removeprefix("pilot-")) for path in pilot.home.warehouse.glob("pilot-*.duckdb"))
    assert kept == numbers[-KEPT - 1 :]
    for file in pilot.home.warehouse.iterdir():
        file.unlink()
    assert pilot.publish() == KEPT + 4


def test_a_snapshot_tells_what_it_was_built_from(loaded: Pilot):
    number, now, seq, last = loaded.ask("SELECT number, now, ledger_seq, last_period FROM snapshot")[0]
    assert (number, now, last) == (1, NOW, "2026-10")
    assert seq == loaded.events("submission")[-1].seq


def test_without_a_publication_there_is_one_clear_error(pilot: Pilot):
    with pytest.raises(SnapshotError, match="还没有发布"):
        pilot.home.current_snapshot()
