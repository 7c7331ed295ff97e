"""The marked workbook that goes back to the submitter."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

import etl.feedback.report
from contract.errors import CallError, RefusedFile
from contract.standing import Receipt
from etl.feedback.check import Checked, checked
from etl.feedback.marked_book import MarkedBook, as_bytes
from etl.feedback.report import COLUMNS, LEFT_OUT, write_report
from etl.reading.remarks import BLOCKERS, RESULT, RULES, SUMMARY
from etl.reading.sandbox import in_child
from etl.receiving.receive import Package
from tests.etl.conftest import reads_here
from tests.etl.reading.sample_sheets import as_workbook
from tests.etl.reading.spellings_of_books import SPELLINGS, packed, unpacked
from tests.etl.submissions import BANK, PERIOD, Sheets, change, csv_files, place, submission, workbook, zipped

NAME = f"{PERIOD}_{BANK}"
WITNESS = f"台账校验码（截至第900号事件）：{'9d' * 32}"
FEEDBACK = [BLOCKERS, SUMMARY, RESULT, RULES]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workbooks are read and written in this process, but where a test is about the child."""
    reads_here(monkeypatch)
    monkeypatch.setattr(etl.feedback.report, "in_child", lambda function, marked, writes: as_bytes(marked))


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
    assert book.sheetnames[:4] == FEEDBACK
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
    listed = [dict(zip(COLUMNS, row, strict=False)) for row in rows[header + 1 :] if row[0]]
    assert [(row["行"], row["校验编号"], row["填报值"]) for row in listed] == [
        (finding["row"], finding["check"], finding["value"]) for finding in result.findings
    ]
    assert len(listed) == 2 and all(row["说明原因"] is None for row in listed)
    assert [row["说明状态"] for row in listed] == ["须改正", "须改正"]
    summary = list(book[SUMMARY].iter_rows(values_only=True))
    assert [(row[1], row[4]) for row in summary[-2:]] == [("S-B1-024", 1), ("V-B1-110", 1)]


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
    formulas = [cell for row in book[RESULT].iter_rows() for cell in row if cell.value == "=2*500"]
    assert [cell.data_type for cell in formulas] == ["s"]


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
    assert book.sheetnames == [*FEEDBACK, *book.sheetnames[4:]] and not set(FEEDBACK) & set(book.sheetnames[4:])


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


@pytest.mark.parametrize("spelling", ["strict", "Styles.xml", "workbook22.xml", "entries in capitals"])
def test_what_openpyxl_would_misread_in_silence_comes_back_as_texts(tmp_path: Path, spelling: str):
    """It sees no sheet in Strict Open XML, and no formats in a style part of another name."""
    _, book = report(tmp_path, packed(SPELLINGS[spelling](unpacked(as_workbook()))))
    rate = book["B1 质押贷款明细"].cell(4, place(submission(), "B1", "rate") + 1)
    assert rate.value == "3.45%"


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


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """The faulty submission, judged once: two findings to be corrected."""
    return checked(laid(tmp_path_factory.mktemp("judged"), workbook(faulty())))


def written(folder: Path, result: Checked, receipt: Receipt | None = None) -> Workbook:
    write_report(folder / "out.xlsx", result, receipt)
    return openpyxl.load_workbook(folder / "out.xlsx", rich_text=True)


def lines(book: Workbook, name: str) -> list[str]:
    """What stands above the table of a sheet of feedback."""
    return [row[0] for row in book[name].iter_rows(max_row=6, values_only=True) if row[0]]


def test_blockers_come_first_and_alone(tmp_path: Path, judged: Checked):
    first, second = judged.findings
    book = written(tmp_path, replace(judged, findings=[first, second | {"level": "Q"}]))
    checks = [row[COLUMNS.index("校验编号")] for row in book[BLOCKERS].iter_rows(min_row=6, values_only=True)]
    assert checks == ["S-B1-024"]
    assert lines(book, BLOCKERS)[0] == (
        "【校验反馈】B001 2026-09：退回，须改正1处，合理性、一致性问题1处；全部列出，没有省略"
    )


def test_a_file_without_findings_says_so(tmp_path: Path, judged: Checked):
    book = written(tmp_path, replace(judged, findings=[], verdict="accepted"))
    assert "没有须改正的问题。" in lines(book, BLOCKERS)
    assert list(book[RESULT].iter_rows(min_row=7, values_only=True)) == []


def test_file_people_rule_book_and_what_was_received_are_stated(tmp_path: Path, judged: Checked):
    said = ("已退回", "请改正2处须改正的问题", WITNESS)
    receipt = Receipt(2, datetime(2026, 10, 12, 9, 30), "1a2b3c4d", "0" * 64, *said)
    above = "\n".join(lines(written(tmp_path, judged, receipt), BLOCKERS))
    (content,) = judged.package.files.values()
    stated = ("第2版", "已退回", "请改正2处", "张三", "李四", "王五", "2026-10-12 09:30:00", "1a2b3c4d", WITNESS)
    assert [text for text in (*stated, sha256(content).hexdigest()) if text not in above] == []


def test_every_check_that_judged_the_file_is_in_the_rule_book_sheet(tmp_path: Path, judged: Checked):
    rows = list(written(tmp_path, judged)[RULES].iter_rows(min_row=5, values_only=True))
    listed = {row[0] for row in rows}
    assert {"S-COVER-001", "S-B1-024", "V-B1-101", "Q-B1-201", "M-B2-301"} <= listed
    assert not any(check.split("-")[1].startswith("R") for check in listed)
    assert len(listed) == len(rows) and all(all(row[place] for place in (0, 1, 2, 3, 5, 6)) for row in rows)
    assert not any("{" in cell for row in rows for cell in row if cell)


def test_an_earlier_reason_is_carried_in_with_its_state_and_answer(tmp_path: Path, judged: Checked):
    first, second = judged.findings
    said = [
        first | {"state": "rejected", "reason": "合同利率", "answer": "请附合同"},
        second | {"state": "contested", "reason": "中位数不适用", "answer": None},
    ]
    rows = list(written(tmp_path, replace(judged, findings=said))[RESULT].iter_rows(values_only=True))
    assert [row[13:16] for row in rows[-2:]] == [
        ("合同利率", "说明未通过", "请附合同"),
        ("异议：中位数不适用", "已提异议·待答复", None),
    ]


def test_the_submitters_own_sheets_stay_as_they_were(tmp_path: Path, judged: Checked):
    book = openpyxl.load_workbook(io.BytesIO(workbook(faulty())))
    sheet = book["B1"]
    sheet["AZ4"], sheet["AZ5"] = "=1+2", 0.0345
    sheet["AZ5"].number_format = "0.00%"
    sheet["BA4"] = CellRichText("普通", TextBlock(InlineFont(b=True), "加粗"))
    sheet.merge_cells("BB4:BC5")
    sheet.column_dimensions["C"].width = 33
    sheet.freeze_panes = "B4"
    rule = DataValidation(type="list", formula1='"是,否"')
    rule.add("BD4:BD9")
    sheet.add_data_validation(rule)
    book.create_sheet("自用").sheet_state = "hidden"
    book["自用"]["A1"] = "自用说明"
    content = io.BytesIO()
    book.save(content)
    package = Package(judged.package.name, {judged.package.name: content.getvalue()}, False)
    back = written(tmp_path, replace(judged, package=package))
    kept = back["B1"]
    assert (kept["AZ4"].value, kept["AZ5"].value, kept["AZ5"].number_format) == ("=1+2", 0.0345, "0.00%")
    assert kept["BA4"].value == sheet["BA4"].value and kept["BA4"].value[1].font.b
    assert "BB4:BC5" in {str(area) for area in kept.merged_cells.ranges}
    assert (kept.column_dimensions["C"].width, kept.freeze_panes) == (33, "B4")
    assert [str(validation.sqref) for validation in kept.data_validations.dataValidation] == ["BD4:BD9"]
    assert (back["自用"].sheet_state, back["自用"]["A1"].value) == ("hidden", "自用说明")
    assert back.sheetnames[4:] == book.sheetnames


def test_the_submitters_file_is_opened_in_a_confined_child(
    tmp_path: Path, judged: Checked, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(etl.feedback.report, "in_child", in_child)
    book = written(tmp_path, judged)
    assert book.sheetnames[:4] == FEEDBACK and "B1" in book.sheetnames
    assert LEFT_OUT not in lines(book, BLOCKERS)[0]


def refused(function: str, marked: MarkedBook, writes: bool) -> bytes:
    raise RefusedFile("文件读取时占用内存过大")


@pytest.mark.parametrize("where", ["beforehand", "in the child"])
def test_a_file_that_is_too_large_to_be_marked_is_left_out_and_this_is_said(
    where: str, tmp_path: Path, judged: Checked, monkeypatch: pytest.MonkeyPatch
):
    if where == "beforehand":
        monkeypatch.setattr(etl.feedback.report, "MOST_CELLS", 10)
    else:
        monkeypatch.setattr(etl.feedback.report, "in_child", refused)
    first, second = judged.findings
    book = written(tmp_path, replace(judged, findings=[first | {"value": "=1+1"}, second]))
    assert book.sheetnames == FEEDBACK and lines(book, BLOCKERS)[0].endswith(LEFT_OUT)
    header, *rows = book[RESULT].iter_rows(min_row=6)
    assert tuple(cell.value for cell in header) == COLUMNS
    assert [row[12].value for row in rows] == [first["check"], second["check"]]
    assert (rows[0][7].value, rows[0][7].data_type) == ("=1+1", "s")


def test_beyond_a_number_cells_are_coloured_without_a_comment_and_this_is_said(
    tmp_path: Path, judged: Checked, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(etl.feedback.report, "MOST_COMMENTS", 1)
    book = written(tmp_path, judged)
    cells = [cell for row in book["B1"].iter_rows() for cell in row if cell.fill.start_color.rgb.endswith("F8CBAD")]
    assert sorted(cell.comment is None for cell in cells) == [False, True]
    assert "其余只标颜色" in lines(book, BLOCKERS)[0]
