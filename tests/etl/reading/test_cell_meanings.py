"""What a cell says in its column: text marks, spoilt codes, numbers under formats, and what people leave in a sheet."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import pytest

from contract.declarations import forms
from etl.reading.cell_meanings import meaning
from etl.sheets.grids import (
    DATE_CELL,
    FORMAT_UNCLEAR,
    HIDDEN_ZERO,
    INNER_SPACE,
    MADE_DATE,
    MARKS,
    SCIENTIFIC,
    ZERO_DATE,
    formatted,
)
from tests.etl.reading.workbook_edits import FIRST_DATA_ROW, cell, edited, put, read, text_of
from tests.etl.submissions import (
    BANK,
    LOAN,
    change,
    csv_files,
    findings,
    judge,
    package,
    place,
    state,
    submission,
    typed,
    workbook,
    zipped,
)

CODES = ("loan_no", "borrower_name", "uscc", "registration_no", "point_id")


def marked(text: str, mark: str = "'"):
    """All texts of a submission's forms and cover with a mark before them, as a database exports them for Excel."""
    return {
        form: [rows[0], *([mark + cell if cell else cell for cell in row] for row in rows[1:])]
        if form != "cover"
        else [rows[0], *([label, mark + value if value else value] for label, value in rows[1:])]
        for form, rows in submission().items()
    }


@pytest.mark.parametrize(
    ("mark", "write"),
    [
        *((mark, csv_files) for mark in ("'", "＇", "‘", " '")),
        ("'", lambda sheets: zipped(csv_files(sheets))),
        ("'", workbook),
    ],
)
def test_a_mark_that_only_says_text_is_no_part_of_a_value(mark: str, write):
    content = write(marked("", mark))
    assert findings(content) == []
    columns = ", ".join((*CODES, "amount", "disbursed_on"))
    assert typed(content, "B1", columns) == typed(csv_files(submission()), "B1", columns)


def test_headers_labels_and_totals_are_known_with_a_mark_too():
    """As where a database exports its first row as texts as well, and a sum as a last one."""
    sheets = {
        form: [["'" + cell if cell else cell for cell in row] for row in rows] for form, rows in submission().items()
    }
    sheets["B1"].append(["'合计", *[""] * (len(sheets["B1"][0]) - 1)])
    assert findings(csv_files(sheets)) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("'L-0001", "L-0001"),
        ("‘一站式’服务办法", "‘一站式’服务办法"),  # a pair is quotation
        ("'知e贷'产品", "'知e贷'产品"),
        ("O'Neil", "O'Neil"),
        ("''L-0001", "''L-0001"),
        ("'", None),
    ],
)
def test_only_a_mark_that_stands_alone_is_one(text: str, meant: str | None):
    assert meaning(forms()["I1"].column("title"), text) == meant


# column, what stands in it, whether in a CSV file → what it says
MEANINGS = [
    ("registration_no", "2.02498E+12", True, SCIENTIFIC + "2.02498E+12"),
    ("registration_no", " 2.02498e+12 ", False, SCIENTIFIC + "2.02498e+12"),
    ("loan_no", "1E05", True, "1E05"),  # a code may look so; a number too long for a cell has a sign
    ("amount", "1.5E+03", True, "1.5E+03"),
    ("registration_no", "2024/9/1", True, MADE_DATE + "2024/9/1"),
    ("registration_no", "9月1日", True, MADE_DATE + "9月1日"),
    ("registration_no", "2024/9/1", False, "2024/9/1"),  # in a workbook it is told whether a cell is a day
    ("registration_no", "京2024/9/1号", True, "京2024/9/1号"),
    ("registration_no", DATE_CELL + "2024-09-01", False, MADE_DATE + "2024-09-01"),
    ("disbursed_on", DATE_CELL + "2024-09-01", False, "2024-09-01"),
    ("disbursed_on", DATE_CELL + "00:00:00", False, ZERO_DATE + "0"),
    ("amount", DATE_CELL + "2024-09-01", False, "2024-09-01"),
    ("loan_no", formatted("7", "000000000000"), False, "000000000007"),
    ("amount", formatted("7", "000000000000"), False, "7"),
    ("amount", formatted("35954000", "0!.0000"), False, "3595.4"),
    ("amount", formatted("3595.4", '0.0"万元"'), False, "3595.4"),
    ("ip_count", formatted("3", '0"万"'), False, FORMAT_UNCLEAR + '3（格式：0"万"）'),
    ("amount", formatted("35954000", '0"元"'), False, FORMAT_UNCLEAR + '35954000（格式：0"元"）'),
    ("disbursed_on", formatted("20260310", '0000"年"00"月"00"日"'), False, "2026年03月10日"),
    ("one_stop", formatted("1", '[=1]"是";[=0]"否"'), False, "是"),
    ("loan_no", formatted("200000", "0.00E+00"), False, SCIENTIFIC + "200000"),
    ("valuation_fee", HIDDEN_ZERO, False, "0"),  # has to be filled in
    ("closed_amount", HIDDEN_ZERO, False, None),
    ("loan_no", HIDDEN_ZERO, False, None),
    ("uscc", "91110108 MA0000001X", False, INNER_SPACE + "91110108 MA0000001X"),
    ("borrower_name", "演示 科技", False, "演示 科技"),
]


@pytest.mark.parametrize(("column", "text", "from_csv", "meant"), MEANINGS)
def test_a_text_says_what_its_column_makes_of_it(column: str, text: str, from_csv: bool, meant: str | None):
    assert meaning(forms()["B1"].column(column), text, from_csv) == meant


# cells of the first loan, and what must be said of one: column, value and words of message and advice
SPOILT = {
    "a number in scientific notation, as text": (
        put("registration_no", "2.02498E+12"), "registration_no", "2.02498E+12", "科学计数法", "文本格式"),
    "a code that looked like a number": (
        put("registration_no", 200000, "0.00E+00"), "registration_no", "200000", "科学计数法", "文本格式"),
    "a code that looked like a day": (
        put("registration_no", date(2024, 9, 1)), "registration_no", "2024-09-01", "改成了日期", "文本格式"),
    "a code that looked like a time": (
        put("registration_no", time(9, 30)), "registration_no", "09:30:00", "改成了日期", "文本格式"),
    "a number of more than 15 digits": (
        put("registration_no", 202401000000012345), "registration_no", "202401000000012400", "15位", "文本格式"),
    "more than 15 digits under a format": (
        put("registration_no", 202401000000012345, "0" * 18), "registration_no", "202401000000012400", "15位",
        "文本格式"),
    "an optional code made a day": (
        put("point_id", datetime(2024, 3, 5)), "point_id", "2024-03-05", "改成了日期", "文本格式"),
    "a look-up that gave 0 as a day": (put("closed_on", 0, "yyyy-mm-dd"), "closed_on", "0", "1900-01-00", "IF函数"),
    "a space in a credit code": (
        put("uscc", LOAN["uscc"][:8] + " " + LOAN["uscc"][8:]), "uscc", LOAN["uscc"][:8] + " " + LOAN["uscc"][8:],
        "中间有空格", "Ctrl+H"),
    "an amount that shows 元": (
        put("amount", 10000000, '#,##0"元"'), "amount", '10000000（格式：#,##0"元"）', "格式", "常规"),
    "an amount that shows nothing": (put("amount", 1000, ";;;"), "amount", "1000（格式：;;;）", "格式", "常规"),
}  # fmt: skip


@pytest.fixture(scope="module")
def spoilt() -> dict[str, bytes]:
    return {name: edited(edit) for name, (edit, *_) in SPOILT.items()}


@pytest.fixture(scope="module")
def found(spoilt: dict[str, bytes]) -> dict[str, list[dict]]:
    """Name of a spoilt workbook → its findings, all in one run of the engine."""
    return dict(zip(spoilt, judge(map(package, spoilt.values())), strict=True))


@pytest.mark.parametrize("name", SPOILT)
def test_what_a_spreadsheet_has_spoilt_is_one_finding(name: str, found: dict[str, list[dict]]):
    _, column, value, message, advice = SPOILT[name]
    (finding,) = found[name]
    assert (finding["level"], finding["row_no"], finding["column_code"]) == ("S", FIRST_DATA_ROW, column)
    assert finding["value"] == value and message in finding["message"] and advice in finding["advice"]


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"loan_no": "2.02401E+17"}, "loan_no", "科学计数法"),
        ({"registration_no": "2.02498E+12"}, "registration_no", "科学计数法"),
        ({"registration_no": "2024/9/1"}, "registration_no", "改成了日期"),
        ({"uscc": " 9111010 8MA0000003"}, "uscc", "中间有空格"),
    ],
)
def test_what_excel_has_spoilt_in_a_csv_file_is_one_finding(cells: dict[str, str], column: str, message: str):
    files = csv_files(change(submission(), "B1", cells))
    (finding,) = [one for one in findings(files) if one["form"] == "B1"]
    assert (finding["level"], finding["row_no"], finding["column_code"]) == ("S", 3, column)
    assert message in finding["message"]


def merged(book: openpyxl.Workbook) -> None:
    row, column = cell("B1", "registration_no")
    book["B1"].merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)


# Marks whose own tests are elsewhere: what makes a cell of the first column named carry it.
OTHERS = {
    "registration_no": [merged, put("registration_no", "Y\u202e1")],
    "amount": [put("amount", "=SUM(1,2)"), put("amount", "#DIV/0!")],
}


def test_every_mark_is_seen(spoilt: dict[str, bytes]):
    """`test_formula_results` has the formulas that nobody computed, `test_hostile` the text of a megabyte."""
    contents = [(spoilt[name], column) for name, (_, column, *_) in SPOILT.items()]
    contents += [(edited(edit), column) for column, edits in OTHERS.items() for edit in edits]
    seen = {
        MARKS[text[0]]
        for content, column in contents
        for text in read(content).tables["B1"].columns[column].to_pylist()
        if text and text[0] in MARKS
    }
    assert set(MARKS.values()) - seen == {"not_computed", "too_long"}


# --- formats of a whole column, as Chinese banks use them ---

MONEY = ("valuation", "amount", "balance")


def in_yuan(shape: str):
    """The loans' amounts stored in 元 and shown in 万元."""

    def edit(book: openpyxl.Workbook) -> None:
        for row in (FIRST_DATA_ROW, FIRST_DATA_ROW + 1):
            for column in MONEY:
                found = book["B1"].cell(*cell("B1", column, row))
                found.value, found.number_format = Decimal(LOAN[column]) * 10_000, shape

    return edit


@pytest.mark.parametrize("shape", ["0!.0000", "0!.0,", '0"."0000', '0\\.0,"万"', '0!.0000"万元"', "#,##0!.0000"])
def test_money_stored_in_yuan_is_read_as_it_shows(shape: str):
    content = edited(in_yuan(shape))
    assert findings(content) == []
    assert typed(content, "B1", ", ".join(MONEY))[0] == (Decimal(2000), Decimal(1000), Decimal("800.5"))


def test_a_summary_stored_in_yuan_is_read_as_it_shows():
    """216 cells of such a form came in ten-thousandfold, without a finding."""

    def edit(book: openpyxl.Workbook) -> None:
        for column in ("total_loans", "total_npl", "ip_balance", "ip_npl", "ip_disbursed_ytd"):
            found = book["B2"].cell(*cell("B2", column))
            found.value, found.number_format = float(found.value) * 10_000, "0!.0,"

    content = edited(edit)
    assert findings(content) == []
    assert typed(content, "B2", "total_loans, ip_balance") == [(Decimal(9_000_000), Decimal(1601))]


def test_contract_numbers_are_read_as_they_show():
    def edit(book: openpyxl.Workbook) -> None:
        for row, number in ((FIRST_DATA_ROW, 1), (FIRST_DATA_ROW + 1, 4)):
            found = book["B1"].cell(*cell("B1", "loan_no", row))
            found.value, found.number_format = number, "000000000000"
        for form in ("B4", "B6"):
            for row in (FIRST_DATA_ROW, FIRST_DATA_ROW + 1):
                book[form].cell(*cell(form, "loan_no", row)).value = "000000000001"

    content = edited(edit)
    assert typed(content, "B1", "loan_no") == [("000000000001",), ("000000000004",)]
    assert findings(content) == []


def test_a_total_on_the_cover_under_a_format_is_read_as_it_shows():
    def edit(book: openpyxl.Workbook) -> None:
        found = next(row[1] for row in book["封面"].iter_rows() if row[0].value == "金额 B1")
        found.value, found.number_format = 16_010_000, "0!.0000"

    content = edited(edit)
    assert read(content).cover["amount_B1"].value == "1601" and findings(content) == []


# --- what people leave ---


def test_zeros_that_a_format_hides_make_no_rows():
    """Rows for loans to come: look-ups that gave 0, which the sheet does not show."""

    def edit(book: openpyxl.Workbook) -> None:
        for row in range(6, 36):
            for column in range(1, 36):
                found = book["B1"].cell(row, column)
                found.value, found.number_format = 0, "0;-0;;@"

    assert findings(edited(edit)) == []


def test_zeros_that_the_sheet_hides_make_no_rows():
    def edit(book: openpyxl.Workbook) -> None:
        book["B1"].sheet_view.showZeros = False
        for row in range(6, 36):
            for column in range(1, 36):
                book["B1"].cell(row, column).value = 0

    assert findings(edited(edit)) == []


def test_a_zero_that_nobody_sees_is_a_number_where_one_has_to_stand():
    content = edited(put("overdue_days", 0, "0;-0;;@"))
    assert text_of(content, "overdue_days") == "0" and findings(content) == []
    assert text_of(edited(put("closed_amount", 0, "0;-0;;@")), "closed_amount") is None


@pytest.mark.parametrize("first", ["合　　计", "合 计", "总　计：", "合　计（万元）"])
def test_a_totals_row_is_one_however_it_is_spaced(first: str):
    sheets = submission()
    row = [""] * len(sheets["B1"][0])
    row[0], row[place(sheets, "B1", "balance")] = first, "1601"
    sheets["B1"].append(row)
    assert judge([package(csv_files(sheets)), package(workbook(sheets))]) == [[], []]


@pytest.mark.parametrize("name", ["Q2汇总", "H1", "A1 说明", "T1"])
def test_a_helper_sheet_whose_name_looks_like_a_code_is_left_alone(name: str):
    content = workbook(submission() | {name: [["数", "据"], ["1", "2"]]}, 0)
    assert read(content).ignored_sheets == (name,) and findings(content) == []


@pytest.mark.parametrize("name", ["B7 其他", "R9", "i2 补充"])
def test_a_sheet_of_a_form_that_is_not_in_the_contract_is_told(name: str):
    (finding,) = findings(workbook(submission() | {name: [["数", "据"], ["1", "2"]]}, 0))
    assert (finding["check_id"], finding["value"]) == ("S-FILE-001", name)


def test_a_form_that_stands_twice_names_the_other_place():
    (finding,) = findings(workbook(submission() | {"B4 修订": submission()["B4"]}))
    assert (finding["check_id"], finding["sheet"], finding["value"]) == ("S-FILE-002", "B4 修订", "B4")
    assert "另一处为“B4”" in finding["message"]


def test_a_form_that_stands_three_times_is_told_twice():
    sheets = submission() | {"B4 二": submission()["B4"], "B4 三": submission()["B4"]}
    assert [(f["sheet"], f["value"]) for f in findings(workbook(sheets))] == [("B4 二", "B4"), ("B4 三", "B4")]


def test_a_form_in_two_folders_of_a_zip_names_the_other_folder():
    files = csv_files(submission())
    inside = {f"初报/{name}": data for name, data in files.items()} | {"修订/B4.csv": files["B4.csv"]}
    (finding,) = findings(zipped(inside))
    assert {finding["sheet"], finding["value"]} == {"初报/B4.csv", "修订/B4.csv"}


def test_a_cover_with_marks_identifies_its_file():
    reading = read(workbook(marked("")))
    assert (reading.cover["submitter"].value, reading.cover["period"].value) == (BANK, "2026-09")


def test_a_period_that_excel_made_a_day_is_still_a_period():
    content = edited(lambda book: book["封面"].__setitem__("B4", datetime(2026, 9, 1)))
    assert findings(content) == []
    assert findings(workbook(state(submission(), "联系电话", "'010-1"))) == []
