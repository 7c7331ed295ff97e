"""A figure's card: how it changed, and what is lacking where nothing can be told."""

from __future__ import annotations

import pytest

from metrics.indicators.catalogue import indicator
from metrics.queries.figures.values import Headline
from pages.shared.cards import ABSENT, figure_html
from pages.shared.format import WITHHELD, change, measure

PIECES, MONEY, RATE = measure("笔", "bank"), measure("万元", "bank"), measure("%", "bank", 2)


@pytest.mark.parametrize(
    ("value", "base", "how", "told"),
    [
        (12, 10, PIECES, "+20.0%"),
        (1, 0, PIECES, "+1笔"),  # from nothing there is no percentage
        (0, 0, PIECES, "0笔"),
        (150, 0, MONEY, "+150.00万元"),
        (1.5, 1, RATE, "+0.50个百分点"),
        (1, None, PIECES, None),
        (None, 0, PIECES, None),
    ],
)
def test_a_change_is_told_in_percent_as_long_as_there_was_something(value, base, how, told):
    assert change(value, base, how) == told


def headline(**given: object) -> Headline:
    known = {"part": None, "whole": None, "value": None, "last_month": None, "last_year": None, "trend": ()}
    return Headline(indicator="G02", scope="city", entity="BJ", period="2026-09", **(known | given))


def test_a_card_without_a_value_or_a_base_says_what_is_lacking():
    assert indicator("G02").unit == "户"
    first = figure_html(headline(value=5))
    assert "上月无可比数" in first and "上年无可比数" in first
    assert ABSENT in figure_html(headline())
    assert "尚未到期" in figure_html(headline(), absent="尚未到期")
    hidden = figure_html(headline(withheld=True))
    assert WITHHELD in hidden and "无可比数" not in hidden
