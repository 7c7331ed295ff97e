"""A table or chart that is taken away says what it is and keeps its figures; a picture shows those figures."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import plotly.graph_objects as go
import pytest
import streamlit as st

from contract.settings import PROJECT
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from pages.shared import charts, tables
from pages.shared.drawing import Drawing
from pages.shared.export.exhibit import Exhibit, as_csv, as_picture, as_xlsx
from pages.shared.export.pictures import drawn, picture
from pages.shared.export.traces import TRACES
from pages.shell.view import View

BUILT = datetime(2026, 11, 16, 9, 0)
VIEW = View(
    Viewer("a", "甲", "analyst"), Snapshot(7, Path("none"), BUILT, BUILT, True, "2026-10"), "2026-10", ("2026-10",)
)
FRAME = pd.DataFrame({
    "name": ["=甲", "乙"],
    "share": [12.345, float("nan")],
    "late": [True, False],
    "course": [[1.0, 2.0], [2.0]],
})  # fmt: skip
COLUMNS = {
    "name": tables.text("机构"),
    "share": tables.figure("占比(%)", 1, help="占全部的比重"),
    "late": st.column_config.CheckboxColumn("迟报"),
    "course": st.column_config.LineChartColumn("近12期"),
}
EXHIBIT = Exhibit("甲/乙：余额", FRAME, COLUMNS, "余额，亿元", indicators=("G01",))


def test_a_text_file_holds_the_rows_and_says_what_they_are():
    rows = list(csv.reader(io.StringIO(as_csv(EXHIBIT, VIEW).decode("utf-8-sig"))))
    assert rows[:5] == [["机构", "占比(%)", "迟报"], ["'=甲", "12.345", "是"], ["乙", "", "否"], [], ["甲/乙：余额"]]
    said = [row[0] for row in rows[5:]]
    assert said[:2] == ["报告期：2026年10月", "余额，亿元"]
    assert said[2].startswith("质押贷款余额（G01）：")
    assert said[3:6] == ["占比(%)：占全部的比重", "内部资料 注意保存", "演示数据，不得作为真实情况使用"]
    assert re.fullmatch(r"导出人：甲　导出时间：\d{4}-\d\d-\d\d \d\d:\d\d　数据版本第7版", said[6])


def test_a_workbook_shows_the_decimals_of_the_screen_and_holds_the_figure():
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(EXHIBIT, VIEW))).active
    assert sheet.title == "甲　乙：余额"
    assert sheet["A1"].value == "甲/乙：余额"
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == 12.345]
    assert (cell.number_format, cell.data_type) == ("#,##0.0", "n")
    assert sheet.cell(cell.row, 1).data_type == "s"


def lengths(figure: Drawing) -> list[float]:
    (axes,) = drawn(figure.figure()).axes
    return [round(bar.get_width(), 6) for bar in axes.patches]


def test_a_bar_of_a_picture_is_as_long_as_its_figure():
    figure = charts.bars_chart(["甲", "乙", "丙"], [3.0, 1.5, -2.0], 1)
    assert lengths(figure) == [3.0, 1.5, -2.0]
    (axes,) = drawn(figure.figure()).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["甲", "乙", "丙"]
    assert axes.yaxis_inverted()
    assert [text.get_text() for text in axes.texts] == ["3.0", "1.5", "−2.0"]


def test_stacked_bars_stand_upon_each_other():
    figure = charts.blank(200)
    figure.add_bar(x=["一月"], y=[2.0])
    figure.add_bar(x=["一月"], y=[5.0])
    figure.update_layout(barmode="stack")
    (axes,) = drawn(figure.figure()).axes
    assert [(bar.get_y(), bar.get_height()) for bar in axes.patches] == [(0, 2), (2, 5)]


def test_steps_begin_where_the_last_one_ended():
    figure = charts.blank(200)
    figure.add_waterfall(
        x=["上月", "增", "减", "本月"],
        y=[10.0, 4.0, -3.0, 11.0],
        measure=["absolute", "relative", "relative", "absolute"],
    )
    (axes,) = drawn(figure.figure()).axes
    assert [(bar.get_y(), bar.get_height()) for bar in axes.patches] == [(0, 10), (10, 4), (14, -3), (0, 11)]


def test_a_line_breaks_where_there_is_no_value_and_carries_its_reference():
    figure = charts.line_chart(
        ["2026-01", "2026-02", "2026-03"], {"甲": [1.0, None, 3.0]}, 1, "%", references={"界限": 2.0}
    )
    (axes,) = drawn(figure.figure()).axes
    line, reference = axes.lines[0], axes.lines[-1]
    assert [None if value != value else value for value in line.get_ydata()] == [1.0, None, 3.0]
    assert list(reference.get_ydata()) == [2.0, 2.0]
    assert {text.get_text() for text in axes.texts} == {"甲 3.0", "界限 2.0"}


def test_names_of_lines_that_end_close_stand_apart():
    assert charts.ends_apart([[1.0, 5.0], [9.0, 5.2], [None, 9.0]]) == ["bottom right", "top right", "middle right"]
    assert charts.ends_apart([[100.0, 100.0], [100.0, 100.0], [None]]) == [
        "bottom right", "top right", "middle right",
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_picture_is_made_in_both_kinds_with_markup_taken_as_words(kind, begins):
    exhibit = Exhibit("甲", FRAME, COLUMNS, figure=charts.bars_chart(["<b>甲</b>$x$"], [1.0], 1))
    assert as_picture(exhibit, VIEW, kind).startswith(begins)


def test_a_chart_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="pie"):
        picture(go.Figure(go.Pie(values=[1])), "png", "", ())


PAGES = sorted((PROJECT / "pages").rglob("*.py"))


def test_every_kind_of_trace_on_the_pages_can_be_drawn():
    known = {name for name in dir(go) if hasattr(getattr(go, name), "_valid_props")}
    used = {kind for path in PAGES for kind in re.findall(r"\.add_([a-z]+)\(", path.read_text(encoding="utf-8"))}
    assert {
        kind for kind in used if kind.capitalize() in known and kind not in ("shape", "annotation")
    } <= TRACES.keys()


def test_tables_and_charts_are_drawn_where_they_can_be_taken_away():
    """Nothing else calls the framework's table or chart: the matrix has its own cells, the answers their own file."""
    own = {"pages/shared/tables.py", "pages/shared/charts.py"}
    cells = {"pages/supervision/filing/matrix.py", "pages/supervision/filing/answering.py"}
    calls = re.compile(r"\bst\.(dataframe|plotly_chart|table|bar_chart|line_chart)\(")
    found = {path.relative_to(PROJECT).as_posix() for path in PAGES if calls.search(path.read_text(encoding="utf-8"))}
    assert found == own | cells
