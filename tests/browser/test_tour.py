"""The tour walked: from its page to each stop, where what it promises is seen."""

from __future__ import annotations

import pytest

from pages.tour.stops import stops
from tests.browser.screen import looking_at
from tests.browser.test_links import main_text

pytestmark = pytest.mark.browser


def test_each_stop_shows_what_it_promises(browser, dashboard, subtests):
    with looking_at(browser, f"{dashboard.address}/tour?as=analyst") as screen:
        links = screen.page.locator("[class*=st-key-stop-] a.way")
        ways = links.evaluate_all("links => links.map(link => link.href)")
        assert len(ways) == len(stops())
        for stop, way in zip(stops(), ways, strict=True):
            with subtests.test(stop=stop.title):
                screen.follow(way)
                text = main_text(screen)
                assert [words for words in stop.shows if words not in text] == []


def test_the_tour_is_not_in_the_menu_before_the_demonstration_is_loaded(browser, nothing):
    with looking_at(browser, nothing.address) as screen:
        assert "/tour" not in screen.navigation()
