"""The marked workbook that goes back to the submitter."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from etl.check import Checked, checked
from etl.errors import CallError
from etl.report import COLUMNS, RESULT, SUMMARY, write_report
from tests.etl.submissions import BANK, PERIOD, Sheets, change, csv_files, place, submission, workbook, zipped

NAME = f"{PERIOD}_{BANK}"


def faulty() -> Sheets:
    """Two findings: an amount in words, an approval before its application; and a text that begins like a formula."""
    sheets = change(submission(), "B1", {"amount": "一千", "approved_on": "2026-02-28", "borrower_name": "=1+1"})
    sheets["B1"] = [[*row, "自用列" if not number else f"自用{number}"] for number, row in enumerate(sheets["B1"])]
    return sheets


def laid(folder: Path, content: object) -> Path:
    """The submission as a file or folder."""
    if isinstance(content, bytes):
        path = folder / f"{NAME}.xlsx"  # told by its content, whatever its ending
        path.write_bytes(content)
        return path
    path = folder / NAME
    path.mkdir()
    for name, data in content.items():
        (path / name).write_bytes(data)
    return path


def report(folder: Path, content: object) -> tuple[Checked, Workbook]:
    result = checked(laid(folder, content))
    write_report(folder / "out" / "report.xlsx", result)
    return result, openpyxl.load_workbook(folder / "out" / "report.xlsx")


@pytest.mark.parametrize(
    ("content", "sheet", "row"),
    [
        (workbook(faulty()), "B1", 5),
        (csv_files(faulty()), "B1.csv", 3),
        (zipped({f"报送/{name}": data for name, data in csv_files(faulty()).items()}), "B1.csv", 3),
    ],
    ids=["workbook", "folder", "zip"],
)
def test_results_come_first_and_offending_cells_are_marked(tmp_path: Path, content: object, sheet: str, row: int):
    _, book = report(tmp_path, content)
    assert book.sheetnames[:2] == [RESULT, SUMMARY]
    marked = {
        (cell.row, cell.column): cell.comment.text
        for line in book[sheet].iter_rows()
        for cell in line
        if cell.comment is not None
    }
    places = {column: (row, place(submission(), "B1", column) + 1) for column in ("amount", "approved_on")}
    assert set(marked) == set(places.values())
    assert "一千" in marked[places["amount"]] and "S-B1-024" in marked[places["amount"]]
    for at in places.values():
        assert book[sheet].cell(*at).fill.start_color.rgb.endswith("F8CBAD")
    assert not book[sheet].cell(row - 1, 1).fill.start_color.rgb.endswith("F8CBAD")


def test_every_finding_is_listed_with_a_column_for_the_reason(tmp_path: Path):
    result, book = report(tmp_path, workbook(faulty()))
    rows = list(book[RESULT].iter_rows(values_only=True))
    header = next(number for number, row in enumerate(rows) if row[: len(COLUMNS)] == COLUMNS)
    assert COLUMNS[-1] == "说明原因"
    listed = [dict(zip(COLUMNS, row, strict=False)) for row in rows[header + 1 :] if row[0]]
    assert [(row["行"], row["校验编号"], row["填报值"]) for row in listed] == [
        (finding["row"], finding["check"], finding["value"]) for finding in result.findings
    ]
    assert len(listed) == 2 and all(row["说明原因"] is None for row in listed)
    assert {row[1]: row[3] for row in book[SUMMARY].iter_rows(min_row=2, values_only=True)} == {
        "S-B1-024": 1,
        "V-B1-110": 1,
    }


@pytest.mark.parametrize("content", [workbook(faulty()), csv_files(faulty())], ids=["workbook", "folder"])
def test_own_columns_come_back_and_texts_stay_texts(tmp_path: Path, content: object):
    _, book = report(tmp_path, content)
    sheet = book["B1"] if "B1" in book.sheetnames else book["B1.csv"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.value for cell in cells} >= {"自用列", "自用1", "自用2"}
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
    assert all(cell.data_type != "f" for name in book.sheetnames for row in book[name].iter_rows() for cell in row)


def test_a_value_that_begins_like_a_formula_is_inert_in_the_results(tmp_path: Path):
    _, book = report(tmp_path, workbook(change(submission(), "B1", {"amount": "=2*500"})))
    found = [cell for row in book[RESULT].iter_rows() for cell in row if cell.value == "=2*500"]
    assert [cell.data_type for cell in found] == ["s"]


def test_cover_and_header_findings_are_marked_where_they_stand(tmp_path: Path):
    sheets = submission()
    sheets["B4"] = [[*row, "" if number else "平台名称"] for number, row in enumerate(sheets["B4"])]
    sheets["cover"].append(["复核人", "赵六"])
    _, book = report(tmp_path, workbook(sheets))
    assert book["封面"].cell(len(sheets["cover"]), 2).comment
    assert book["B4"].cell(3, len(sheets["B4"][0])).comment


def test_an_old_report_sent_back_is_replaced(tmp_path: Path):
    first, _ = report(tmp_path, workbook(faulty()))
    again = (tmp_path / "out" / "report.xlsx").read_bytes()
    (tmp_path / "second").mkdir()
    second, book = report(tmp_path / "second", again)
    assert [finding["check"] for finding in second.findings] == [finding["check"] for finding in first.findings]
    assert book.sheetnames.count(RESULT) == 1 and book.sheetnames[0] == RESULT


def test_merged_cells_are_marked_at_the_first(tmp_path: Path):
    book = openpyxl.load_workbook(io.BytesIO(workbook(submission())))
    at = place(submission(), "B1", "borrower_name") + 1
    book["B1"].merge_cells(start_row=4, end_row=5, start_column=at, end_column=at)
    content = io.BytesIO()
    book.save(content)
    result, marked = report(tmp_path, content.getvalue())
    assert [finding["check"] for finding in result.findings] == ["S-B1-002"]
    assert marked["B1"].cell(4, at).comment


def test_control_characters_and_long_texts_do_no_harm(tmp_path: Path):
    sheets = change(submission(), "I1", {"summary": "字" * 40_000, "doc_no": "文\x0b号"})
    result, book = report(tmp_path, csv_files(sheets))
    assert [finding["check"] for finding in result.findings] == ["S-I1-005", "S-I1-006"]
    assert book["I1.csv"].cell(3, 5).value == "文<U+000B>号"


def test_names_that_excel_forbids_do_no_harm(tmp_path: Path):
    files = csv_files(faulty())
    files["B1[1].csv"] = files.pop("B1.csv")
    result, book = report(tmp_path, files)
    assert [finding["sheet"] for finding in result.findings] == ["B1[1].csv"] * 2
    assert any(cell.comment for row in book["B1_1_.csv"].iter_rows() for cell in row)


def test_a_path_that_cannot_be_written_is_one_clear_error(tmp_path: Path):
    result = checked(laid(tmp_path, csv_files(faulty())))
    (tmp_path / "taken").write_text("a file where a folder is needed")
    with pytest.raises(CallError, match="无法写到"):
        write_report(tmp_path / "taken" / "report.xlsx", result)


def test_what_a_value_is_compared_with_stands_beside_it_with_the_difference(tmp_path: Path):
    sheets = change(submission(), "B1", {"valuation": "999.5", "registered_on": "2026-03-11"})
    _, book = report(tmp_path, workbook(sheets))
    rows = [dict(zip(COLUMNS, row, strict=False)) for row in book[RESULT].iter_rows(values_only=True)]
    shown = {row["校验编号"]: (row["类别"], row["填报值"], row["对照值"], row["差额"]) for row in rows}
    assert shown["Q-B1-202"] == ("错报", "1000", "999.5", "0.5")
    assert shown["Q-B1-212"] == ("错报", "2026-03-11", "2026-03-10", None)
