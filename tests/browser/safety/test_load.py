"""The viewer without a browser, by which load is measured, sees what a browser would be sent."""

from __future__ import annotations

from benchmarks.viewer import Opened, open_page, session
from tests.browser.server import apart


async def looked(address: str, pages: list[tuple[str, str]]) -> list[Opened]:
    async with session(address) as line:
        return [await open_page(line, page, query) for page, query in pages]


def test_pages_stand_and_a_page_without_right_is_no_error(dashboard):
    """What is asked for by link and is not for the viewer is a refusal in words, as pages have it."""
    asked = [("overview", ""), ("filing", ""), ("policy", "as=institution-B001")]
    opened = apart(looked(dashboard.address, asked))
    assert [page.page for page in opened] == [page for page, _ in asked]
    assert [page.failed for page in opened] == [False, False, False]
    assert opened[0].received > 50_000
