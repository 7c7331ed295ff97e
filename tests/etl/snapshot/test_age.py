"""A data version of another program says what it is where something is missing; one of this program hides no fault."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from contract.errors import OlderVersion
from etl.snapshot.built_by import built_by_now
from etl.snapshot.opened import Snapshot, current, reading, told_of_age
from tests.etl.conftest import Pilot

MISSING = ["SELECT number FROM no_such_table", "SELECT no_such_column FROM snapshot"]


@pytest.fixture
def todays(pilot: Pilot) -> Snapshot:
    pilot.publish()
    return current(pilot.home)


def changed(snapshot: Snapshot, folder: Path, statement: str) -> Snapshot:
    path = Path(shutil.copy(snapshot.path, folder / f"{abs(hash(statement))}.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)
    return replace(snapshot, path=path)


OLDER = ["UPDATE snapshot SET built_by = 'another'", "ALTER TABLE snapshot DROP COLUMN built_by"]


@pytest.mark.parametrize("older", OLDER)
def test_what_an_older_one_lacks_is_told_with_what_to_do(todays, tmp_path, older):
    snapshot = changed(todays, tmp_path, older)
    for statement in MISSING:
        told = pytest.raises(OlderVersion, match="数据版本第1版由旧版程序发布.*python -m etl publish")
        with told, reading(snapshot) as connection:
            connection.execute(statement)
    with pytest.raises(OlderVersion), told_of_age(snapshot):
        {"verdict": "accepted"}["not_there_yet"]


def test_a_fault_of_the_program_stays_one_over_an_older_version(todays, tmp_path):
    """What is there in the data, or is asked of no data, is not missing for their age."""
    snapshot = changed(todays, tmp_path, OLDER[0])
    frame = pd.DataFrame({"verdict": ["accepted"]})
    for act in (lambda: {"a": 1}["number"], lambda: {1: 2}[3], lambda: None.binding, lambda: frame.number):
        with pytest.raises((KeyError, AttributeError)), told_of_age(snapshot):
            act()
    for act in (
        lambda: frame["not_there_yet"],
        lambda: frame.not_there_yet,
        lambda: next(frame.itertuples()).not_there_yet,
    ):
        with pytest.raises(OlderVersion), told_of_age(snapshot):
            act()


def test_what_an_older_one_has_is_given(todays, tmp_path):
    with reading(changed(todays, tmp_path, OLDER[0])) as connection:
        assert connection.execute("SELECT number FROM snapshot").fetchall() == [(1,)]


def test_a_fault_of_this_program_is_no_matter_of_age(todays):
    with reading(todays) as connection:
        assert connection.execute("SELECT built_by FROM snapshot").fetchall() == [(built_by_now(),)]
    for statement, fault in zip(MISSING, (duckdb.CatalogException, duckdb.BinderException), strict=True):
        with pytest.raises(fault), reading(todays) as connection:
            connection.execute(statement)
    with pytest.raises(KeyError), told_of_age(todays):
        {"verdict": "accepted"}["not_there_yet"]
