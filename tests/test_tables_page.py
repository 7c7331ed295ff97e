"""docs/tables.md is right: it names every table and column of a snapshot, says what each is, and names no other."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from contract.settings import Home
from etl.snapshot.columns import DECLARED
from etl.snapshot.opened import connect
from scripts.tables import PAGE, Layout, built, gone, layout, meanings, page, unsaid


@pytest.fixture(scope="module")
def added() -> dict[str, Layout]:
    return built()


@pytest.fixture(scope="module")
def tables(added: dict[str, Layout]) -> Layout:
    return {table: columns for layouts in added.values() for table, columns in layouts.items()}


def test_the_page_is_written_from_what_is_built(added: dict[str, Layout]):
    """Where it is not: `python -m scripts.tables`."""
    assert PAGE.read_text(encoding="utf-8") == page(added, meanings())


def test_every_table_and_column_is_said_once_and_there(tables: Layout):
    assert unsaid(tables, meanings()) == []
    assert gone(tables, meanings()) == []
    assert len(meanings()) == len(DECLARED.read_text(encoding="utf-8").splitlines()) - 1
    assert [table for table in tables if f"`{table}`" not in PAGE.read_text(encoding="utf-8")] == []


def test_what_is_missing_or_gone_is_told():
    said = {
        ("score", ""): ("", "a row a member"),
        ("*", "period"): ("other", "report period"),
        ("score", "grade"): ("other", "A to D"),
    }
    tables = {"score": {"period": "TEXT", "total": "DECIMAL"}, "B1": {"loan_no": "TEXT"}, "set_A": {"bank": "TEXT"}}
    assert unsaid(tables, said) == [("score", "total")]
    assert unsaid({"round": {"period": "TEXT"}}, said) == [("round", "")]
    assert gone(tables, said) == [("score", "grade")]


def test_a_real_snapshot_has_these_tables_and_no_other(demo_home: Path, tables: Layout):
    with closing(connect(Home(demo_home).current_snapshot())) as connection:
        assert layout(connection) == tables
