"""The tour's stops: each is a situation that is planted and a page that is there; a wrong one is told by its number."""

from __future__ import annotations

import pytest

from contract.errors import DeclarationError
from etl.demo.situations import situations
from pages.shell.selections import Warnings
from pages.tour.stops import TOUR, stops


def test_the_ten_stops_are_planted_situations_each_once():
    planted = {(situation.kind, situation.member) for situation in situations()}
    told = [(stop.kind, stop.member) for stop in stops()]
    assert len(told) == len(set(told)) == 10
    assert set(told) <= planted


def test_a_stop_leads_to_its_case():
    selection = next(stop.selection for stop in stops() if stop.kind == "standstill")
    assert selection == Warnings(case="X01-B016-2026-09", period="2026-10")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('page = "filing"', 'page = "no-page"', "第1站所指的页面或网址参数不存在"),
        ('verdict = "missing"', 'colour = "missing"', "第1站所指的页面或网址参数不存在"),
        ('kind = "missing"\n', "", "第1站应有"),
    ],
)
def test_a_wrong_stop_is_told_by_its_number(tmp_path, old, new, said):
    wrong = tmp_path / "tour.toml"
    wrong.write_text(TOUR.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DeclarationError, match=said):
        stops(wrong)
