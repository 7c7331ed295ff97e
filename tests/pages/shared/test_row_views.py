"""Rows on a page: recorded once a look, before they are drawn; in words; links only for who may see them."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st

from contract.errors import LedgerError
from contract.levels import levels
from contract.settings import home
from ledger.audit import looks
from metrics.indicators.catalogue import indicator
from metrics.indicators.relations import relations
from metrics.queries.detail.kinds import columns_of
from metrics.queries.detail.selection import Filter
from pages.overview.waterfall import rows_of_steps
from pages.shared import row_views
from pages.shell import url
from pages.shell.navigation import FIRM, ROWS
from pages.shell.view import View
from tests.published import ANALYST, DISTRICT, HAIDIAN, INSTITUTION

SNAPSHOT = SimpleNamespace(number=7)
SENSITIVE = levels()["sensitive"]
VIEW = View(ANALYST, SNAPSHOT, "2026-10", ("2026-10",))


@pytest.fixture
def session(monkeypatch, own_home) -> dict:
    monkeypatch.setattr(st, "session_state", {url.ADDRESS: ROWS.address})
    return st.session_state


def recorded() -> list[tuple]:
    return [(look.what, look.rows, look.number, look.selection) for look in reversed(looks(home()))]


def test_a_page_drawn_anew_is_one_look_and_other_rows_another(session, monkeypatch):
    row_views.seen(VIEW, "loans", {"set": "A"}, 50, SENSITIVE, "rows")
    row_views.seen(VIEW, "loans", {"set": "A"}, 50, SENSITIVE, "rows")
    assert recorded() == [("loans", 50, 7, "set=A")]
    row_views.seen(VIEW, "loans", {"set": "A", "page": "2"}, 50, SENSITIVE, "rows")
    row_views.seen(VIEW, "cases", {"set": "K"}, 3, SENSITIVE, "rows")
    row_views.seen(VIEW, "loans", {"set": "A", "page": "2"}, 50, SENSITIVE, "rows")  # beside the cases
    assert [what for what, *_ in recorded()] == ["loans", "loans", "cases"]
    session[url.ADDRESS] = FIRM.address
    row_views.seen(VIEW, "loans", {"set": "A", "page": "2"}, 50, SENSITIVE, "rows")
    assert len(recorded()) == 4


def test_a_look_at_rows_of_a_level_that_asks_for_no_record_leaves_none(session):
    row_views.seen(VIEW, "points", {"set": "R1"}, 12, levels()["other"], "points")
    assert recorded() == []


def test_the_same_rows_after_a_while_are_another_look(session, monkeypatch):
    row_views.seen(VIEW, "loans", {"set": "A"}, 50, SENSITIVE, "rows")
    later = row_views.monotonic() + row_views.ONE_LOOK + 1
    monkeypatch.setattr(row_views, "monotonic", lambda: later)
    row_views.seen(VIEW, "loans", {"set": "A"}, 50, SENSITIVE, "rows")
    assert len(recorded()) == 2


def test_rows_that_cannot_be_recorded_are_not_shown(session):
    home().audit.mkdir(parents=True)
    with pytest.raises(LedgerError):
        row_views.seen(VIEW, "loans", {}, 1, SENSITIVE, "rows")


def test_cells_are_said_in_words_and_what_is_absent_stays_absent():
    columns = columns_of(relations()["B1"])
    shown = {code: columns[code] for code in ("bank", "ip_types", "one_stop", "district", "balance", "closed_on")}
    frame = pd.DataFrame([["B001", "patent,data", True, "110108", Decimal("1.500000"), None]], columns=list(shown))
    said = row_views.in_words(frame, shown, {"B001": "甲行"})
    assert said.iloc[0].tolist() == ["甲行", "专利、数据知识产权", "是", "海淀", Decimal("1.5"), None]


@pytest.mark.parametrize(
    ("viewer", "scope", "entity", "leads"),
    [
        (ANALYST, "city", "BJ", True),
        (ANALYST, "bank", "B002", True),
        (INSTITUTION, "bank", "B001", True),
        (INSTITUTION, "bank", "B002", False),
        (INSTITUTION, "city", "BJ", False),
        (DISTRICT, "district", HAIDIAN, False),
    ],
)
def test_the_loans_behind_a_bar_are_linked_for_who_may_see_them(viewer, scope, entity, leads):
    ways = row_views.loans_behind(
        View(viewer, SNAPSHOT, "2026-10", ()), scope, entity, Filter("size", codes=("small",))
    )
    assert bool(ways) == leads
    if leads:
        assert ways[0].parameters() == {
            "period": "2026-10", "kind": "loans", "of": "A", "scope": scope, "entity": entity, "figure": "G01.part",
            "filters": "size=small",
        }  # fmt: skip


STEPS = ("before", "disbursed", "repaid", "written_off", "transferred", "after")


def linked(view: View, scope: str, entity: str, of: str, steps: tuple[str, ...] = STEPS) -> dict[str, dict]:
    return {words: vars(rows) for rows, words in rows_of_steps(view, scope, entity, of, steps)}


def test_the_steps_of_a_movement_lead_to_the_rows_of_one_report_each():
    ways = linked(VIEW, "bank", "B001", "balance")
    assert [(words, way["period"], way["of"]) for words, way in ways.items()] == [
        ("上月明细", "2026-09", "A"),
        ("发放明细", "2026-10", "B1"),
        ("核销明细", "2026-10", "B1"),
        ("转让明细", "2026-10", "B1"),
        ("本月明细", "2026-10", "A"),
    ]
    assert ways["发放明细"]["filters"] == "disbursed_on=2026-10-01..2026-10-31"
    assert ways["核销明细"]["filters"] == "status=written_off"
    assert {(way["scope"], way["entity"]) for way in ways.values()} == {("bank", "B001")}
    assert list(linked(VIEW, "bank", "B001", "balance", ("before", "after"))) == ["上月明细", "本月明细"]
    bad = linked(VIEW, "bank", "B001", "npl")
    assert list(bad) == ["上月明细", "核销明细", "本月明细"]
    assert bad["本月明细"]["figure"] == "G08.part"


def test_who_may_not_see_the_rows_gets_no_way_to_them():
    for viewer in (DISTRICT, INSTITUTION):
        view = View(viewer, SNAPSHOT, "2026-10", ("2026-10",))
        assert linked(view, "city", "city", "balance") == {}
        assert row_views.rows_behind(view, indicator("G01"), "bank", "B002") == ()
    own = row_views.rows_behind(View(INSTITUTION, SNAPSHOT, "2026-10", ()), indicator("G01"), "bank", "B001", "“甲”")
    assert [words for _, words in own] == ["查看“甲”明细（贷款）"]
