"""Pages as they lie at each size: nothing cut, squeezed, over another or wider than the page, in any role.

The walk takes minutes: `PILOT_THOROUGH=1`. `python -m tests.browser.sight` takes the same walk with pictures.
"""

from __future__ import annotations

import pytest

from tests.browser.screen import THOROUGH, looking_at
from tests.browser.sight import ROLES, SIZES, flaws, walk

pytestmark = pytest.mark.browser

# What a person has to judge: a list may be wider than its place, a long text end at its cell, a dash stand for none;
# slanted labels of a chart have boxes that cross.
TO_BE_JUDGED = {"table wider than its place", "cut cell", "bare dash", "over another"}
# Notes what is written on canvas, before the page's own script is there.
WRITTEN = """() => {
    window.written = new Set();
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        window.written.add(text);
        return draw.call(this, text, ...place);
    };
}"""


@pytest.mark.skipif(not THOROUGH, reason="every page at every size takes minutes: PILOT_THOROUGH=1")
@pytest.mark.parametrize("size", SIZES)
def test_every_part_of_every_page_lies_well(browser, dashboard, subtests, size):
    for sight, screen in walk(browser, dashboard.address, ROLES, (size,)):
        with subtests.test(sight=sight.name):
            assert [flaw for flaw in flaws(screen) if flaw[0] not in TO_BE_JUDGED] == []


def test_a_negative_figure_in_a_table_has_the_sign_of_all_others(browser, dashboard):
    with looking_at(browser, dashboard.address, settled=False) as screen:
        screen.page.add_init_script(f"({WRITTEN})()")
        screen.go(f"{dashboard.address}/evaluation?period=2026-10&kind=bank")
        screen.page.wait_for_function("[...window.written].some(text => /^−\\d/.test(text))")
        assert screen.page.evaluate("[...window.written].filter(text => /^-\\d[\\d.,]*$/.test(text))") == []
