"""Where things stand: headers, columns, sheets, rows and files as real submitters arrange them."""

from __future__ import annotations

import random

import pytest

from contract.errors import RefusedFile
from etl.reading.packages import read_package
from etl.reading.submission import Reading
from tests.etl.submissions import (
    BANK,
    DISTRICT,
    ROWS,
    Sheets,
    change,
    csv_files,
    findings,
    judge,
    package,
    place,
    state,
    submission,
    workbook,
    zipped,
)

LOANS = len(ROWS["B1"])
LONG = "长" * 32_768  # one character more than a cell holds


def read(content: bytes | dict[str, bytes], submitter: str = BANK) -> Reading:
    return read_package(package(content, submitter))


def shuffled(sheets: Sheets, form: str, seed: int = 7) -> Sheets:
    order = random.Random(seed).sample(range(len(sheets[form][0])), len(sheets[form][0]))
    sheets[form] = [[row[position] for position in order] for row in sheets[form]]
    return sheets


def with_totals(sheets: Sheets, form: str, first: str = "合计", **sums: str) -> Sheets:
    """A last row of sums whose first cell names it."""
    row = [""] * len(sheets[form][0])
    for column, value in sums.items():
        row[place(sheets, form, column)] = value
    row[0] = first
    sheets[form].append(row)
    return sheets


def numbered(sheets: Sheets, form: str, filled: int) -> Sheets:
    """An own column 序号 in front, filled down further than the data."""
    width = len(sheets[form][0])
    sheets[form] = [["序号", *sheets[form][0]], *([str(at), *row] for at, row in enumerate(sheets[form][1:], 1))]
    sheets[form] += [[str(at), *[""] * width] for at in range(len(sheets[form]), filled)]
    return sheets


def blank_rows(sheets: Sheets, form: str) -> Sheets:
    width = len(sheets[form][0])
    sheets[form] = [cells for row in sheets[form] for cells in (row, [" "] * width)]
    return sheets


def codes(sheets: Sheets, form: str) -> Sheets:
    sheets[form][0] = list(ROWS[form][0])
    return sheets


def headed(sheets: Sheets, form: str, spell) -> Sheets:
    sheets[form][0] = [spell(header) for header in sheets[form][0]]
    return sheets


def offset(sheets: Sheets) -> Sheets:
    """A cover whose items stand in the second column and their values in the third."""
    sheets["cover"] = [["", *row, "必填"] for row in sheets["cover"]]
    return sheets


def wide(text: str) -> str:
    return text.replace("(", "（").replace(")", "）")


ORDINARY = {
    "a shuffled column order": shuffled(submission(), "B1"),
    "codes for headers": codes(submission(), "B1"),
    "wide brackets, spaces, line breaks and stars": headed(submission(), "B1", lambda header: f" {wide(header)}\n*"),
    "a totals row": with_totals(submission(), "B1", amount="2000", balance="1601"),
    "a totals row in a shuffled order": with_totals(shuffled(submission(), "B1"), "B1", "总计：", amount="2000"),
    "a totals row with dashes": with_totals(submission(), "B6", right_no="—", ip_type="—", registration_no="-"),
    "a totals row that counts in the key column": with_totals(shuffled(submission(), "B4"), "B4", case_no="2件"),
    "a totals row under a form of numbers": with_totals(numbered(submission(), "B2", 0), "B2", **ROWS["B2"][0]),
    "blank rows": blank_rows(submission(), "B1"),
    "own numbering beyond the data": numbered(submission(), "B1", 40),
    "a cover with an offset": offset(submission()),
    "spaces and small letters on the cover": state(submission(), "报送机构编码", "\u3000b001 "),
    "a Chinese period on the cover": state(submission(), "报送期", "2026年9月"),
    "a period that Excel made a date": state(submission(), "报送期", "2026-09-01"),
    "control totals with separators": state(submission(), "金额 B1", "１，６０１.00"),
    "a form with no rows": state(submission() | {"B4": submission()["B4"][:1]}, "行数 B4", "0"),
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[dict]]:
    """Name of an ordinary submission → its findings, all in one run of the engine."""
    return dict(zip(ORDINARY, judge([package(csv_files(sheets)) for sheets in ORDINARY.values()]), strict=True))


@pytest.mark.parametrize("name", ORDINARY)
def test_what_real_submitters_do_has_no_finding(name: str, found: dict):
    assert found[name] == []


def test_all_ordinary_loans_are_read(found: dict):
    for name, sheets in ORDINARY.items():
        assert read(csv_files(sheets)).tables["B1"].columns["loan_no"].to_pylist() == ["L-0001", "L-0002"], name


@pytest.mark.parametrize("titles", [0, 1, 2, 9])
def test_the_header_row_is_found_in_the_first_ten_rows(titles: int):
    table = read(workbook(submission(), titles)).tables["B1"]
    assert (table.header_row, table.row_numbers.to_pylist()) == (titles + 1, [titles + 2, titles + 3])


def test_a_header_row_further_down_is_not_found():
    reading = read(workbook(submission(), 10))
    assert "B1" not in reading.tables
    assert {problem.check for problem in reading.problems} == {"no_header"}


def test_a_title_that_equals_one_header_is_not_the_header_row():
    sheets = submission()
    sheets["B5"].insert(0, ["名称"])
    assert read(csv_files(sheets)).tables["B5"].header_row == 2


def test_a_company_named_like_a_total_is_no_totals_row():
    sheets = change(submission(), "B1", {"borrower_name": "合计科技有限公司"})
    at = place(sheets, "B1", "borrower_name")
    sheets["B1"] = [[row[at], *row[:at], *row[at + 1 :]] for row in sheets["B1"]]
    assert read(csv_files(sheets)).tables["B1"].row_count == LOANS


def test_row_numbers_are_those_that_a_person_sees():
    sheets = blank_rows(submission(), "B1")
    assert read(csv_files(sheets)).tables["B1"].row_numbers.to_pylist() == [3, 5]
    assert read(workbook(sheets)).tables["B1"].row_numbers.to_pylist() == [5, 7]


def test_a_quoted_line_break_counts_as_a_line():
    sheets = change(submission(), "I1", {"summary": "第一行\n第二行\n第三行"}, row=1)
    assert read(csv_files(sheets)).tables["I1"].row_numbers.to_pylist() == [2, 5]


def test_a_blank_line_counts_as_a_line():
    files = csv_files(submission())
    files["I1.csv"] = files["I1.csv"].replace(b"\r\n", b"\r\n\r\n", 1)
    assert read(files).tables["I1"].row_numbers.to_pylist() == [3, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters_give_the_same_reading(encoding: str, delimiter: str):
    plain = read(csv_files(submission()))
    spelled = read(csv_files(submission(), encoding, delimiter))
    assert spelled.tables == plain.tables and spelled.cover == plain.cover


def test_a_rare_character_of_gb18030_is_kept():
    sheets = change(submission(), "B1", {"borrower_name": "演示𠮷科技"})
    assert read(csv_files(sheets, "gb18030")).tables["B1"].columns["borrower_name"][-1].as_py() == "演示𠮷科技"


def test_zip_folder_and_workbook_give_the_same_cells():
    folder = read(csv_files(submission()))
    inside = {f"报送/{name}": data for name, data in csv_files(submission()).items()}
    inside |= {"__MACOSX/报送/._B1.csv": b"x", "报送/.DS_Store": b"x", "报送/读我.txt": b"x"}
    for other in (read(zipped(inside)), read(workbook(submission(), 0))):
        assert {code: table.columns for code, table in other.tables.items()} == {
            code: table.columns for code, table in folder.tables.items()
        }


def test_file_names_in_gbk_are_understood():
    """A zip as Windows in Chinese writes it: names in GBK, and no flag that says so."""
    files = csv_files(submission())
    content = zipped({"XXXX.csv": files.pop("cover.csv"), **files}).replace(b"XXXX.csv", "封面.csv".encode("gbk"))
    assert read(content).cover["submitter"].value == BANK


def test_sheets_are_told_by_their_code_whatever_follows_it():
    named = {"B1": "B1质押贷款明细", "B2": "b2", "B3": "Ｂ３ 机制建设", "B4": "B4-质物处置", "B5": "B5（本季）"}
    sheets = {named.get(name, name): rows for name, rows in submission().items()}
    assert set(read(csv_files(sheets)).tables) == set(submission()) - {"cover"}


def test_other_sheets_are_left_alone():
    sheets = submission() | {"填报说明": [["请按说明填写"]], "Sheet1": [["1"]], "空": []}
    reading = read(workbook(sheets, 0))
    assert reading.ignored_sheets == ("填报说明", "Sheet1") and not reading.problems


def test_a_missing_column_is_one_finding_however_much_hangs_on_it():
    sheets = submission()
    at = place(sheets, "B1", "status")
    sheets["B1"] = [row[:at] + row[at + 1 :] for row in sheets["B1"]]
    (finding,) = judge([package(csv_files(sheets))])[0]
    assert (finding["check_id"], finding["column_code"], finding["row_no"]) == ("S-FORM-003", "status", None)


def test_a_cell_that_is_no_value_holds_back_only_what_reads_it():
    sheets = change(submission(), "B1", {"amount": "一千", "balance": "1000000", "rate": "25"})
    found = {finding["check_id"] for finding in judge([package(csv_files(sheets))])[0]}
    assert found == {"S-B1-024", "V-B1-118", "Q-B1-201"}  # balance ≤ amount is held back


def test_loans_that_cannot_be_read_hold_back_the_rights():
    sheets = change(submission(), "B1", {"loan_no": "长" * 41}, row=1)
    assert [finding["check_id"] for finding in judge([package(csv_files(sheets))])[0]] == ["S-B1-001"]


def test_a_form_of_the_other_kind_is_one_finding():
    sheets = submission(DISTRICT) | {"B1": [["乱", "写"], ["1", "2"]]}
    (finding,) = judge([package(csv_files(sheets), DISTRICT)])[0]
    assert (finding["check_id"], finding["form"]) == ("S-FILE-003", "B1")


def test_the_same_form_in_two_folders_of_a_zip_is_told():
    files = csv_files(submission())
    content = zipped(files | {"修订/B4.csv": files["B4.csv"]})
    (finding,) = judge([package(content)])[0]
    assert (finding["check_id"], finding["form"]) == ("S-FILE-002", "B4")


def test_two_covers_are_told():
    (finding,) = judge([package(csv_files(submission() | {"封面": submission()["cover"]}))])[0]
    assert (finding["check_id"], finding["form"]) == ("S-FILE-002", "cover")


def test_a_cover_without_items_is_told():
    found = judge([package(csv_files(submission() | {"cover": [["封面"]]}))])[0]
    assert {finding["check_id"] for finding in found} == {"S-COVER-002"}
    assert {"preparer", "rows_B1", "amount_B1"} <= {finding["column_code"] for finding in found}


@pytest.mark.parametrize(
    "row",
    [["填报人", "张三", LONG], ["备注", LONG], [LONG, "x"]],
    ids=["beside a value", "beside a word of its own", "as a label"],
)
def test_a_cell_beyond_any_length_on_the_cover_is_refused_where_no_item_has_it(row: list[str]):
    sheets = submission()
    with pytest.raises(RefusedFile, match="封面.*行有单元格超过32767字"):
        findings(csv_files(sheets | {"cover": [*sheets["cover"], row]}))


def test_a_value_beyond_any_length_on_the_cover_is_told():
    (told,) = findings(csv_files(state(submission(), "填报人", LONG)))
    assert told["check_id"] == "S-COVER-004" and "32767" in told["message"]


def test_a_form_absent_is_told_once_though_the_cover_counts_its_rows():
    sheets = state(submission(), "行数 B4", "12")
    del sheets["B4"]
    assert [finding["check_id"] for finding in judge([package(csv_files(sheets))])[0]] == ["S-FORM-001"]


def test_a_quarterly_form_is_expected_at_the_quarters_end_only():
    sheets = {name: rows for name, rows in submission().items() if name not in ("B3", "B5")}
    sheets["cover"] = [row for row in sheets["cover"] if row[0] not in ("行数 B3", "行数 B5")]
    state(sheets, "报送期", "2026-08")
    sheets = sheets | {"I1": sheets["I1"][:1]}
    state(sheets, "行数 I1", "0")
    for row in (1, 2):
        change(sheets, "B1", {"disbursed_on": "2026-08-31"}, row)
        change(sheets, "B4", {"closed_on": "2026-08-10"}, row)
    assert judge([package(csv_files(sheets), period="2026-08")]) == [[]]


def test_a_quarterly_form_that_comes_in_another_month_is_accepted():
    sheets = state(submission(), "报送期", "2026-10")
    for row in (1, 2):
        change(sheets, "I1", {"issued_on": "2026-10-08"}, row)
    assert judge([package(csv_files(sheets), period="2026-10")]) == [[]]


@pytest.mark.parametrize("count", ["9" * 400, "两行", "-2", "2.5"])
def test_a_control_total_that_is_no_number_is_told(count: str):
    (finding,) = judge([package(csv_files(state(submission(), "行数 B4", count)))])[0]
    assert finding["column_code"] == "rows_B4" and finding["value"] == count


@pytest.mark.parametrize(("write", "first_row"), [(csv_files, 2), (workbook, 4)])
def test_a_row_that_has_slipped_is_told(write, first_row: int):
    """Each cell of the row could be read in its new place: the number as a text, the summary nowhere."""
    sheets = submission()
    sheets["I1"][1].insert(4, "")
    found = [f for f in judge([package(write(sheets))])[0] if f["check_id"] == "S-FORM-007"]
    assert [(f["form"], f["row_no"], f["value"], f["expected"]) for f in found] == [("I1", first_row, "7", "6")]


def test_notes_apart_from_the_table_are_left_alone():
    sheets = submission()
    sheets["I1"][1] += ["", "已核对"]
    assert judge([package(workbook(sheets))]) == [[]]


def test_a_header_repeated_on_every_page_is_no_data():
    sheets = submission()
    sheets["B1"].insert(2, list(sheets["B1"][0]))
    assert judge([package(csv_files(sheets)), package(workbook(sheets))]) == [[], []]
    assert read(csv_files(sheets)).tables["B1"].row_numbers.to_pylist() == [2, 4]


def test_broken_quotes_are_told_with_the_line():
    files = csv_files(submission()) | {"I1.csv": '名称,类别\n"没有结束,创新举措\n'.encode()}
    with pytest.raises(RefusedFile, match=r"I1\.csv第\d行"):
        read(files)


def test_utf_16_is_told():
    with pytest.raises(RefusedFile, match="UTF-16"):
        read(csv_files(submission()) | {"B1.csv": "合同".encode("utf-16")})
