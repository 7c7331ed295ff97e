"""A table for paper holds every row, as the screen writes its cells, and no markup from outside."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from pages.shared import on_paper, tables

COLUMNS = {
    "name": tables.text("机构"), "total": tables.figure("得分（分）", 2), "since": st.column_config.DateColumn("自"),
    "on": st.column_config.CheckboxColumn("按时"),
}  # fmt: skip
FRAME = pd.DataFrame(
    {
        "name": ["甲<b>行", None], "total": [-1234.5, float("nan")], "since": [date(2026, 9, 1), None],
        "on": [True, False], "hidden": ["x", "y"],
    }
)  # fmt: skip


def test_cells_are_written_as_on_the_screen():
    html = on_paper.html(FRAME, COLUMNS, "得分")
    assert '<th>机构</th><th class="n">得分（分）</th><th>自</th><th>按时</th>' in html
    assert '<td>甲&lt;b&gt;行</td><td class="n">−1,234.50</td><td>2026-09-01</td><td>是</td>' in html
    assert '<td>—</td><td class="n">—</td><td>—</td><td>否</td>' in html
    assert "hidden" not in html
    assert "前500行" not in html


def test_more_rows_than_paper_takes_are_told():
    many = pd.concat([FRAME.head(1)] * (on_paper.MOST + 2))
    html = on_paper.html(many, COLUMNS, "得分")
    assert html.count("<tr") == on_paper.MOST + 1  # the header
    assert "得分共502行，此处为前500行。" in html
