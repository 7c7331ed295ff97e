"""Formulas worked out from the cells that they name; and the results of a workbook that nobody has computed."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from etl.sheets.formula_results import Budget, Evaluation, is_nothing
from etl.sheets.formula_syntax import ErrorResult, Unknown
from etl.sheets.grids import NO_CACHED_VALUE, NOT_COMPUTED
from tests.etl.reading.workbook_edits import rewritten, text_of
from tests.etl.submissions import ROWS, findings, place, submission

# A sheet of a few cells: A1 … D2, and another one whose name needs quotation.
CELLS = {
    ("这里", 0, 0): Decimal(12),
    ("这里", 0, 1): Decimal("0.5"),
    ("这里", 0, 2): "文字",
    ("这里", 1, 0): Decimal(3),
    ("这里", 1, 1): True,
    ("B1 质押贷款明细", 4, 2): Decimal(100),
    ("B1 质押贷款明细", 5, 2): Decimal("0.1"),
}


def evaluation(operands: int = 1000) -> Evaluation:
    return Evaluation(lambda sheet, row, column: CELLS.get((sheet, row, column)), lambda _: 6, Budget(operands))


GIVES = [
    ("=A1*B1", "6"),
    ("A1+A2*2-1", "17"),
    ("(A1+A2)*2", "30"),
    ("-A1^2", "144"),  # as Excel has it
    ("A1/8", "1.5"),
    ("A1*10%", "1.2"),
    ("$A$1-A2", "9"),
    ("0.1+0.2-0.3", "0.0"),
    ("SUM(A1:B2)", "15.5"),  # neither texts nor flags of cells count
    ("SUM(A1:C2,1)", "16.5"),
    ("SUM(A:A)", "15"),
    ("SUM('B1 质押贷款明细'!C5:C6)", "100.1"),
    ("'B1 质押贷款明细'!C5*A2", "300"),
    ("ROUND(2.5,0)", "3"),
    ("ROUND(-2.345,2)", "-2.35"),
    ("ROUNDUP(2.01,1)", "2.1"),
    ("ROUNDDOWN(A1/7,2)", "1.71"),
    ("INT(-1.5)", "-2"),
    ("MAX(0,A1-20)", "0"),
    ("MIN(A1:A2)", "3"),
    ("AVERAGE(A1:A2)", "7.5"),
    ("PRODUCT(A1:A2)", "36"),
    ("COUNT(A1:C2)", "3"),
    ("COUNTA(A1:C2)", "5"),
    ("IF(A1>10,A2,0)", "3"),
    ("IF(D1=\"\",\"\",VLOOKUP(D1,A:B,2,0))", ""),  # what is not asked for need not be known
    ("IF(AND(A1>10,NOT(A2>5)),\"是\",\"否\")", "是"),
    ("IFERROR(A1/D1,\"\")", ""),
    ("DATE(2026,10,31)-DATE(2026,10,1)", "30"),
    ("C1&\"-\"&A2", "文字-3"),
    ("\"他说\"\"好\"\"\"", "他说\"好\""),
    ("C1=\"文字\"", True),
    ("D1=0", True),
    ("IF(A1<>12,1,)", ""),
    ("TRIM(\" a  b \")", "a b"),
]  # fmt: skip
UNTOLD = [
    "VLOOKUP(A1,A:B,2,0)", "名称*2", "A1:A2", "SUM(A1", "Table1[金额]", "{1,2}", "A1 A2", "1:2", "[1]Sheet!A1",
    "A1^0.5", "TODAY()", "ROUND(1,2,3)", "IF(C1,1,2)", "\"2026-10-31\"+1", "", "=" + "(" * 100 + "1" + ")" * 100,
]  # fmt: skip
FAILS = ["A1/D1", "C1*2", "AVERAGE(C1:D1)", '""+1']


@pytest.mark.parametrize(("formula", "result"), GIVES)
def test_a_formula_gives_what_excel_gives(formula: str, result: str | bool):
    given = evaluation().result(formula, "这里")
    assert (Decimal(result) if isinstance(given, Decimal) else result) == given


@pytest.mark.parametrize("formula", UNTOLD)
def test_what_is_not_plain_arithmetic_is_not_told(formula: str):
    with pytest.raises(Unknown):
        evaluation().result(formula, "这里")


@pytest.mark.parametrize("formula", FAILS)
def test_an_error_value_is_one(formula: str):
    with pytest.raises(ErrorResult):
        evaluation().result(formula, "这里")


def test_a_copied_formula_names_other_cells():
    assert evaluation().result("A1*2", "这里", (1, 0)) == 6
    assert evaluation().result("$A$1*2", "这里", (1, 0)) == 24
    with pytest.raises(ErrorResult):
        evaluation().result("A1", "这里", (-1, 0))


def test_a_budget_holds():
    with pytest.raises(Unknown):
        evaluation(operands=5).result("SUM(A1:B3)", "这里")


def test_what_rounding_leaves_is_nothing():
    assert is_nothing(Decimal("1e-12")) and is_nothing("") and is_nothing(None) and is_nothing(False)
    assert not is_nothing(Decimal("0.000001")) and not is_nothing("0") and not is_nothing(True)


# --- workbooks ---

AMOUNT, BALANCE, FEE, CLOSED, POINT = (
    place(submission(), "B1", column) for column in ("amount", "balance", "valuation_fee", "closed_on", "point_id")
)
RATE_CELL = f"{chr(ord('A') + place(submission(), 'B1', 'rate'))}4"
AMOUNT_CELL = f"{chr(ord('A') + AMOUNT)}4"


def by_library(formulas: dict[tuple[str, int, int], tuple[str, object]]) -> bytes:
    """A valid workbook as xlsxwriter writes it: (sheet, row, column) from 0 → a formula and the result it stores."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, rows in submission().items():
            sheet = book.add_worksheet("封面" if name == "cover" else name)
            above = 0 if name == "cover" else 2
            for number, cells in enumerate(rows, above):
                for column, value in enumerate(cells):
                    if value not in ("", None):
                        is_number = str(value).replace(".", "").isdigit()
                        sheet.write(number, column, float(value) if is_number and name != "cover" else value)
            for (where, row, column), (formula, stored) in formulas.items():
                if where == name:
                    sheet.write_formula(row, column, formula, None, stored)
    return content.getvalue()


def loan(column: int, formula: str, stored: object = 0) -> dict[tuple[str, int, int], tuple[str, object]]:
    return {("B1", 3, column): (formula, stored)}


def test_the_workbook_has_no_finding_without_formulas():
    assert findings(by_library({})) == []


def test_a_zero_that_is_no_result_is_told():
    """A fee of 0 would be accepted without a word: external valuations may be free."""
    content = by_library(loan(FEE, f"={AMOUNT_CELL}*0.0015"))
    assert text_of(content, "valuation_fee") == f"{NOT_COMPUTED}={AMOUNT_CELL}*0.0015"
    (finding,) = findings(content)
    assert (finding["check_id"], finding["row_no"], finding["value"]) == ("S-B1-018", 4, f"={AMOUNT_CELL}*0.0015")
    assert "没有经过计算" in finding["message"] and "F9" in finding["advice"]


def test_a_zero_that_is_a_result_is_one():
    assert text_of(by_library(loan(FEE, f"=MAX(0,{AMOUNT_CELL}-5000)")), "valuation_fee") == "0"
    assert findings(by_library(loan(FEE, f"=ROUND({AMOUNT_CELL}*0,2)"))) == []


def test_a_sum_of_formulas_is_followed():
    """The second formula's operand is itself a 0 that nobody computed."""
    chain = loan(FEE, f"={AMOUNT_CELL}*0.001") | {("B1", 4, FEE): (f"=MAX({chr(ord('A') + FEE)}4,0)", 0)}
    assert {f["row_no"] for f in findings(by_library(chain))} == {4, 5}


def test_a_look_up_is_believed_where_the_writer_computes():
    """One formula of the workbook has a result: so had the others theirs."""
    look_up = '=VLOOKUP("x",A:B,2,0)'
    computed = loan(FEE, look_up) | {("B1", 4, AMOUNT): ("=500*2", 1000)}
    assert findings(by_library(computed)) == []
    (finding,) = findings(by_library(loan(FEE, look_up)))
    assert "没有经过计算" in finding["message"]


def test_a_look_up_is_believed_where_nothing_asks_for_computing():
    """As Excel saves it: whoever asks for nothing has computed."""
    content = by_library(loan(FEE, '=VLOOKUP("x",A:B,2,0)'))
    saved = rewritten(lambda xml: xml.replace(' fullCalcOnLoad="1"', ""), "xl/workbook.xml", content)
    assert content != saved and findings(saved) == []


def test_a_total_on_the_cover_that_nobody_computed_is_told():
    at = next(row for row, cells in enumerate(submission()["cover"]) if cells[0] == "金额 B1")
    letter = chr(ord("A") + BALANCE)
    (finding,) = findings(by_library({("cover", at, 1): (f"=SUM('B1'!{letter}4:{letter}9)", 0)}))
    assert (finding["check_id"], finding["column_code"]) == ("S-COVER-004", "amount_B1")
    assert "没有经过计算" in finding["message"]


def without_result(xml: str) -> str:
    """The text formulas of the sheet without any element for their results."""
    return xml.replace("</f><v>110108-01</v>", "</f>")


def test_a_text_formula_without_result_is_told_in_an_optional_column():
    """The service point of a loan of no such point: absent is not empty."""
    content = by_library(loan(POINT, '=TEXT(1,"0")', "110108-01"))
    assert text_of(content, "point_id") == "110108-01"
    bare = rewritten(without_result, content=content)
    assert text_of(bare, "point_id") == NO_CACHED_VALUE + '=TEXT(1,"0")'
    assert [f["column_code"] for f in findings(bare)] == ["point_id"]


def test_a_formula_copied_down_is_followed_from_where_it_is_written():
    """Written once for the column (`shared`), its copies are worked out from their own rows."""
    master = f'<f t="shared" ref="{chr(ord("A") + FEE)}4:{chr(ord("A") + FEE)}5" si="0">{AMOUNT_CELL}*0</f>'

    def share(xml: str) -> str:
        first, second = f"<f>{AMOUNT_CELL}*0</f>", f"<f>{AMOUNT_CELL[0]}5*0</f>"
        assert first in xml and second in xml
        return xml.replace(first, master).replace(second, '<f t="shared" si="0"/>')

    zeros = loan(FEE, f"={AMOUNT_CELL}*0") | {("B1", 4, FEE): (f"={AMOUNT_CELL[0]}5*0", 0)}
    assert findings(rewritten(share, content=by_library(zeros))) == []

    def uncomputed(xml: str) -> str:
        return share(xml).replace(f">{AMOUNT_CELL}*0</f>", f">{AMOUNT_CELL}*0.001</f>")

    told = findings(rewritten(uncomputed, content=by_library(zeros)))
    assert [(f["row_no"], f["value"]) for f in told] == [(4, f"={AMOUNT_CELL}*0.001"), (5, f"={AMOUNT_CELL}*0.001")]


@pytest.mark.parametrize("stored", [0, ""])
def test_prefilled_rows_that_show_nothing_are_blank(stored: object):
    """Rows for loans to come: each cell asks whether there is one. Whoever opens the file sees nothing in them."""
    prefilled = {
        ("B1", row, column): (f'=IF($AZ{row + 1}="","",VLOOKUP($AZ{row + 1},X:Y,2,0))', stored)
        for row in range(5, 35)
        for column in range(len(ROWS["B1"][0]))
    }
    assert findings(by_library(prefilled)) == []


def test_a_prefilled_row_that_shows_something_is_told():
    prefilled = {("B1", 5, column): ('=IF($A4="","","x")', 0) for column in range(3)}
    assert {f["row_no"] for f in findings(by_library(prefilled))} == {6, None}  # and the cover counts one row less


def test_a_formula_that_names_itself_is_not_worked_out():
    assert findings(by_library(loan(FEE, f"={chr(ord('A') + FEE)}4+1") | {("B1", 4, AMOUNT): ("=500*2", 1000)})) == []


def test_days_are_counted_with():
    """`date` cells take part in arithmetic as Excel's numbers of days."""
    assert evaluation_of_days() == 21


def evaluation_of_days() -> Decimal:
    days = {(0, 0): Decimal((date(2026, 10, 31) - date(1899, 12, 30)).days)}
    given = Evaluation(lambda _, row, column: days.get((row, column)), lambda _: 1)
    return given.result("A1-DATE(2026,10,10)", "这里")
