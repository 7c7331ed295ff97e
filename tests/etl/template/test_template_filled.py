"""Templates filled in as a submitter would: what the last report brings along, what is new, and no finding."""

from __future__ import annotations

from datetime import date, datetime
from itertools import takewhile
from pathlib import Path

import duckdb
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from contract.calendar import period_bounds
from contract.declarations import Form, forms
from contract.parameters import declared_parameters
from etl.demo.members import submissions
from etl.template.filled import Submission, write_submission
from etl.template.layout import HEADER_ROW
from etl.template.prefill import carried, prefilled, shown
from etl.template.workbook import write_template
from tests.etl.conftest import Pilot
from tests.etl.submissions import BANK, DISTRICT, judge, package

FIRST_ROW = HEADER_ROW + 2  # as a person counts
SEED = 2026
# Period → what it brings along: in a month of its own, and at a quarter's end, whose forms were filed a quarter ago.
BROUGHT = {
    (BANK, "2025-02"): {"B1": "2025-01"},
    (BANK, "2025-06"): {"B1": "2025-05", "B5": "2025-03"},
    (DISTRICT, "2025-02"): {"R1": "2025-01"},
    (DISTRICT, "2025-06"): {"R1": "2025-05", "R4": "2025-03"},
}
REPORTED = ("2025-01", "2025-03", "2025-05")


@pytest.fixture(scope="module")
def samples() -> dict[tuple[str, str], Submission]:
    """Valid submissions of a bank and a district, as the demonstration has them."""
    early = takewhile(lambda sample: sample.period <= "2025-06", submissions(SEED))
    return {(sample.submitter, sample.period): sample for sample in early if sample.submitter in (BANK, DISTRICT)}


def template(pilot: Pilot, path: Path, submitter: str, period: str) -> Path:
    with duckdb.connect(str(pilot.home.current_snapshot()), read_only=True) as connection:
        brought = prefilled(connection, submitter, period)
    kind = "bank" if submitter == BANK else "district"
    policy = declared_parameters().at(period_bounds(period)[1])
    return write_template(path / "template.xlsx", submitter, "演示", period, kind=kind, policy=policy, brought=brought)


def keys(sheet: Worksheet, form: Form) -> dict[tuple, int]:
    """Key → row of what stands in a form's sheet already."""
    places = [form.column(code).no for code in form.key]
    by_key = {}
    for row in range(FIRST_ROW, sheet.max_row + 1):
        key = tuple(sheet.cell(row, place).value for place in places)
        if any(key):
            by_key[key] = row
    return by_key


def filled(path: Path, sample: Submission) -> tuple[bytes, dict[str, int]]:
    """The template with the submission's cells put in where they are blank; and how many rows stood there by form."""
    book = openpyxl.load_workbook(path)
    stood = {}
    for code, rows in sample.rows.items():
        form, sheet = forms()[code], book[forms()[code].sheet]
        there = keys(sheet, form)
        stood[code] = len(there)
        below = FIRST_ROW + len(there)
        for values in rows:
            row = there.pop(tuple(shown(form.column(key), values[key]) for key in form.key), below)
            below += row == below
            for column in form.columns:
                cell, value = sheet.cell(row, column.no), shown(column, values[column.code])
                if cell.value is None:
                    cell.value = value
                else:
                    assert same(cell.value, value), (code, column.code, cell.value, value)
        assert there == {}, "a row was brought along that is reported no more"
    fill_cover(book["封面"], sample)
    book.save(path)
    return path.read_bytes(), stood


def same(stands: object, value: object) -> bool:
    if isinstance(stands, datetime) and isinstance(value, date):
        return stands.date() == value
    return stands == (float(value) if isinstance(stands, float) else value)


def fill_cover(sheet: Worksheet, sample: Submission) -> None:
    known = {"填报人": "演示甲", "复核人": "演示乙", "监管统计负责人": "演示丙", "联系电话": "010-00000000"}
    known |= {f"行数 {code}": len(rows) for code, rows in sample.rows.items()}
    known["金额 B1"] = sum(row["balance"] for row in sample.rows.get("B1", []))
    for label, cell in sheet.iter_rows(min_row=2, max_col=2):
        cell.value = known.get(label.value, cell.value)


def test_a_filled_template_has_no_finding(pilot, samples, tmp_path):
    paths = [
        write_submission(pilot.inbox, samples[submitter, period])
        for submitter in (BANK, DISTRICT)
        for period in REPORTED
    ]
    assert {outcome.status for outcome in pilot.load(*paths)} == {"accepted"}
    pilot.publish()
    for place, (submitter, period) in enumerate(BROUGHT):
        folder = tmp_path / str(place)
        folder.mkdir()
        content, stood = filled(template(pilot, folder, submitter, period), samples[submitter, period])
        assert {code for code, rows in stood.items() if rows} == BROUGHT[submitter, period].keys()
        assert judge([package(content, submitter, period)]) == [[]]


def test_what_changes_is_left_to_fill_and_missed_if_it_is_not(pilot, samples, tmp_path):
    pilot.load(write_submission(pilot.inbox, samples[BANK, "2025-01"]))
    pilot.publish()
    path = template(pilot, tmp_path, BANK, "2025-02")
    book = openpyxl.load_workbook(path)
    sheet, form = book["B1 质押贷款明细"], forms()["B1"]
    rows = keys(sheet, form)
    alive = [row["loan_no"] for row in samples[BANK, "2025-01"].rows["B1"] if row["status"] == "active"]
    assert list(rows) == [(loan_no,) for loan_no in alive]
    blank = {"point_id", "closed_on", "closed_amount"}  # what only some loans have
    for row in rows.values():
        empty = {column.code for column in form.columns if sheet.cell(row, column.no).value is None}
        assert carried()["B1"].fill <= empty <= carried()["B1"].fill | blank
    assert sheet["A2"].value.startswith(f"已按2025-01的报送预填上期期末存续的贷款{len(rows)}行")

    missed = judge([package(path.read_bytes(), BANK, "2025-02")])[0]
    of_loans = [finding for finding in missed if finding["form"] == "B1"]
    assert {finding["category"] for finding in of_loans} == {"漏报"}
    assert {finding["column_code"] for finding in of_loans} == carried()["B1"].fill
    assert len(of_loans) == len(rows) * 4


def test_a_member_without_an_earlier_report_starts_empty(pilot):
    pilot.publish()
    with duckdb.connect(str(pilot.home.current_snapshot()), read_only=True) as connection:
        assert prefilled(connection, BANK, "2026-10") == {}
