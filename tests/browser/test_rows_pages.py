"""The journeys through rows: from a figure to the rows behind it and to a file; a firm and a right across banks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from contract.settings import Home
from ledger.audit import EXPORTED, Audit, looks, stands_for
from ledger.events import Ledger
from ledger.givings import EVENTS, givings
from tests.browser.screen import HEIGHT, WIDTH, Screen, looking_at
from tests.browser.server import Server, serving
from tests.browser.test_pages import faults

pytestmark = pytest.mark.browser

PHONE = (390, 844)


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of its own, since what is looked at is recorded in it."""
    return Home(Path(shutil.copytree(demo_home, tmp_path_factory.mktemp("rows") / "home")))


@pytest.fixture(scope="module")
def server(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(home.root, tmp_path_factory.mktemp("rows-server") / "streamlit.log") as server:
        yield server


def choose_first_row(screen: Screen, key: str) -> None:
    """The mark before the first row of a table, which is drawn on a canvas."""
    table = screen.page.locator(f'[class*="st-key-{key}"] [data-testid="stDataFrame"]').first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    screen.page.mouse.click(box["x"] + 17, box["y"] + 50)
    screen.drawn()


def turn_to(screen: Screen, role: str) -> None:
    box = screen.page.get_by_role("combobox", name="演示登录")
    box.scroll_into_view_if_needed()
    box.click()
    screen.page.get_by_role("option", name=role, exact=True).click()
    screen.drawn()


def counted(screen: Screen) -> list[str]:
    """The strip of what all rows come to, piece by piece."""
    return screen.page.locator(".counts").inner_text().split("\n")


def test_a_figure_leads_to_its_rows_a_filter_and_a_file(browser, server, home, tmp_path):
    with looking_at(browser, f"{server.address}/dictionary?code=G01") as screen:
        screen.go(f"{server.address}/rows?kind=loans&of=A&scope=city&entity=BJ&figure=G01.part")
        whole = counted(screen)
        assert "质押贷款余额（G01）" in whole
        page = screen.page
        page.get_by_role("button", name="添加筛选").click()
        box = page.get_by_role("combobox", name="按哪一列")
        box.click()
        box.fill("期末余额")
        page.keyboard.press("Enter")
        screen.drawn()
        page.get_by_label("不低于").fill("5000")
        page.get_by_role("button", name="筛选", exact=True).click()
        screen.drawn()
        assert "filters=balance%3D5000.." in page.url
        assert counted(screen) != whole
        page.keyboard.press("Escape")
        choose_first_row(screen, "rows-")
        facts = page.locator("table.facts").inner_text()
        assert {"文件", "工作表", "行号", "报送版本", "收到时间"} <= set(facts.replace("\t", "\n").split("\n"))
        assert faults(screen) == {}
        with page.expect_download() as download:
            page.get_by_role("button", name="导出CSV").click()
        download.value.save_as(tmp_path / "rows.csv")
        link, told = page.url, counted(screen)
        # The file's address is this browser's alone, as long as it lasts.
        own, other = page.context.request, browser.new_context()
        assert own.get(download.value.url).status == 200
        assert other.request.get(download.value.url).status == 401
        other.request.get(server.address, headers={"Accept": "text/html"})
        assert other.request.get(download.value.url).status == 403
        other.close()
    content = (tmp_path / "rows.csv").read_bytes()
    text = content.decode("utf-8-sig")
    assert "内部资料 注意保存" in text and "导出人：演示分析员" in text and "期末余额：5000及以上" in text
    taken = looks(home)[0]
    assert (taken.kind, taken.user, taken.sha256) == (EXPORTED, "demo-analyst", sha256(content).hexdigest())
    assert f"{taken.rows}笔" in told
    with looking_at(browser, link) as screen:  # a colleague's window
        assert counted(screen) == told
    Audit(home.audit).verify()


def test_a_figures_explanation_leads_to_its_rows(browser, server):
    with looking_at(browser, f"{server.address}/overview") as screen:
        screen.page.get_by_role("link", name="口径").first.click()
        screen.drawn()
        screen.page.get_by_role("dialog").get_by_role("link", name="明细（贷款）").first.click()
        screen.page.wait_for_url("**/rows?**")
        screen.drawn()
        assert "质押贷款余额（G01）" in counted(screen)
        assert faults(screen) == {}


def test_a_firm_is_followed_across_banks_to_a_right(browser, server, home):
    with looking_at(browser, f"{server.address}/patterns") as screen:
        choose_first_row(screen, "pattern-twice")
        screen.page.get_by_role("link", name="这家企业的全部情况").click()
        screen.page.wait_for_url("**/firm?**")
        screen.drawn()
        uscc = screen.page.url.partition("uscc=")[2].partition("&")[0]
        assert {"贷款", "存续贷款的质物", "各机构报送的名称"} <= set(screen.text())
        assert stands_for(uscc) in looks(home)[0].selection
        choose_first_row(screen, "firm-rights")
        screen.page.get_by_role("link", name="这件权利的质押情况").click()
        screen.page.wait_for_url("**/right?**")
        screen.drawn()
        assert "谁接受过质押" in screen.text()
        assert faults(screen) == {}


def test_a_district_sees_its_points_and_firms_and_no_loan(browser, server):
    with looking_at(browser, f"{server.address}/rows") as screen:
        turn_to(screen, "区级用户")
        kinds = screen.page.get_by_role("radio").all_inner_texts()
        assert kinds == ["服务点", "重点企业"]
        assert faults(screen) == {}
        screen.page.goto(f"{server.address}/rows?kind=loans")
        screen.drawn()
        turn_to(screen, "区级用户")
        assert "无权查看" in screen.text()


STATES = (
    "rows", "rows?kind=rights", "rows?kind=cases", "rows?kind=points", "rows?kind=firms",
    "rows?filters=balance%3Dx..", "rows?filters=loan_no%3D%E6%97%A0", "patterns?pattern=split&share=20&days=300",
    "patterns?pattern=expiring", "firm", "firm?uscc=%E5%8C%BB%E8%8D%AF", "right", "right?number=none",
)  # fmt: skip

# How many pixels of the list lie beyond its edge, to be moved there sideways.
BEYOND = """() => {
    const list = document.querySelector('[class*="st-key-rows-"] .dvn-scroller');
    return list ? list.scrollWidth - list.clientWidth : 0;
}"""


def test_every_state_of_the_pages_is_whole(browser, server, subtests):
    """At a desk and on a phone; at a desk all columns of a list beside each other."""
    with looking_at(browser, server.address) as screen:
        for address in STATES:
            screen.follow(f"{server.address}/{address}")
            for width, height in ((WIDTH, HEIGHT), PHONE):
                with subtests.test(address=address, width=width):
                    screen.page.set_viewport_size({"width": width, "height": height})
                    screen.settle()
                    assert faults(screen) == {}
                    assert width < WIDTH or screen.page.evaluate(BEYOND) == 0


def test_rows_are_given_to_others_by_two_persons_and_once(browser, server, home, tmp_path):
    with looking_at(browser, f"{server.address}/rows?kind=loans&filters=balance%3D5000..") as screen:
        page = screen.page
        page.get_by_role("button", name="申请对外提供").click()
        page.get_by_role("textbox", name="接收单位").fill("演示协作局")
        page.get_by_role("textbox", name="用途和依据").fill("联合核查")
        page.get_by_role("button", name="申请", exact=True).click()
        page.get_by_text("已登记为2026年第1号对外提供，待另一人批准").wait_for(timeout=30_000)
        screen.go(f"{server.address}/giving")
        assert not page.get_by_role("button", name="批准", exact=True).count()  # not for who asks
        turn_to(screen, "复核人")
        page.get_by_role("button", name="批准", exact=True).click()
        page.get_by_role("button", name="确认批准").click()
        page.get_by_text("2026年第1号对外提供已批准").wait_for(timeout=30_000)
        turn_to(screen, "分析员")
        with page.expect_download() as download:
            page.get_by_role("button", name="领出文件").click()
        download.value.save_as(tmp_path / "given.xlsx")
        page.get_by_role("button", name="领出文件").click()
        page.get_by_text("没能给出文件").wait_for(timeout=30_000)
        assert faults(screen) == {}
    (given,) = givings(Ledger(home.ledger).events(*EVENTS)).values()
    assert (given.proposer, given.approver, given.given_by) == ("demo-analyst", "demo-supervisor", "demo-analyst")
    content = (tmp_path / "given.xlsx").read_bytes()
    (taken,) = [look for look in looks(home) if (look.kind, look.what) == (EXPORTED, "giving")]
    assert taken.sha256 == given.paper.sha256 == sha256(content).hexdigest()
    assert (taken.level, taken.rows, taken.address) == ("sensitive", given.draft.rows, "127.0.0.1")
    assert {"acted", "page_opened"} <= {look.kind for look in looks(home) if look.user == "demo-supervisor"}
