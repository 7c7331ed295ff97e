"""Lists and case files on paper: upright or across, heads on every page, the same content the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO

import docx

from briefing.paper.printed import Printed, Section, plain_text, table
from briefing.paper.printed_word import write

CONTENT = Printed(
    "试点名单（2026-11-16）",
    ("内部资料 注意保存",),
    (
        table(
            "试点机构", {"name": "名称", "ceiling": "上限"}, [{"name": "演示银行甲", "ceiling": 1000}, {"name": "乙"}]
        ),
        Section("说明", ("第一行", "第二行")),
    ),
    datetime(2026, 11, 16),
)


def opened(content: Printed):
    return docx.Document(BytesIO(write(content)))


def test_tables_and_lines_stand_in_order_with_absent_cells_empty():
    file = opened(CONTENT)
    texts = [paragraph.text for paragraph in file.paragraphs]
    assert texts == ["试点名单（2026-11-16）", "内部资料 注意保存", "试点机构", "说明", "第一行", "第二行"]
    (printed,) = file.tables
    assert [[cell.text for cell in row.cells] for row in printed.rows] == [
        ["名称", "上限"],
        ["演示银行甲", "1000"],
        ["乙", ""],
    ]
    heads = ["w:tblHeader" in row._tr.xml for row in printed.rows]
    assert heads == [True, False, False]


def test_a_wide_one_lies_across_and_its_columns_fill_the_page():
    upright, across = opened(CONTENT).sections[0], opened(replace(CONTENT, wide=True)).sections[0]
    assert (upright.page_width, upright.page_height) == (across.page_height, across.page_width)
    width = across.page_width - across.left_margin - across.right_margin
    shares = [column.width for column in opened(replace(CONTENT, wide=True)).tables[0].columns]
    assert 0 <= width - sum(shares) < 1000  # of 360,000 to a centimetre


def test_a_demonstration_says_so_first():
    warned = replace(CONTENT, warning="演示数据，不得作为真实情况使用")
    assert opened(warned).paragraphs[0].text.startswith("演示数据")
    assert plain_text(warned).splitlines()[0].startswith("演示数据")


def test_the_same_content_gives_the_same_bytes_and_text():
    assert write(CONTENT) == write(CONTENT)
    listed = "试点机构\n名称        上限\n演示银行甲  1000\n乙"
    assert plain_text(CONTENT) == f"试点名单（2026-11-16）\n内部资料 注意保存\n\n{listed}\n\n说明\n第一行\n第二行\n"
