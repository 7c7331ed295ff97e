"""Figures and titles as the screen writes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pandas as pd
import pytest

from contract.declarations import OUTSIDE, districts
from metrics.explaining.explanation import Explanation, Restated, Source
from metrics.indicators.catalogue import indicator
from metrics.queries.figures.values import Headline
from pages.overview import titles
from pages.shared.cards import figure_html
from pages.shared.explain import changed_by_correction
from pages.shared.format import change, difference, growth, measure, number, shown, signed, with_unit
from pages.shared.series import trend
from pages.shared.tiles import PLACES

CITY_MONEY, MEMBER_MONEY, RATE = measure("万元", "city"), measure("万元", "bank"), measure("%", "city")


@pytest.mark.parametrize(
    ("value", "how", "text"),
    [
        (1_663_149.9, CITY_MONEY, "166.31亿元"),
        (1_663_150.0, CITY_MONEY, "166.32亿元"),  # half up
        (6924.5, MEMBER_MONEY, "6,924.50万元"),
        (33.65, RATE, "33.7%"),
        (1738, measure("户", "city"), "1,738户"),
        (None, RATE, "—"),
        (float("nan"), RATE, "—"),
        (0, RATE, "0.0%"),
    ],
)
def test_a_figure_with_its_unit(value, how, text):
    assert with_unit(value, how) == text


def answered(value: float | None, part: str, restated: Restated) -> Explanation:
    return Explanation(indicator("G12"), "2025-03", "bank", "B001", Decimal(part), None, value, (), (), restated, None)


@pytest.mark.parametrize(
    ("now", "before", "withheld", "told"),
    [
        (100.0, 60.0, False, "曾因更正变动：由60.00%改为100.00%（B001 2025年3月第2版，2025-04-10收到）"),
        (100.0, None, False, "曾因更正变动：由—改为100.00%（B001 2025年3月第2版，2025-04-10收到）"),
        (None, None, False, "曾因更正变动：分子由80.00万元改为90.00万元（B001 2025年3月第2版，2025-04-10收到）"),
        (100.0, None, True, "曾因更正变动：原值不披露"),
    ],
)
def test_what_a_correction_changed_is_told_as_far_as_the_viewer_may_know(now, before, withheld, told):
    by = Source(7, "B001", "2025-03", 2, "2025-03_B001.xlsx", datetime(2025, 4, 10, 9), "accepted")
    restated = Restated(None if withheld else Decimal(80), None, before, withheld, () if withheld else (by,))
    assert changed_by_correction(answered(now, "90", restated), restated, measure("%", "bank", 2)) == told


def test_declared_decimals_hold():
    assert shown(1.125, measure("%", "city", 2)) == "1.13"


def test_differences_of_rates_are_in_percentage_points():
    assert difference(1.12, 1.06, measure("%", "city", 2)) == "+0.06个百分点"
    assert change(30.0, 31.25, RATE) == "−1.3个百分点"


def test_changes_of_amounts_are_in_percent():
    assert change(133.7, 100.0, CITY_MONEY) == "+33.7%"


@pytest.mark.parametrize("base", [None, 0, -5, float("nan")])
def test_there_is_no_growth_on_no_base(base):
    assert growth(10.0, base) is None


def test_what_rounds_to_zero_has_no_sign():
    assert signed(-0.001, 2) == "0.00"
    assert number(-0.001, 2) == "0.00"


def headline(value, last_month=None, last_year=None, code="G12") -> Headline:
    return Headline(code, "city", "BJ", "2026-10", None, None, value, last_month, last_year, ())


@pytest.mark.parametrize(
    ("value", "last_month", "said"),
    [
        (33.7, 35.1, "增速回落至33.7%"),
        (35.1, 33.7, "增速回升至35.1%"),
        (33.7, 33.72, "增速持平于33.7%"),
        (33.7, None, "增速为33.7%"),
        (None, 33.7, "增速暂无可比数据"),
    ],
)
def test_a_growth_title_follows_from_the_figures(value, last_month, said):
    assert trend.growth_title("增速", headline(value, last_month)) == said


def test_a_level_title_says_the_difference_on_the_year():
    assert trend.level_title(headline(38.6, last_year=33.4, code="S01")) == (
        "中长期贷款占比38.60%，比上年同期上升5.20个百分点"
    )
    assert trend.level_title(headline(1_650_000, last_year=1_250_000, code="G01")) == (
        "质押贷款余额165.00亿元，比上年同期增加40.00亿元"
    )


def test_a_leader_title_names_the_greatest():
    frame = pd.DataFrame({"name": ["海淀", "昌平", "东城"], "value": [40.0, 56.0, None]})
    assert titles.leader_title("余额同比增速", frame, RATE) == "昌平余额同比增速最高，为56.0%"


def test_a_movement_title_names_who_moved_it():
    assert (
        titles.movement_title("余额", 29_400, CITY_MONEY, ["甲", "乙"], ["丙"])
        == "余额比上月增加2.94亿元，甲和乙增加最多"
    )
    assert titles.movement_title("余额", -100, CITY_MONEY, ["甲"], ["丙"]) == "余额比上月减少0.01亿元，丙减少最多"
    assert titles.movement_title("余额", 0, CITY_MONEY, [], []) == "余额与上月持平"


def test_every_unit_has_a_tile_of_its_own():
    assert PLACES.keys() == districts().keys() - {OUTSIDE}
    assert len(set(PLACES.values())) == len(PLACES)


def test_what_moved_a_balance_is_said_with_its_reasons():
    said = titles.sources_title("质押贷款余额", 4900.0, CITY_MONEY, [("发放", 106_900.0), ("收回", -70_300.0)])
    assert said == "质押贷款余额比上月增加0.49亿元：发放10.69亿元，收回7.03亿元"
    assert titles.sources_title("不良贷款余额", 0.0, CITY_MONEY, []) == "不良贷款余额与上月持平"


def test_a_title_without_a_figure_tells_the_latest_one():
    """Not 暂无可比数据 beside the column of the month before."""
    before = (("2026-08", 30.0), ("2026-09", 33.7))
    assert trend.growth_title("增速", replace(headline(None), trend=before)) == "增速本期无数据，2026年9月为33.7%"
    assert trend.level_title(replace(headline(None, code="G01"), trend=(("2026-09", 12_345.0),))) == (
        "质押贷款余额本期无数据，2026年9月为1.23亿元"
    )
    withheld = replace(headline(None, code="G01"), trend=(("2026-09", 12_345.0),), withheld=True)
    assert trend.level_title(withheld) == "质押贷款余额不披露"


def test_a_card_without_a_value_says_why_where_that_is_known():
    assert "已退回，尚未受理" in figure_html(headline(None), absent="已退回，尚未受理")
    assert "已退回" not in figure_html(headline(33.7), absent="已退回，尚未受理")
    assert "已退回" not in figure_html(replace(headline(None), withheld=True), absent="已退回，尚未受理")
