"""The journeys of two people in a browser, on an office of three banks that two of them have filed to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser.screen import Screen, looking_at
from tests.browser.server import Server, serving
from tests.browser.test_links import main_text
from tests.browser.test_task_pages import choose
from tests.etl.submissions import PERIOD, change, submission, workbook
from tests.processes import run_here

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NOW = "2026-11-16T09:00:00"
BANKS = {"B001": "演示甲银行", "B002": "演示乙银行", "B003": "演示丙银行"}
HEAD = "编码,名称,类别,同组,评估上限（万元）,纳入日期"
PUBLISHED_MS = 240_000  # for a data version to be made on a busy machine
ACT_MS = 60_000
MOST_TABS = 160
# What the focus is on: its words where it is a thing and no region, or that it is the canvas of a table; and whether a
# person sees that it is there.
FOCUSED = """() => {
    const at = document.activeElement, words = at.innerText ?? '';
    return at.matches('canvas') ? 'canvas' : at.matches('button, a, summary, input') ? words : '';
}"""
OUTLINED = """() => {
    const style = getComputedStyle(document.activeElement);
    return document.activeElement.matches('canvas') || style.outlineStyle !== 'none' || style.boxShadow !== 'none';
}"""
HEADER, ROW = 35, 35  # pixels of a table on canvas


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("office")
    lines = [HEAD, *(f"{code},{name},机构,城市商业银行,1000,2026-01-05" for code, name in BANKS.items())]
    (folder / "名单.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    sent = [folder / f"{PERIOD}_{bank}.xlsx" for bank in ("B002", "B003")]
    for path, bank in zip(sent, ("B002", "B003"), strict=True):
        path.write_bytes(workbook(submission(bank)))
    home = folder / "home"
    for command in (("etl", "register", folder / "名单.csv"), ("etl", "load", *sent)):
        assert run_here(*command, home=home, PILOT_NOW=NOW).returncode == 0, command
    with serving(home, folder / "server.log", PILOT_NOW=NOW) as server:
        yield server


def said(screen: Screen, words: str, within: int = ACT_MS) -> None:
    """Waits until the page says so, and is whole."""
    screen.page.get_by_text(words).first.wait_for(timeout=within)
    screen.settle()
    assert screen.exceptions() == []


def published(screen: Screen) -> None:
    said(screen, "已生成，本页已按新版本显示", PUBLISHED_MS)


def mark_row(screen: Screen, table: Locator, row: int = 0) -> None:
    """Clicks the mark ahead of a row of a table on canvas."""
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    screen.page.mouse.click(box["x"] + 16, box["y"] + HEADER + ROW * row + ROW / 2)
    screen.drawn()


def hand_in(screen: Screen, path: Path) -> None:
    screen.page.locator('input[type="file"]').first.set_input_files(path)
    screen.page.get_by_role("button", name="报送并校验1个文件").click()
    said(screen, "本次报送结果：1个文件")
    published(screen)


def test_an_upload_is_returned_mended_accepted_and_explained(browser, office, tmp_path):
    path = tmp_path / f"{PERIOD}_B001.xlsx"
    detail = f"/filing?part=detail&member=B001&period={PERIOD}"
    with looking_at(browser, f"{office.address}/filing?part=upload&as=institution-B001") as screen:
        path.write_bytes(workbook(change(submission("B001"), "B1", {"disbursed_on": "2026-13-40"})))
        hand_in(screen, path)
        assert "已退回" in main_text(screen) and "2026-13-40" in main_text(screen)
        path.write_bytes(workbook(submission("B001")))
        hand_in(screen, path)
        assert "已受理·待说明" in main_text(screen)
        screen.follow(office.address + detail)
        mark_row(screen, screen.page.get_by_role("region", name="可说明或答复的问题"))
        screen.page.get_by_label("说明原因或异议理由").fill("服务点台账次月补录")
        screen.page.get_by_role("button", name="提交说明").click()
        said(screen, "提交说明：已登记1个问题。")
    with looking_at(browser, f"{office.address}{detail}&as=analyst") as screen:
        assert "服务点台账次月补录" in main_text(screen)
        mark_row(screen, screen.page.get_by_role("region", name="可说明或答复的问题"))
        screen.page.get_by_label("确认或退回的依据").fill("已核对台账")
        screen.page.get_by_role("button", name="确认说明、认可异议").click()
        said(screen, "确认说明、认可异议：已登记1个问题。")


def propose(screen: Screen, document: str) -> None:
    screen.page.get_by_label("文号").fill(document)
    screen.page.get_by_role("button", name="提出，待另一人批准").click()
    said(screen, "事项，待另一人批准")


def approve(boss: Screen, document: str, effect: str) -> None:
    """The second person reads what approving will do, and approves."""
    boss.page.reload()
    boss.settle()
    card = boss.page.locator('[class*="st-key-proposal-"]').filter(has_text=document).first
    card.get_by_role("button", name="批准").click()
    said(boss, effect)
    boss.page.get_by_role("button", name="确认批准").click()
    said(boss, "号事项已批准")
    published(boss)


def test_one_trigger_leads_to_watch_and_release_and_another_to_exit(browser, office, tmp_path):
    """Two windows: who proposes, and who approves."""
    paper = tmp_path / "陈述申辩.txt"
    paper.write_text("我行对退出无异议", encoding="utf-8")
    case = f"{office.address}/warnings?period={PERIOD}&case="
    with (
        looking_at(browser, f"{office.address}/roster?part=decisions&as=supervisor") as boss,
        looking_at(browser, f"{case}X03-B002-{PERIOD}&as=analyst") as screen,
    ):
        screen.page.get_by_role("link", name="提出决定").click()
        screen.page.wait_for_url("**/roster?**")
        screen.drawn()
        propose(screen, "试〔2026〕1号")
        approve(boss, "试〔2026〕1号", "由“在册”转为“关注”")
        screen.follow(f"{office.address}/roster?part=decisions&decision=release&member=B002")
        screen.page.get_by_label("事由").fill("得分回升")
        propose(screen, "试〔2026〕2号")
        approve(boss, "试〔2026〕2号", "由“关注”转为“在册”")
        screen.follow(f"{case}X04-B003-2026-02")
        screen.page.get_by_role("link", name="提出决定").click()
        screen.page.wait_for_url("**/roster?**")
        screen.drawn()
        choose(screen, "决定", "退出")
        propose(screen, "试〔2026〕3号")
        card = screen.page.locator('[class*="st-key-proposal-"]').filter(has_text="试〔2026〕3号").first
        card.get_by_role("button", name="登记告知").click()
        said(screen, "已登记告知，陈述申辩至")
        card.get_by_role("button", name="登记陈述申辩").click()
        form = screen.page.get_by_test_id("stPopoverBody")
        form.locator('input[type="file"]').set_input_files(paper)
        screen.drawn()
        form.get_by_role("button", name="登记").click()
        said(screen, "事项的陈述申辩已登记")
        approve(boss, "试〔2026〕3号", "由“在册”转为“退出”")
        screen.follow(f"{office.address}/roster?part=history&member=B003")
        assert "退出" in main_text(screen) and "试〔2026〕3号" in main_text(screen)


def take(screen: Screen, step: str, document: str = "") -> None:
    """Signs the next step of the round."""
    if document:
        screen.page.get_by_label("文号", exact=True).fill(document)
    screen.page.get_by_role("button", name=f"办理：{step}").click()
    said(screen, f"轮次已办理“{step}”")


def test_a_round_is_held_to_its_end_with_an_objection(browser, office, tmp_path):
    paper = tmp_path / "依据.txt"
    paper.write_text("补报的台账", encoding="utf-8")
    page_of_round = f"{office.address}/evaluation?period={PERIOD}"
    with looking_at(browser, f"{page_of_round}&as=analyst") as screen:
        screen.page.get_by_text("轮次办理").click()
        screen.drawn()
        for step in ("开启", "自评", "初评", "反馈异议"):
            take(screen, step)
        published(screen)
    with looking_at(browser, f"{page_of_round}&as=institution-B002") as screen:
        screen.page.get_by_label("理由").fill("台账口径有误")
        screen.page.locator('input[type="file"]').last.set_input_files(paper)
        screen.drawn()
        screen.page.get_by_role("button", name="提出异议").click()
        said(screen, "异议2026年第1号已登记，待答复")
    with looking_at(browser, f"{page_of_round}&as=supervisor") as screen:
        screen.page.get_by_text("轮次办理").click()
        screen.drawn()
        take(screen, "复审")
        card = screen.page.locator('[class*="st-key-objection-"]').first
        card.get_by_role("button", name="不成立").or_(card.get_by_role("radio", name="不成立")).first.click()
        card.get_by_label("理由").fill("按报送期末数计算，口径无误")
        card.get_by_role("button", name="答复").click()
        said(screen, "异议2026年第1号已答复")
        take(screen, "定评")
        take(screen, "通报", "试〔2026〕9号")
        take(screen, "归档")
        said(screen, "全部步骤已办结")


def tab_to(screen, name: str) -> None:
    """Goes on by the tab key until the focus is on what is called so, and can be seen to be."""
    for _ in range(MOST_TABS):
        screen.page.keyboard.press("Tab")
        if name in screen.page.evaluate(FOCUSED):
            assert screen.page.evaluate(OUTLINED), name
            return
    raise AssertionError(f"the keyboard does not come to {name}")


def test_a_figure_on_the_first_page_is_followed_to_its_cell_by_keyboard_alone(browser, office):
    with looking_at(browser, f"{office.address}/?period={PERIOD}&as=analyst") as screen:
        tab_to(screen, "口径")
        screen.page.keyboard.press("Enter")
        dialog = screen.page.get_by_role("dialog")
        dialog.get_by_test_id("stDataFrame").first.wait_for(timeout=ACT_MS)
        screen.drawn()
        tab_to(screen, "上档键（⇧）加空格键选中一行")
        tab_to(screen, "canvas")
        screen.page.keyboard.press("ArrowDown")
        screen.page.keyboard.press("Shift+Space")
        screen.drawn()
        dialog.locator("mark").first.wait_for(timeout=ACT_MS)
        assert dialog.locator("mark").first.inner_text() == "800.5"
        assert f"{PERIOD}_B00" in dialog.inner_text() and "标出的单元格计入本指标" in dialog.inner_text()
