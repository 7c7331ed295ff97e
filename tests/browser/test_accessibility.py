"""Every part of every page looked over by axe-core, by day and by night; `test_pages` has each page in one of them."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.browser.axe import bring_axe, grave, turn_to
from tests.browser.screen import THOROUGH, looking_at
from tests.browser.test_links import addresses

pytestmark = pytest.mark.browser

UNREADABLE = """() => {
    document.querySelector('header.page').insertAdjacentHTML('beforeend', '<b style="color: #ccc">淡字</b>');
}"""


@pytest.mark.skipif(not THOROUGH, reason="every part of every page takes minutes: PILOT_THOROUGH=1")
def test_no_part_has_a_grave_finding_by_day_or_by_night(browser, dashboard):
    """All rules in the light that the page opens in; then, in the other, that of contrast, which alone differs."""
    findings = defaultdict(set)
    schemes = ["light", "dark"]
    with looking_at(browser, f"{dashboard.address}/?as=analyst") as screen:
        bring_axe(screen)
        for address in addresses(screen.navigation()):
            screen.follow(f"{dashboard.address}{address}&period=2026-10")
            for scheme, rules in zip(schemes, ((), ("color-contrast",)), strict=True):
                turn_to(screen, scheme)
                for finding in grave(screen, *rules):
                    findings[f"{scheme} {finding}"].add(address)
            schemes.reverse()  # the next page opens as this one was left
    assert findings == {}


def test_axe_finds_what_is_planted(browser, dashboard):
    with looking_at(browser, f"{dashboard.address}/rules") as screen:
        bring_axe(screen)
        screen.page.evaluate(UNREADABLE)
        assert [finding.split(":")[0] for finding in grave(screen)] == ["color-contrast"]
