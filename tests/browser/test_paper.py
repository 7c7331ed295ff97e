"""Pages on paper: printed by the browser as A4 and read back; the meeting is one sheet, a ranking loses no row."""

from __future__ import annotations

import io
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import current
from metrics.queries.members.roster import members
from tests.browser.screen import Screen, looking_at

pytestmark = pytest.mark.browser
A4 = (595, 842)  # points
SUPPLEMENT = str.maketrans("⺠⻓⻔⻛⻚⻅⻋⻢⻰", "民长门风页见车马龙")  # radicals that no normal form knows


def printed(screen: Screen) -> PdfReader:
    return PdfReader(io.BytesIO(screen.page.pdf(prefer_css_page_size=True, print_background=True)))


def words(paper: PdfReader) -> str:
    """The text without spaces; what a font has for a radical (⼀) as the character that it is (一)."""
    text = normalize("NFKC", "".join("".join(page.extract_text() for page in paper.pages).split()))
    return text.translate(SUPPLEMENT)


def test_the_meeting_is_one_sheet_of_paper(browser, dashboard):
    with looking_at(browser, f"{dashboard.address}/meeting") as screen:
        paper = printed(screen)
    assert len(paper.pages) == 1
    assert tuple(round(side) for side in paper.pages[0].mediabox[2:]) == A4
    text = words(paper)
    for heading in ("会商", "一、变化", "二、待议事项", "三、上次会商的落实", "数据版本第"):
        assert heading in text
    for pressed in ("登记会商", "演示登录·角色", "指标字典"):
        assert pressed not in text


def test_a_ranking_and_a_matrix_lose_no_row(browser, dashboard, demo_home):
    listed = members(Viewer("demo", "演示", "analyst"), current(Home(demo_home)))
    banks = listed.loc[(listed["kind"] == "bank") & listed["state"].isin(("active", "watch", "rectify")), "short_name"]
    assert len(banks) > 25
    for path in ("evaluation", "filing", "roster"):
        with looking_at(browser, f"{dashboard.address}/{path}") as screen:
            text = words(printed(screen))
        assert [name for name in banks if name not in text] == [], path
