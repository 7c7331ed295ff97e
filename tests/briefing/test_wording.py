"""Figures as a briefing says them; every expected text is worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import wording


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("168.325", 2, "168.33"),  # half up, not half even
        ("168.335", 2, "168.34"),
        ("-0.005", 2, "-0.01"),
        ("-0.004", 2, "0.00"),  # no negative zero
        ("1750", 0, "1750"),
        ("1E+3", 0, "1000"),
    ],
)
def test_rounds_half_up(value, places, text):
    assert wording.plain(Decimal(value), places) == text


def test_a_stored_double_is_the_decimal_it_prints_as():
    assert wording.exact(2.675) == Decimal("2.675")
    assert wording.plain(wording.exact(2.675), 2) == "2.68"


@pytest.mark.parametrize(("value", "text"), [("2.345", "+2.3"), ("-2.35", "-2.4"), ("0.04", "0.0")])
def test_signed(value, text):
    assert wording.plain(Decimal(value), 1, signed=True) == text


@pytest.mark.parametrize(
    ("wan", "text"),
    [
        ("1683250", "168.33亿元"),
        ("50", "0.01亿元"),
        ("49.99", "49.99万元"),
        ("-49.99", "-49.99万元"),
        ("0", "为零"),
    ],
)
def test_city_money(wan, text):
    assert wording.city_money(Decimal(wan)) == text


@pytest.mark.parametrize(
    ("now", "base", "text"),
    [
        ("133.7", "100", "同比增长33.7%"),
        ("98", "100", "同比下降2.0%"),
        ("100", "100", "同比持平"),
        ("100.04", "100", "同比基本持平"),
        ("200", "100", "同比增长100.0%"),
        ("200.1", "100", "同比增长1.00倍"),  # above 100 percent in times
        ("224", "100", "同比增长1.24倍"),
        ("0", "100", "同比下降100.0%"),
        ("5", "0", "上年同期为零，不计算增速"),
        ("5", "-3", "上年同期为负，不计算增速"),
        ("5", None, "上年同期无可比数据"),
    ],
)
def test_growth_on_the_year_before(now, base, text):
    assert wording.year_on_year(Decimal(now), None if base is None else Decimal(base)) == text


@pytest.mark.parametrize(
    ("now", "base", "text"),
    [
        ("1.02", "0.97", "上升0.05个百分点"),
        ("0.97", "1.02", "下降0.05个百分点"),
        ("1.02", "1.02", "持平"),
        ("1.024", "1.02", "基本持平"),
    ],
)
def test_rates_differ_in_points_and_never_in_percent(now, base, text):
    assert wording.shift(Decimal(now), Decimal(base)) == text


def test_a_growth_rate_stands_high_or_low_beside_another():
    assert wording.shift(Decimal("24.6"), Decimal("33.7"), "高", "低", 1) == "低9.1个百分点"


@pytest.mark.parametrize(
    ("now", "base", "text"),
    [
        ("8.3", "9.6", "同比缩短1.3天"),
        ("9.6", "8.3", "同比延长1.3天"),
        ("8.3", "8.3", "同比持平"),
        ("8.32", "8.3", "同比基本持平"),
        ("8.3", None, "上年同期无可比数据"),
    ],
)
def test_days(now, base, text):
    assert wording.days_on_year(Decimal(now), None if base is None else Decimal(base)) == text


def test_a_word_for_several_changes_needs_all_of_them():
    up, down, neutral = Decimal(1), Decimal(-1), "贷款结构"
    assert wording.direction([up, up], "上升", "下降", neutral) == "上升"
    assert wording.direction([down, down], "上升", "下降", neutral) == "下降"
    assert wording.direction([up, down], "上升", "下降", neutral) == neutral
    assert wording.direction([up, None], "上升", "下降", neutral) == neutral
    assert wording.direction([up, Decimal(0)], "上升", "下降", neutral) == neutral
    assert wording.direction([], "上升", "下降", neutral) == neutral


def test_rounded_parts_that_do_not_add_up_are_noticed():
    thirds = [Decimal(100) / 3] * 3  # 33.3 three times is 99.9
    assert not wording.adds_up(thirds, Decimal(100), 1)
    assert wording.adds_up([Decimal("33.3"), Decimal("66.7")], Decimal(100), 1)


def test_names_in_a_row():
    assert wording.listing([]) == ""
    assert wording.listing(["海淀区"]) == "海淀区"
    assert wording.listing(["海淀区", "朝阳区", "昌平区"]) == "海淀区、朝阳区和昌平区"


def test_periods():
    assert wording.month_name("2026-02") == "2026年2月"
    assert wording.month_end("2026-10") == "10月末"
    assert wording.year_to_date("2026-10") == "1—10月"
    assert wording.year_to_date("2026-01") == "1月"


@given(st.decimals(-(10**9), 10**9, places=6), st.integers(0, 3))
def test_rounding_is_never_off_by_more_than_half_a_unit(value, places):
    assert abs(wording.half_up(value, places) - value) <= Decimal(5).scaleb(-places - 1)
