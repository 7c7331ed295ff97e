"""Two versions side by side: what changed is listed once, as it stood, and nothing else is."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random

import pytest
from click.testing import CliRunner

from contract.errors import CallError
from etl.__main__ import etl
from etl.checks.cover import Submitted
from etl.reading.packages import read_package
from etl.warehouse.differences import Differences, acknowledged, beside, differences
from tests.etl.submissions import BANK, DISTRICT, PERIOD, ROWS, Sheets, change, csv_files, package, state, submission

SHEETS = ("cover", "B1", "B2", "R1", "R3")  # what the tests look at: to type a form costs time


def read(number: int, sheets: Sheets, submitter: str) -> Submitted:
    kind = "bank" if submitter == BANK else "district"
    sheets = {name: rows for name, rows in sheets.items() if name in SHEETS}
    return Submitted(number, submitter, kind, PERIOD, read_package(package(csv_files(sheets), submitter)))


def compared(old: Sheets, new: Sheets, submitter: str = BANK, limit: int | None = None) -> Differences:
    return beside(read(0, old, submitter), read(1, new, submitter), limit)


def with_row(sheets: Sheets, form: str, **cells: str) -> Sheets:
    """The sheets with one row more: the form's last one, changed."""
    sheets[form].append(list(sheets[form][-1]))
    return change(sheets, form, cells)


def cells(comparison: Differences) -> list[tuple]:
    return [
        (row["form"], row["change"], row["record"], row["column"], row["old"], row["new"], row["difference"])
        for row in comparison.changes
    ]


def counts(comparison: Differences, form: str) -> tuple[int, ...]:
    """added, removed, changed rows and changed cells of a form."""
    row = next(row for row in comparison.forms if row["form"] == form)
    return row["added"], row["removed"], row["changed"], row["cells"]


def test_a_returned_version_beside_the_one_that_replaced_it():
    old = change(submission(), "B1", {"amount": "一千", "disbursed_on": "2026-03-10"})
    new = change(submission(), "B1", {"balance": "700.25", "disbursed_on": "2026年3月10日", "size": "medium"})
    new = state(with_row(new, "B1", loan_no="L-0003"), "行数 B1", "3")
    comparison = compared(old, new)
    assert comparison.total == 5
    assert cells(comparison) == [
        ("cover", "changed", "", "rows_B1", "2", "3", Decimal(1)),
        ("B1", "changed", "L-0002", "size", "小型", "中型", None),
        ("B1", "changed", "L-0002", "amount", "一千", "1000", None),
        ("B1", "changed", "L-0002", "balance", "800.5", "700.25", Decimal("-100.25")),
        ("B1", "added", "L-0003", None, None, None, None),
    ]
    assert [(row["old_row"], row["new_row"]) for row in comparison.changes[1:]] == [(3, 3), (3, 3), (3, 3), (None, 4)]
    assert counts(comparison, "B1") == (1, 0, 1, 3)
    assert counts(comparison, "B2") == (0, 0, 0, 0)


def test_the_way_of_writing_is_no_change():
    old = change(submission(), "B1", {"balance": "800.50", "uscc": submission()["B1"][2][2].lower(), "one_stop": "Y"})
    new = change(submission(), "B1", {"balance": "８００.5", "ip_types": "商标;专利"})
    new["B1"] = [list(reversed(row)) for row in new["B1"]]
    new = state(new, "金额 B1", "1,601.00")
    comparison = compared(old, new)
    assert (comparison.changes, comparison.total) == ([], 0)


def test_a_record_is_found_again_wherever_its_row_stands():
    new = submission()
    new["B1"] = [new["B1"][0], new["B1"][2], new["B1"][1]]
    new = change(new, "B1", {"overdue_days": "12"})
    comparison = compared(submission(), new)
    assert cells(comparison) == [("B1", "changed", "L-0001", "overdue_days", "0", "12", Decimal(12))]
    assert (comparison.changes[0]["old_row"], comparison.changes[0]["new_row"]) == (2, 3)


def test_a_form_that_did_not_come_and_a_column_left_out():
    old = submission(DISTRICT)
    del old["R3"]
    place = old["R1"][0].index("平均办理天数")
    old["R1"] = [row[:place] + row[place + 1 :] for row in old["R1"]]
    comparison = compared(old, submission(DISTRICT), DISTRICT)
    trades = next(row for row in comparison.forms if row["form"] == "R3")
    assert (trades["old_rows"], trades["new_rows"], trades["added"]) == (None, 2, 2)
    assert [row[2:] for row in cells(comparison) if row[0] == "R1"] == [
        ("110108-01", "avg_days", None, "3", None),
        ("110108-02", "avg_days", None, "3", None),
    ]


def test_a_key_that_stands_twice_is_paired_in_order():
    old = with_row(submission(), "B1", balance="1")
    comparison = compared(old, submission())
    assert cells(comparison) == [("B1", "removed", "L-0002", None, None, None, None)]
    assert comparison.changes[0]["old_row"] == 4


def test_few_are_listed_and_all_are_counted():
    new = change(submission(), "B1", {"balance": "1", "rate": "4", "overdue_days": "2"})
    new = state(new, "联系电话", "010-11111111")
    comparison = compared(submission(), new, limit=2)
    assert [row[3] for row in cells(comparison)] == ["phone", "balance"]
    assert comparison.total == 4


def test_random_corrections_are_found_one_by_one():
    """What was done to a version is the oracle of what is found."""
    random = Random(7)
    old, new = submission(), submission()
    new["B1"] += [list(new["B1"][1]) for _ in range(40)]
    for number, row in enumerate(new["B1"][1:], 1):
        row[0] = f"L-{number:04}"
    old["B1"] = [list(row) for row in new["B1"]]
    done = set()
    for number in random.sample(range(1, 43), 15):
        column = random.choice(["overdue_days", "ip_count", "valuation"])
        step = random.randint(1, 9)
        value = str(Decimal(ROWS["B1"][0][column]) + step)
        change(new, "B1", {column: value}, row=number)
        done.add((f"L-{number:04}", column, value, Decimal(step)))
    gone = {f"L-{number:04}" for number in random.sample(range(1, 43), 5)}
    new["B1"] = [row for row in new["B1"] if row[0] not in gone]
    new["B1"][1:] = random.sample(new["B1"][1:], len(new["B1"]) - 1)
    comparison = compared(old, new)
    told = cells(comparison)
    assert {row[2] for row in told if row[1] == "removed"} == gone
    assert {(row[2], row[3], row[5], row[6]) for row in told if row[1] == "changed" and row[0] == "B1"} == {
        correction for correction in done if correction[0] not in gone
    }
    back = compared(new, old)
    assert {row[2] for row in cells(back) if row[1] == "added"} == gone
    assert sum(row[6] or 0 for row in cells(back)) == -sum(row[6] or 0 for row in told)


def test_versions_are_named_or_refused_and_compared_as_received(pilot):
    with pytest.raises(CallError, match="没有B001在2026-09的报送"):
        acknowledged(pilot.home, BANK, PERIOD)
    pilot.send(f"{PERIOD}_{BANK}.xlsx", change(submission(), "B1", {"balance": "八百"}))
    with pytest.raises(CallError, match="只报送过一版"):
        acknowledged(pilot.home, BANK, PERIOD)
    for balance in ("800", "700"):
        pilot.send(f"{PERIOD}_{BANK}_{balance}.xlsx", change(submission(), "B1", {"balance": balance}))
    assert [event.payload["verdict"] for event in acknowledged(pilot.home, BANK, PERIOD, (1, 2))] == [
        *("returned", "accepted")
    ]
    assert [event.payload["version"] for event in acknowledged(pilot.home, BANK, PERIOD)] == [2, 3]
    for wrong, words in (((1, 4), "没有第4版，共3版"), ((2, 2), "两个不同的版本")):
        with pytest.raises(CallError, match=words):
            acknowledged(pilot.home, BANK, PERIOD, wrong)

    comparison = differences(pilot.home, *acknowledged(pilot.home, BANK, PERIOD, (3, 1)))
    assert cells(comparison) == [("B1", "changed", "L-0002", "balance", "700", "八百", None)]

    run = CliRunner()
    told = run.invoke(etl, ["compare", BANK, PERIOD])
    assert (told.exit_code, told.output.splitlines()[0]) == (0, "B001 2026-09 第2版 → 第3版：共1处变化")
    table = run.invoke(etl, ["compare", BANK, PERIOD, "--versions", "2,3", "--format", "csv"]).output.splitlines()
    assert table[1] == "B1,changed,L-0002,balance,期末余额,5,5,800,700,-100"
    answer = json.loads(run.invoke(etl, ["compare", BANK, PERIOD, "--format", "json"]).output)
    assert (answer["versions"], answer["total"], answer["changes"][0]["difference"]) == ([2, 3], 1, "-100")
    for wrong in ("1", "1,2,3", "一,二"):
        assert run.invoke(etl, ["compare", BANK, PERIOD, "--versions", wrong]).exit_code == 2
