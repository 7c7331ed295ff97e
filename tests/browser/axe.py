"""axe-core on an open page: what it finds serious or critical, by day or by night."""

from __future__ import annotations

from contract.settings import PROJECT
from tests.browser.screen import Screen

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


def bring_axe(screen: Screen) -> None:
    """Once a window: it stays while pages are followed."""
    screen.page.evaluate(AXE.read_text(encoding="utf-8"))


def grave(screen: Screen, *rules: str) -> list[str]:
    """What axe finds serious or critical on the page as it stands."""
    return screen.page.evaluate(RUN, [GRAVE, list(rules) or None])


def turn_to(screen: Screen, scheme: str) -> None:
    """The computer set to day or night; done once the page has taken its colours."""
    screen.page.emulate_media(color_scheme=scheme)
    screen.page.wait_for_function(TAKEN, arg=scheme)
