"""Charts: every glyph there, the same picture each time, also from several threads, and with gaps in the figures."""

import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from briefing.issue.compose import compose_city
from briefing.issue.content import Chart, Panel, Series, charts
from briefing.paper.charts import picture
from tests.briefing.samples import document, source

MONTHS = tuple(f"2026-{month:02}" for month in range(1, 11))


def line(*series: Series) -> Chart:
    return Chart("增速", "图1　增速", (Panel("line", "余额同比增速", "%", 1, MONTHS, series),))


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_no_glyph_is_missing_and_the_picture_is_always_the_same(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for chart in charts(document("昇腾与堃").sections):
            assert picture(chart, kind) == picture(chart, kind)


def test_threads_do_not_disturb_each_other():
    chart = charts(document().sections)[0]
    alone = picture(chart, "png")
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: picture(chart, "png"), range(8))) == {alone}


def test_gaps_and_nothing_at_all_can_be_drawn():
    gaps = tuple(None if at % 3 else Decimal(at - 4) for at in range(10))
    for series in (gaps, (None,) * 10, (Decimal(0),) * 10):
        assert picture(line(Series("同口径", series), Series("全部报送", series, "context")), "png")
        assert picture(line(Series("同比增速", series)), "png")


def test_a_chart_says_what_it_shows():
    board = """
    2026-10 . . G01 1683250
    2026-10 . . G12 24.6 1683250 1350000
    2026-10 . . G17 24.6 1683250 1350000
    2025-12 . . G12 33.7
    """
    (first, *_) = charts(compose_city(source(board)).sections)
    assert first.caption == "图1　余额168.33亿元，同比增速由上年末的33.7%降至24.6%"
    changed = board.replace("G17 24.6 1683250 1350000", "G17 21.1 1500000 1238645")
    (first, *_) = charts(compose_city(source(changed)).sections)
    assert first.caption == "图1　余额168.33亿元，同口径同比增速21.1%"
    assert [series.name for series in first.panels[1].series] == ["同口径", "全部报送"]


def test_svg_is_outlines_so_it_needs_no_font():
    drawn = picture(line(Series("同比增速", tuple(map(Decimal, range(10))))), "svg").decode()
    assert "<text" not in drawn and not re.search(r"font-family", drawn)
