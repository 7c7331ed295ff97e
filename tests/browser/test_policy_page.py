"""参数试算 by hand in a browser: weights edited one after the other, and past rounds beside today's."""

from __future__ import annotations

import pytest

from tests.browser.screen import Screen, looking_at

pytestmark = pytest.mark.browser

ROW_HEIGHT = 33  # pixels of the editor's header and of each row
WEIGHT = 0.58  # how far to the right the weights stand, of the editor's width
GROWTH, RISK = 1, 14  # rows of the banks' card, counted from the header: G12 and S18


def put(screen: Screen, row: int, text: str) -> None:
    """Types a weight into a row of the first editor."""
    box = screen.page.locator('[data-testid="stDataFrame"]').first.bounding_box()
    screen.page.mouse.dblclick(box["x"] + WEIGHT * box["width"], box["y"] + (row + 0.5) * ROW_HEIGHT)
    cell = screen.page.locator("#portal input")  # opened by the double click, and fetched when first needed
    cell.fill(text)
    cell.press("Enter")
    cell.wait_for(state="detached")
    screen.page.wait_for_timeout(300)
    screen.settle()


def test_weights_are_tried_out_and_what_was_typed_before_stays(browser, dashboard):
    with looking_at(browser, f"{dashboard.address}/policy?part=trial") as screen:
        assert "尚未改动任何数值。" in screen.text()
        put(screen, GROWTH, "5")
        assert "试点机构的评分表的权重合计为95，应为100" in screen.text()
        put(screen, RISK, "17")
        text = screen.text()
        assert {"试点机构G12权重10→5", "试点机构S18权重12→17", "权重合计100"} <= set(text)
        assert any(piece.startswith("试算使") for piece in text)
        assert screen.exceptions() == [] and screen.errors == []
