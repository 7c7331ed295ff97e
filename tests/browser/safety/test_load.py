"""The viewer without a browser, by which load is measured, sees what a browser would be sent."""

from __future__ import annotations

from collections import Counter

from benchmarks.office import PASSWORD, desks, open_office
from benchmarks.viewer import Opened, open_page, session
from contract.settings import Home
from ledger.access.accounts import with_password
from ledger.access.configured import sign_in
from ledger.access.standing import viewer_of
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


def test_each_viewer_of_a_load_is_a_user_who_can_sign_in(demo_home, tmp_path):
    seated = desks(demo_home, 50)
    assert Counter(desk.viewer.role for desk in seated) == {"analyst": 20, "institution": 20, "district": 10}
    few = [seated[0], seated[20], seated[40]]
    home = Home(open_office(demo_home, tmp_path, "https://localhost:8603", few))
    assert [viewer_of(home, desk.viewer.name) for desk in few] == [desk.viewer for desk in few]
    assert with_password(home, few[0].viewer.name, PASSWORD, "127.0.0.1").name == few[0].viewer.name
    assert not sign_in(home).demonstration and sign_in(home).host == "localhost:8603"
    assert "system" not in few[0].pages and "patterns" not in few[2].pages
