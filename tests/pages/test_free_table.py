"""A free table is laid out as chosen: heads span what they stand over, on the screen and merged in the workbook."""

from __future__ import annotations

import io
import re

import openpyxl
import pandas as pd
import pytest

from metrics.queries.figures.free_table import Subject
from pages.results.free import choices
from pages.results.free.arranged import Head, arranged
from pages.results.free.drawn import html
from pages.results.free.files import as_seen
from pages.shared.format import measure

NAMES = {
    "indicator": {"G01": "余额(万元)", "G09": "不良率(%)"},
    "subject": {"bank-B001": "甲", "bank-B002": "乙<b>"},
    "period": {"2026-09": "2026年9月", "2026-10": "2026年10月"},
}
HOWS = {"G01": measure("万元", "bank", 2), "G09": measure("%", "bank", 2)}
FRAME = pd.DataFrame(
    [
        (code, subject, period, value, code == "G09" and subject == "bank-B002", True)
        for place, code in enumerate(NAMES["indicator"])
        for subject, value in (("bank-B001", 10.125 + place), ("bank-B002", None))
        for period in NAMES["period"]
    ],
    columns=["indicator", "subject", "period", "value", "withheld", "defined"],
)


def texts(line) -> list[str]:
    return [cell if isinstance(cell, str) else f"{cell.value}" for cell in line]


def test_heads_span_the_columns_below_them_and_the_rows_beside_them():
    table = arranged(FRAME, NAMES, HOWS, ("subject", "indicator"), ("period",))
    assert table.corner == ("对象", "指标")
    assert table.over == ((Head("2026年9月", 1), Head("2026年10月", 1)),)
    assert table.beside == (
        (Head("甲", 2), Head("余额(万元)", 1)),
        (None, Head("不良率(%)", 1)),
        (Head("乙<b>", 2), Head("余额(万元)", 1)),
        (None, Head("不良率(%)", 1)),
    )
    assert [texts(line) for line in table.cells] == [
        ["10.125", "10.125"], ["11.125", "11.125"], ["—", "—"], ["不披露", "不披露"],
    ]  # fmt: skip
    turned = arranged(FRAME, NAMES, HOWS, ("period",), ("indicator", "subject"))
    assert turned.over[0] == (Head("余额(万元)", 2), Head("不良率(%)", 2))
    assert [texts(line) for line in turned.cells] == [["10.125", "—", "11.125", "不披露"]] * 2


def test_what_is_defined_for_nobody_is_left_out():
    frame = FRAME.assign(defined=FRAME["indicator"].eq("G01"))
    table = arranged(frame, NAMES, HOWS, ("indicator",), ("subject", "period"))
    assert table.beside == ((Head("余额(万元)", 1),),)


def linked(key: dict[str, str], said: str) -> str:
    return f'<a href="{key["indicator"]}-{key["subject"]}-{key["period"]}">{said}</a>'


def test_the_screen_writes_names_as_text():
    drawn = html(arranged(FRAME, NAMES, HOWS, ("subject",), ("indicator", "period")), "表", linked)
    assert '<th scope="row" rowspan="1">乙&lt;b&gt;</th>' in drawn
    assert '<th scope="colgroup" colspan="2" class="over">余额(万元)</th>' in drawn
    assert re.search(r'<td class="n"><a href="G01-\S+-2026-09">10.13</a></td>', drawn)


def test_the_workbook_is_merged_as_seen_and_holds_figures():
    table = arranged(FRAME, NAMES, HOWS, ("subject", "indicator"), ("period",))
    sheet = openpyxl.load_workbook(io.BytesIO(as_seen(table, "余额/表", ("内部资料 注意保存",)))).active
    lines = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert lines[:2] == [["余额/表"], ["内部资料 注意保存"]]
    assert lines[3:6] == [["对象", "指标", "2026年9月", "2026年10月"], ["甲", "余额(万元)", 10.125, 10.125],
                          ["不良率(%)", 11.125, 11.125]]  # fmt: skip
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A5:A6", "A7:A8"}
    assert sheet["C5"].number_format == "#,##0.00"


@pytest.mark.parametrize(
    ("rows", "columns", "laid"),
    [
        (["subject"], ["period"], (("subject",), ("period", "indicator"))),
        (["subject", "period"], ["subject"], (("subject", "period"), ("indicator",))),
        (["period", "subject", "indicator"], ["period"], (("period", "subject"), ("indicator",))),
    ],
)
def test_each_dimension_stands_once(rows, columns, laid):
    assert choices.laid(rows, columns) == laid


def test_spans_end_with_the_period():
    known = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
    assert choices.periods_of("3", "2026-10", known) == ["2026-08", "2026-09", "2026-10"]
    assert choices.periods_of("years", "2026-10", known) == ["2025-12", "2026-10"]
    assert choices.periods_of("quarters", "2025-07", known) == ["2025-03", "2025-06", "2025-07"]


def test_all_of_a_kind_are_chosen_at_once():
    known = (Subject("city", "BJ", "合计"), Subject("bank", "B001", "甲"), Subject("bank", "B002", "乙"))
    assert list(choices.options(known)) == ["city-BJ", "bank-all", "bank-B001", "bank-B002"]
    chosen = choices.chosen(known, ["bank-B002", "bank-all", "city-BJ"])
    assert [one.code for one in chosen] == ["bank-B002", "bank-B001", "city-BJ"]
