"""What a page shows and gives away follows from the level of the columns drawn, and from no list of pages."""

from __future__ import annotations

import json

import pandas as pd
import pytest
import streamlit as st
from streamlit.dataframe_util import convert_pandas_df_to_arrow_bytes
from streamlit.proto.Delta_pb2 import Delta

from contract import levels as declared
from contract.levels import levels
from metrics.queries.detail.patterns import patterns
from metrics.queries.tasks.declared import task_pages
from pages.detail import followed
from pages.shared import downloads, row_views, tables
from pages.shared.export import exhibit, paper
from pages.shared.export.exhibit import Exhibit
from pages.shell import session
from pages.shell.navigation import BANK, FILING, FIRM, FIRMS, OVERVIEW, PATTERNS, RIGHT, ROWS
from pages.shell.view import View
from tests.published import ANALYST, AUTHORITY

FRAME = pd.DataFrame({"bank": ["甲行"], "borrower": ["演示企业"], "count": [3]})
LOANS = {
    "bank": tables.text("机构"),
    "borrower": tables.held(tables.text("借款人"), "B1.borrower_name"),
    "count": tables.figure("笔数"),
}
SUMS = {"bank": tables.text("机构"), "count": tables.figure("笔数")}
STRICTER = "level,name,shown,export,recorded,years\nsensitive,敏感,bureau,approved,yes,10\nother,其他,list,free,no,5\n"


def drawn(columns: dict) -> Delta:
    delta = Delta()
    made = delta.new_element.dataframe
    made.arrow_data.data = convert_pandas_df_to_arrow_bytes(FRAME[list(columns)])
    made.columns, made.alt = json.dumps(columns), "名单"
    return delta


@pytest.fixture
def offered(monkeypatch) -> list[str]:
    """The buttons that are drawn."""
    labels: list[str] = []
    monkeypatch.setattr(st, "button", lambda label, **_: labels.append(label))
    monkeypatch.setattr(downloads, "button", lambda label, *_, **__: labels.append(label))
    return labels


def test_a_table_with_a_firms_name_has_no_export_and_one_of_sums_has(offered):
    exhibit.button(Exhibit("贷款", FRAME, LOANS), "loans")
    assert offered == []
    exhibit.button(Exhibit("笔数", FRAME, SUMS), "sums")
    assert offered == ["导出"]


def test_such_a_table_does_not_go_onto_the_pages_paper_and_paper_says_so():
    (line,) = paper._pieces(drawn(LOANS).new_element)
    assert line.text == "“名单”含一般-敏感数据，不随本页导出。"
    assert [type(piece).__name__ for piece in paper._pieces(drawn(SUMS).new_element)] == ["Heading", "Grid"]


def test_pages_for_rows_of_loans_and_firms_are_guarded_by_the_level_of_their_areas():
    assert all(entry.guarded for entry in (ROWS, PATTERNS, FIRM, RIGHT, FIRMS))
    assert not any(entry.guarded for entry in (OVERVIEW, FILING, BANK))


def test_every_list_that_tells_of_rows_knows_its_level():
    lists = [followed.LOANS, followed.RIGHTS, followed.KEY_FIRM, followed.CASES, followed.NAMES, followed.PLEDGES]
    lists += [pattern.columns for pattern in patterns().values()]
    assert {row_views.level_of(columns).code for columns in lists} == {"sensitive"}
    sections = {section.query: section.level.code for page in task_pages().values() for section in page.sections}
    told = {query for query, level in sections.items() if level == "sensitive"}
    assert told == {"ceiling_cases", "disposal_cases"}
    assert {"service_points", "mechanisms", "disposal_stages"} <= sections.keys() - told


def test_a_file_of_sensitive_cells_says_so_and_one_of_figures_does_not(own_home, monkeypatch):
    monkeypatch.setattr(downloads, "head_words", lambda home: "查阅记录校验码（截至第3号事件）：ab")
    view = View(ANALYST, _Snapshot, "2026-10", ("2026-10",))
    said = downloads.provenance(view, levels()["sensitive"])
    assert said[-2:] == ("数据级别：一般-敏感", "查阅记录校验码（截至第3号事件）：ab")
    assert downloads.provenance(view, levels()["other"]) == downloads.provenance(view)


def test_a_stricter_level_masks_the_cells_and_takes_the_buttons_away(tmp_path, monkeypatch, offered):
    """As `levels.csv` has it and nowhere else: nothing of the page changes."""
    path = tmp_path / "levels.csv"
    path.write_text(STRICTER, encoding="utf-8")
    changed = declared.read_levels(path)
    for module in (declared, tables):
        monkeypatch.setattr(module, "levels", lambda: changed)
    monkeypatch.setattr("contract.viewer.levels", lambda: changed)
    monkeypatch.setattr(st, "caption", offered.append)
    for viewer, name in ((ANALYST, "演示企业"), (AUTHORITY, "＊＊＊")):
        monkeypatch.setattr(session, "view", lambda viewer=viewer: View(viewer, None, "2026-10", ()))
        shown, columns = tables.masked(FRAME, LOANS)
        assert shown["borrower"].tolist() == [name] and shown["bank"].tolist() == ["甲行"]
        assert columns["borrower"]["label"] == "借款人"
    downloads.buttons(View(ANALYST, _Snapshot, "2026-10", ()), FRAME, {}, name="单", key="k", of=("R4.name",))
    assert offered == ["含敏感数据，须经申请、批准后导出。"]


class _Snapshot:
    number, demonstration = 7, False
