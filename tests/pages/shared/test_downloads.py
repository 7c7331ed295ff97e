"""What leaves the system can't run, says where it comes from, and keeps numbers numbers."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from hashlib import sha256

import openpyxl
import pandas as pd
import pytest

from contract.console.output import as_csv as csv_of_commands
from contract.console.output import guarded
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from ledger.audit import EXPORTED, looks
from pages.shared.downloads import as_csv, as_xlsx, recorded
from pages.shell import session, url
from pages.shell.view import View

BUILT = datetime(2026, 11, 16, 9, 0)
COLUMNS = {"text": "填报值", "row": "行", "amount": "金额（万元）"}
FRAME = pd.DataFrame({
    "text": ["=1+1", "＠甲", "中关村", None],
    "row": pd.array([4, pd.NA, 5, 6], dtype="Int32"),
    "amount": [-1.5, 2.0, float("nan"), 3.25],
})  # fmt: skip
NOTES = ("内部资料 注意保存",)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_text_that_would_run_is_guarded(start):
    assert guarded(f"{start}A1") == f"'{start}A1"


def test_numbers_and_plain_texts_are_left_alone():
    assert (guarded(-1.5), guarded("-1,000.5"), guarded("中关村-1")) == (-1.5, "-1,000.5", "中关村-1")


def test_what_commands_print_as_csv_is_guarded_too():
    assert csv_of_commands([{"value": "=1+1", "row": -4}, {"value": "-12.5%"}], ["value", "row"]) == (
        "value,row\n'=1+1,-4\n-12.5%,\n"
    )


def test_csv_holds_the_rows_and_then_its_source():
    rows = list(csv.reader(io.StringIO(as_csv(FRAME, COLUMNS, NOTES).decode("utf-8-sig"))))
    assert rows == [
        ["填报值", "行", "金额（万元）"],
        ["'=1+1", "4", "-1.5"],
        ["'＠甲", "", "2.0"],
        ["中关村", "5", ""],
        ["", "6", "3.25"],
        [],
        ["内部资料 注意保存"],
    ]


def test_a_workbook_holds_texts_and_no_formula():
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(FRAME, COLUMNS, NOTES, "清单"))).active
    cells = [(cell.value, cell.data_type) for cell in next(sheet.iter_rows(min_row=4, max_row=4))]
    assert cells == [("=1+1", "s"), (4, "n"), (-1.5, "n")]


def test_what_is_taken_away_is_on_record_with_its_hash(own_home, monkeypatch):
    """Who, from which page, how many rows of which data version; before it is asked for, nothing."""
    view = View(Viewer("a", "甲", "analyst"), Snapshot(7, own_home, BUILT, BUILT, True, "2026-10"), "2026-10", ())
    monkeypatch.setattr(session, "view", lambda: view)
    monkeypatch.setattr(url, "page_address", lambda: "roster")
    make = recorded(lambda: b"rows", "csv-roster", 3, "sensitive")
    assert looks(Home(own_home)) == []
    assert make() == b"rows"
    (look,) = looks(Home(own_home))
    assert (look.kind, look.user, look.what, look.rows, look.number) == (
        EXPORTED, "a", "roster：csv-roster", 3, 7,
    )  # fmt: skip
    assert look.level == "sensitive"
    assert look.sha256 == sha256(b"rows").hexdigest()
