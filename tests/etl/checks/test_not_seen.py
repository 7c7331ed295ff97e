"""What is filed though nobody sees it is said with its place, and what is seen, or holds nothing, is not."""

from __future__ import annotations

from collections.abc import Callable

import openpyxl
import pytest

from etl.checks.cover import verdict_of
from etl.checks.rulebook import structure_checks
from etl.reading.not_seen import column_letters, ranges
from tests.etl.reading.workbook_edits import edited, read
from tests.etl.submissions import findings, judge, package, place, state, submission, workbook

Edit = Callable[[openpyxl.Workbook], None]
RATE = place(submission(), "B1", "rate")


def hidden_sheet(name: str, how: str = "hidden") -> Edit:
    return lambda book: setattr(book[name], "sheet_state", how)


def hidden_rows(*rows: int, form: str = "B1") -> Edit:
    def edit(book: openpyxl.Workbook) -> None:
        for row in rows:
            book[form].row_dimensions[row].hidden = True

    return edit


def hidden_columns(first: str, last: str, form: str = "B1") -> Edit:
    def edit(book: openpyxl.Workbook) -> None:
        book[form].column_dimensions.group(first, last, hidden=True)

    return edit


# what is hidden → (check, form, row, value)
FIRING: dict[str, tuple[Edit, tuple[str, str, int | None, str]]] = {
    "a sheet": (hidden_sheet("B4"), ("Q-FORM-001", "B4", None, "B4")),
    "a very hidden sheet": (hidden_sheet("B4", "veryHidden"), ("Q-FORM-001", "B4", None, "B4")),
    "the cover": (hidden_sheet("封面"), ("Q-FORM-001", "cover", None, "封面")),
    "a row, as a filter hides it": (hidden_rows(5), ("Q-FORM-002", "B1", 5, "第5行（共1行）")),
    "rows": (hidden_rows(4, 5), ("Q-FORM-002", "B1", 4, "第4—5行（共2行）")),
    "a column": (
        hidden_columns(column_letters(RATE), column_letters(RATE)),
        ("Q-FORM-003", "B1", None, "Z列（共1列）"),
    ),
    "columns, up to the last that Excel has": (
        hidden_columns("AA", "XFD"),
        ("Q-FORM-003", "B1", None, "AA—AG列（共7列）"),  # of those that hold anything
    ),
}
SILENT: dict[str, Edit] = {
    "nothing": lambda book: None,
    "rows above the table": hidden_rows(1, 2),
    "rows below it": hidden_rows(6, 7, 8),
    "columns beside it": hidden_columns("AK", "AZ"),
    "columns of it that hold nothing": hidden_columns("AH", "AI"),  # no loan is closed
    "a sheet that is no form": lambda book: setattr(book.create_sheet("代码表"), "sheet_state", "hidden"),
}


@pytest.fixture(scope="module")
def findings_by_case() -> dict[str, list[dict]]:
    """What is hidden → the findings, all in one run of the engine."""
    edits = {name: edit for name, (edit, _) in FIRING.items()} | SILENT
    return dict(zip(edits, judge(package(edited(edit)) for edit in edits.values()), strict=True))


@pytest.mark.parametrize("name", FIRING)
def test_what_nobody_sees_is_said_with_its_place(name: str, findings_by_case: dict[str, list[dict]]):
    expected = FIRING[name][1]
    (finding,) = findings_by_case[name]
    assert (finding["check_id"], finding["form"], finding["row_no"], finding["value"]) == expected
    assert finding["level"] == "Q" and expected[3] in finding["message"] and "{" not in finding["message"]
    assert "取消隐藏" in finding["advice"]


@pytest.mark.parametrize("name", SILENT)
def test_what_is_seen_or_holds_nothing_is_not(name: str, findings_by_case: dict[str, list[dict]]):
    assert findings_by_case[name] == []


def test_every_remark_is_seen(findings_by_case: dict[str, list[dict]]):
    declared = {check.id for check in structure_checks().values() if check.level == "Q"}
    assert declared - {finding["check_id"] for name in FIRING for finding in findings_by_case[name]} == set()


def test_it_counts_as_filed_and_the_officer_can_say_that_it_is_meant():
    content = workbook(state(submission(), "说明", "B4为内部留存，确认报送"))
    reading = read(edited(hidden_sheet("B4"), content))
    assert reading.tables["B4"].row_count == 2
    assert verdict_of(reading, ["Q"]) == "accepted"


def test_a_hidden_sheet_of_a_form_that_is_there_too_stays_a_helper():
    def edit(book: openpyxl.Workbook) -> None:
        book.copy_worksheet(book["B4"]).title = "B4 底稿"
        book["B4 底稿"].sheet_state = "hidden"

    assert findings(edited(edit)) == []


def test_rows_are_named_by_their_runs():
    assert ranges([4]) == "4"
    assert ranges([4, 5, 6, 8, 10, 11]) == "4—6、8、10—11"
    assert ranges(range(1, 31, 2)) == "1、3、5、7、9、11、13、15、17、19等"
    assert [column_letters(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
