"""Any page becomes A4 from what it has drawn: in its order, with every row, without what is folded or a form."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import plotly.io
import pytest
from streamlit.dataframe_util import convert_pandas_df_to_arrow_bytes
from streamlit.proto.Delta_pb2 import Delta

from briefing.paper.screen_page import Chart, Grid, Heading, Line, write
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from pages.shared import charts, tables
from pages.shared.drawing import Sent
from pages.shared.export.markup import pieces_of
from pages.shared.export.paper import MOST_ROWS, page_of
from pages.shell.navigation import EVALUATION
from pages.shell.view import View

BUILT = datetime(2026, 11, 16, 9, 0)
VIEW = View(
    Viewer("a", "甲", "analyst"), Snapshot(7, Path("none"), BUILT, BUILT, True, "2026-10"), "2026-10", ("2026-10",)
)


def element(**parts: dict) -> Delta:
    """One element, by its kind and its fields."""
    delta = Delta()
    for kind, fields in parts.items():
        made = getattr(delta.new_element, kind)
        for name, value in fields.items():
            setattr(made, name, value)
    return delta


def block(kind: str, **fields: object) -> Delta:
    delta = Delta()
    made = getattr(delta.add_block, kind)
    made.SetInParent()
    for name, value in fields.items():
        setattr(made, name, value)
    return delta


def dataframe(frame: pd.DataFrame, columns: dict) -> Delta:
    delta = Delta()
    made = delta.new_element.dataframe
    made.arrow_data.data = convert_pandas_df_to_arrow_bytes(frame)
    made.columns, made.alt = json.dumps(columns), "名单"
    return delta


def pieces(drawn: dict) -> tuple:
    return page_of(VIEW, EVALUATION, drawn, {}).pieces


def test_the_page_says_what_it_shows_as_of_when_and_for_whom():
    delta = Delta()
    box = delta.new_element.selectbox
    box.label, box.raw_value, box.set_value = "指标", "不良率", True
    page = page_of(VIEW, EVALUATION, {(0, 1): delta}, {"kind": "bank"})
    assert (page.title, page.marking) == ("日常评价", "内部资料 注意保存")
    assert page.about[0] == "截至2026年10月末　数据版本第7版　分析员"
    assert {"演示数据，不得作为真实情况使用", "所选内容：指标 不良率", "页面地址参数：kind=bank"} < set(page.about)
    assert page.foot.startswith("导出人：甲　导出时间：")


def test_elements_come_in_the_order_of_the_page_whenever_they_were_drawn():
    drawn = {
        (0, 10): element(text={"body": "第三"}),
        (0, 2, 0): element(text={"body": "第二"}),
        (0, 1): element(heading={"tag": "h2", "body": "第一"}),
    }
    assert pieces(drawn) == (Heading("第一", 1), Line("第二"), Line("第三"))


@pytest.mark.parametrize(
    ("around", "shown"),
    [
        (block("expandable", expanded=False), ()),
        (block("expandable", expanded=True), (Line("内容"),)),
        (block("popover", label="开"), ()),
        (block("form", form_id="f"), ()),
        (block("dialog", title="开"), ()),
        (block("vertical", border=True), (Line("内容"),)),
    ],
)
def test_what_is_folded_and_forms_are_left_out(around, shown):
    assert pieces({(0, 1): around, (0, 1, 0): element(text={"body": "内容"})}) == shown


def test_a_table_has_every_row_written_as_on_the_screen():
    frame = pd.DataFrame({
        "name": ["甲", None], "share": [12.345, float("nan")], "late": [True, False],
        "at": pd.to_datetime(["2026-11-16 09:12", None]), "course": [[1.0, 2.0], [3.0]],
    })  # fmt: skip
    columns = {
        "name": tables.text("机构"),
        "share": tables.figure("占比(%)", 1),
        "late": {"label": "迟报"},
        "at": {"label": "收到", "type_config": {"type": "datetime", "format": "YYYY-MM-DD HH:mm"}},
        "course": {"label": "走势", "type_config": {"type": "line_chart"}},
    }
    assert pieces({(0, 0): dataframe(frame, columns)}) == (
        Heading("名单", 3),
        Grid(
            ("机构", "占比(%)", "迟报", "收到"),
            (("甲", "12.3", "是", "2026-11-16 09:12"), ("—", "—", "否", "—")),
            (1,),
        ),
    )


def test_rows_left_out_of_a_very_long_table_are_told():
    heading, grid, told = pieces({(0, 0): dataframe(pd.DataFrame({"n": range(MOST_ROWS + 5)}), {})})
    assert (heading.text, len(grid.rows)) == ("名单", MOST_ROWS)
    assert told.text == "共2,005行，此处列前2,000行，其余见导出的表格。"


def test_html_becomes_headings_lines_and_tables_and_never_markup():
    html = (
        '<header class="page"><h1>日常评价</h1></header><h3 class="chart-title">甲&lt;b&gt;最高</h3>'
        '<p class="chart-about">单位，%</p><style>p { color: red }</style>'
        '<div class="on-paper"><table><tr><td>再次</td></tr></table></div>'
        '<table><thead><tr><th>机构</th><th class="n">得分</th></tr></thead>'
        '<tbody><tr><td rowspan="2">甲</td><td class="n">1.0</td></tr><tr><td>2.0</td></tr></tbody></table>'
    )
    assert pieces_of(html) == [
        Heading("甲<b>最高", 3), Line("单位，%", True), Grid(("机构", "得分"), (("甲", "1.0"), ("", "2.0")), (1,)),
    ]  # fmt: skip


def test_a_chart_is_drawn_from_what_the_browser_was_sent():
    figure = charts.blank(200)
    figure.add_bar(x=pd.Series(["甲", "乙"]), y=pd.Series([3.0, 1.5]))
    spec = plotly.io.to_json(Sent(figure), validate=False)
    drawn = {(0, 0): element(plotly_chart={"spec": spec, "alt": "甲最高。单位，%"})}
    (chart,) = pieces(drawn)
    assert isinstance(chart, Chart) and chart.svg.startswith("<?xml") and chart.words == "甲最高。单位，%"


def test_the_file_is_a_pdf_and_its_words_are_no_code():
    page = page_of(VIEW, EVALUATION, {(0, 0): element(text={"body": "#panic() $x$ *甲*"})}, {})
    assert write(page).startswith(b"%PDF")
