"""What was pinned to the month stands above the remark of the issue that is about the same city or district."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ledger.issues import CITY as CITY_ISSUE
from metrics.indicators.relations import CITY
from pages.results.monthly import desk
from pages.shell.view import View
from tests.published import ANALYST, DISTRICT, HAIDIAN, XICHENG

PINNED = [
    SimpleNamespace(indicator="G01", scope="city", entity=CITY, text="集中<核销>", by="李"),
    SimpleNamespace(indicator="G01", scope="district", entity=HAIDIAN, text="一户结清", by="李"),
    SimpleNamespace(indicator="G09", scope="bank", entity="B001", text="某行的事", by="李"),
]


@pytest.fixture
def pinned(monkeypatch):
    asked = []

    def read_now(view: View, query, **arguments):
        asked.append((query.__name__, arguments))
        return PINNED

    monkeypatch.setattr(desk, "read_now", read_now)
    return asked


def offered(viewer, part: str) -> str:
    return desk.annotated(View(viewer, None, "2026-10", ()), SimpleNamespace(part=part, period="2026-09"))


def test_the_city_s_issue_offers_the_city_s_and_no_member_s(pinned):
    said = offered(ANALYST, CITY_ISSUE)
    assert "<li>质押贷款余额：集中&lt;核销&gt;（李）</li>" in said
    assert "一户结清" not in said and "某行的事" not in said
    assert pinned == [("pinned_in", {"period": "2026-09"})]


def test_a_district_s_issue_offers_its_own_and_another_s_none(pinned):
    assert "一户结清" in offered(ANALYST, HAIDIAN) and "核销" not in offered(ANALYST, HAIDIAN)
    assert offered(ANALYST, XICHENG) == offered(ANALYST, "special") == ""


def test_whom_annotations_are_not_open_to_is_offered_none(pinned):
    assert offered(DISTRICT, HAIDIAN) == "" and pinned == []
