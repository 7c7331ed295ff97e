"""Workbooks as Excel and other programs write them: formulas, formats, hidden sheets, spellings of XML."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from contract.errors import RefusedFile
from etl.sheets.grids import ERROR_VALUE, NO_CACHED_VALUE
from tests.etl.reading.workbook_edits import FIRST_DATA_ROW, cell, edited, put, read, rewritten, text_of
from tests.etl.submissions import BANK, DISTRICT, change, findings, submission, typed, workbook


@pytest.mark.parametrize(
    ("column", "value", "number_format", "text"),
    [
        ("disbursed_on", date(2026, 3, 10), None, "2026-03-10"),
        ("disbursed_on", datetime(2026, 3, 10, 9, 30), None, "2026-03-10 09:30:00"),
        ("disbursed_on", 20260310, None, "20260310"),
        ("rate", 0.0345, "0.00%", "3.45%"),
        ("rate", 0.0345, '0.00"%"', "0.0345"),  # a percent sign that is only text
        ("rate", 3.45, "General", "3.45"),
        ("rate", "3.45%", None, "3.45%"),
        ("amount", 300.123456, "#,##0.00", "300.123456"),
        ("amount", 0.000001, None, "0.000001"),
        ("amount", 1000, None, "1000"),
        ("one_stop", True, None, "TRUE"),
        ("district", 110108, None, "110108"),
        ("overdue_days", "", None, None),
    ],
)
def test_a_cell_is_read_as_it_shows(column: str, value: object, number_format: str | None, text: str | None):
    assert text_of(edited(put(column, value, number_format)), column) == text


def test_typed_cells_of_every_sort_have_no_finding():
    def edit(book: openpyxl.Workbook) -> None:
        values = {
            "disbursed_on": date(2026, 3, 10),
            "ip_count": 3,
            "amount": 1000.5,
            "one_stop": True,
            "overdue_days": 0,
        }
        for column, value in values.items():
            put(column, value)(book)
        put("rate", 0.0345, "0.00%")(book)
        book["封面"]["B4"] = datetime(2026, 9, 1)

    content = edited(edit)
    assert findings(content) == []
    columns = "disbursed_on, rate, amount, one_stop"
    assert typed(content, "B1", columns)[0] == (date(2026, 3, 10), Decimal("3.45"), Decimal("1000.5"), True)


def test_a_districts_code_as_a_number_has_no_finding():
    content = edited(lambda book: book["封面"].__setitem__("B2", 110108), workbook(submission(DISTRICT)))
    assert findings(content, DISTRICT) == []


def test_a_formula_is_read_by_its_cached_value():
    row, column = cell("B1", "amount")
    reference = f"{openpyxl.utils.get_column_letter(column)}{row}"

    def cached(xml: str) -> str:
        cell_xml = rf'<c r="{reference}"[^>]*>.*?</c>'
        return re.sub(cell_xml, f'<c r="{reference}"><f>500*2</f><v>1000</v></c>', xml)

    content = rewritten(cached)
    assert text_of(content, "amount") == "1000"
    assert findings(content) == []


def test_a_formula_that_gives_an_empty_text_is_blank():
    row, column = cell("B1", "closed_on")
    reference = f"{openpyxl.utils.get_column_letter(column)}{row}"

    def cached(xml: str) -> str:
        before = openpyxl.utils.get_column_letter(column - 1)
        empty = f'<c r="{reference}" t="str"><f>IF(1=1,"","")</f><v></v></c>'
        return re.sub(rf'(<c r="{before}{row}"[^>]*>.*?</c>)', rf"\1{empty}", xml)

    content = rewritten(cached)
    assert text_of(content, "closed_on") is None and findings(content) == []


def test_a_formula_without_a_cached_value_is_told():
    content = edited(put("amount", "=SUM(1,2)"))
    assert text_of(content, "amount") == NO_CACHED_VALUE + "=SUM(1,2)"
    (finding,) = findings(content)
    assert (finding["check_id"], finding["row_no"], finding["value"]) == ("S-B1-024", FIRST_DATA_ROW, "=SUM(1,2)")
    assert "没有计算结果" in finding["message"]


@pytest.mark.parametrize("column", ["amount", "borrower_name", "point_id", "closed_on"])
def test_an_error_value_is_told_in_any_column(column: str):
    content = edited(put(column, "#DIV/0!"))
    assert text_of(content, column) == ERROR_VALUE + "#DIV/0!"
    (finding,) = findings(content)
    assert (finding["column_code"], finding["level"], finding["value"]) == (column, "S", "#DIV/0!")


@pytest.mark.parametrize("value", ["=1/0", "#REF!"])
def test_a_cover_value_that_cannot_be_read_is_told(value: str):
    (finding,) = findings(edited(lambda book: book["封面"].__setitem__("B5", value)))
    assert (finding["check_id"], finding["column_code"], finding["value"]) == ("S-COVER-004", "preparer", value)


def test_a_number_too_long_for_a_number_cell_is_told():
    (finding,) = findings(edited(put("registration_no", 1234567890123456789)))
    assert finding["column_code"] == "registration_no" and "15位" in finding["message"]


def test_hidden_helper_sheets_are_left_alone():
    def edit(book: openpyxl.Workbook) -> None:
        for name in ("_lists", "B1_下拉", "R9"):
            sheet = book.create_sheet(name)
            sheet.append(["乱", "写"])
            sheet.sheet_state = "veryHidden" if name == "_lists" else "hidden"

    assert findings(edited(edit)) == []


def test_merged_titles_and_filters_do_no_harm():
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["B1"]
        sheet.merge_cells("A1:AI1")
        sheet.auto_filter.ref = f"A3:AI{FIRST_DATA_ROW + 1}"
        sheet.freeze_panes = "B4"

    assert findings(edited(edit)) == []


def test_formatted_empty_rows_are_no_rows():
    def edit(book: openpyxl.Workbook) -> None:
        for row in range(10, 200):
            book["B1"].cell(row, 3).number_format = "0.00"

    assert findings(edited(edit)) == []


def test_dates_counted_from_1904_are_read():
    def edit(book: openpyxl.Workbook) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        put("disbursed_on", date(2026, 3, 10))(book)

    assert text_of(edited(edit), "disbursed_on") == "2026-03-10"


def absolute_targets(xml: str) -> str:
    return xml.replace('Target="worksheets/', 'Target="/xl/worksheets/')


def without_references(xml: str) -> str:
    return re.sub(r'(<(?:c|row)) r="[^"]*"', r"\1", xml)


def prefixed(xml: str) -> str:
    """The sheet as the Open XML SDK writes it: every element with a prefix."""
    xml = re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", xml).replace("<x:?xml", "<?xml")
    return xml.replace('xmlns="', 'xmlns:x="', 1)


def error_in_single_quotes(xml: str) -> str:
    row, column = cell("B1", "amount")
    reference = f"{openpyxl.utils.get_column_letter(column)}{row}"
    return re.sub(rf'<c r="{reference}"[^>]*>.*?</c>', f"<c r='{reference}' t='e'><v>#N/A</v></c>", xml)


def test_absolute_targets_are_followed():
    assert findings(rewritten(absolute_targets, "xl/_rels/workbook.xml.rels")) == []


def test_prefixed_elements_are_read():
    assert findings(rewritten(prefixed)) == []


@pytest.mark.parametrize("spell", [error_in_single_quotes, lambda xml: prefixed(error_in_single_quotes(xml))])
def test_an_error_value_is_seen_in_any_spelling_of_xml(spell: Callable[[str], str]):
    assert text_of(rewritten(spell), "amount") == ERROR_VALUE + "#N/A"


def test_cells_without_references_and_inline_texts_are_read():
    """A sheet of full rows as stream writers write it: no `r`, texts in the cells."""

    def streamed(xml: str) -> str:
        rows = [list(row) for row in submission()["I1"]]
        cells = "".join(
            "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row) + "</row>" for row in rows
        )
        return re.sub(r"<sheetData>.*</sheetData>", f"<sheetData>{cells}</sheetData>", xml, flags=re.S)

    content = rewritten(streamed, "xl/worksheets/sheet8.xml")
    assert read(content).tables["I1"].header_row == 1
    assert findings(content) == []


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_with_a_broken_part_is_one_clear_refusal(part: str):
    with pytest.raises(RefusedFile, match="工作簿"):
        read(rewritten(lambda xml: xml[: len(xml) // 2], part))


def test_a_valid_workbook_has_no_finding():
    assert findings(workbook(submission())) == []
    assert read(workbook(change(submission(), "B1", {"amount": "900"}))).tables["B1"].columns["amount"].to_pylist() == [
        "1000",
        "900",
    ]
    assert read(workbook(submission())).cover["submitter"].value == BANK
