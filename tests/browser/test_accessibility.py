"""Every page looked over by axe-core, by day and by night; with `PILOT_THOROUGH=1` every part of each."""

from __future__ import annotations

from collections import defaultdict

import pytest

from contract.settings import PROJECT
from tests.browser.screen import THOROUGH, Screen, looking_at
from tests.browser.test_links import addresses

pytestmark = pytest.mark.browser

AXE = PROJECT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
# Rule, then the first place where it is broken, of each grave finding; None for all rules.
RUN = """async ([grave, rules]) => {
    const only = rules ? {runOnly: {type: 'rule', values: rules}} : {};
    const told = await axe.run(document, {resultTypes: ['violations'], ...only});
    return told.violations.filter(rule => grave.includes(rule.impact)).flatMap(rule => rule.nodes.map(
        node => `${rule.id}: ${node.html.slice(0, 160)} ${node.failureSummary.split('\\n').pop().trim()}`));
}"""
# Some parts of the framework fade from one light to the other; a colour half-way is nobody's choice.
TAKEN = """scheme => getComputedStyle(document.querySelector('[data-testid="stApp"]')).colorScheme === scheme
    && document.getAnimations().every(animation => animation.playState !== 'running')"""
UNREADABLE = """() => {
    document.querySelector('header.page').insertAdjacentHTML('beforeend', '<b style="color: #ccc">淡字</b>');
}"""


def grave(screen: Screen, *rules: str) -> list[str]:
    """What axe finds serious or critical on the page as it stands."""
    return screen.page.evaluate(RUN, [GRAVE, list(rules) or None])


def turn_to(screen: Screen, scheme: str) -> None:
    """The computer set to day or night; done once the page has taken its colours."""
    screen.page.emulate_media(color_scheme=scheme)
    screen.page.wait_for_function(TAKEN, arg=scheme)


def test_no_page_has_a_grave_finding_by_day_or_by_night(browser, dashboard):
    """All rules in the light that the page opens in; then, in the other, that of contrast, which alone differs.

    Within the suite each page in one of the two, by turns.
    """
    findings = defaultdict(set)
    schemes = ["light", "dark"]
    with looking_at(browser, f"{dashboard.address}/?as=analyst") as screen:
        screen.page.evaluate(AXE.read_text(encoding="utf-8"))
        paths = screen.navigation()
        for address in addresses(paths) if THOROUGH else [f"{path}?" for path in paths]:
            screen.follow(f"{dashboard.address}{address}&period=2026-10")
            looked = list(zip(schemes, ((), ("color-contrast",)), strict=True))
            for scheme, rules in looked if THOROUGH else looked[:1]:
                turn_to(screen, scheme)
                for finding in grave(screen, *rules):
                    findings[f"{scheme} {finding}"].add(address)
            schemes.reverse()  # the next page opens as this one was left
    assert findings == {}


def test_axe_finds_what_is_planted(browser, dashboard):
    with looking_at(browser, f"{dashboard.address}/rules") as screen:
        screen.page.evaluate(AXE.read_text(encoding="utf-8"))
        screen.page.evaluate(UNREADABLE)
        assert [finding.split(":")[0] for finding in grave(screen)] == ["color-contrast"]
