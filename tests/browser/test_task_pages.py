"""The journey through the task pages: from 总览 to a task, to a member, to its records; and as a district sees them."""

from __future__ import annotations

import pytest

from metrics.queries.tasks.declared import task_pages
from pages.shell.selections import Task
from tests.browser.screen import HEIGHT, THOROUGH, WIDTH, Screen, looking_at
from tests.browser.test_pages import faults

pytestmark = pytest.mark.browser

PHONE = (390, 844)
PERIOD = "2026-10"


def heading(screen: Screen) -> str:
    return screen.page.locator("header.page h1").inner_text()


def choose(screen: Screen, label: str, option: str) -> None:
    """Chooses in a selection box by what it is called: typed, since a long list draws what is in sight alone."""
    box = screen.page.get_by_role("combobox", name=label)
    box.click()
    box.fill(option)
    screen.page.get_by_role("option", name=option).click()
    screen.drawn()


def open_part(screen: Screen, name: str) -> None:
    screen.page.get_by_role("radio", name=name, exact=True).click()
    screen.drawn()


def test_a_task_is_followed_from_the_overview_to_a_banks_records(browser, dashboard):
    with looking_at(browser, dashboard.address) as screen:
        screen.page.get_by_role("link", name="进入服务机制").click()
        screen.page.wait_for_url("**/service?**")
        screen.drawn()
        assert heading(screen).startswith("服务机制")
        assert f"period={PERIOD}" in screen.page.url
        assert {"中长期贷款占比", "单列信贷计划完成率"} <= set(screen.text())
        open_part(screen, "各项记录")
        assert [text for text in screen.text() if text.startswith("审批用时中位数：绿色通道")]
        choose(screen, "查看对象", "演示城商银行01（试点机构）")
        assert "of=bank-B018" in screen.page.url
        assert [text for text in screen.text() if text.startswith("本年受奖")]
        assert faults(screen) == {}
        link = screen.page.url
    with looking_at(browser, link) as screen:
        assert screen.page.get_by_role("combobox", name="查看对象").input_value() == "演示城商银行01（试点机构）"
        assert screen.page.get_by_role("radio", name="各项记录", exact=True).is_checked()


def test_an_indicators_explanation_leads_to_its_task(browser, dashboard):
    with looking_at(browser, f"{dashboard.address}/dictionary?code=C07") as screen:
        screen.page.get_by_role("link", name="查看任务“协同”").click()
        screen.page.wait_for_url("**/coordination?**")
        screen.drawn()
        assert screen.page.get_by_role("combobox", name="指标").input_value() == "重点企业获贷率"
        assert screen.page.get_by_role("radio", name="机构与地区", exact=True).is_checked()
        screen.page.get_by_role("link", name="口径").click()
        screen.drawn()
        dialog = screen.page.get_by_role("dialog")
        assert "重点企业获贷率" in dialog.inner_text()
        assert dialog.get_by_role("link", name="查看任务“协同”").is_visible()


def test_every_part_of_every_task_is_whole(browser, dashboard, artifacts, subtests):
    """At a desk; the first part on a phone too, the others with `PILOT_THOROUGH=1`."""
    with looking_at(browser, dashboard.address) as screen:
        for address in task_pages():
            for part in Task.PARTS:
                screen.follow(f"{dashboard.address}/{address}?part={part}")
                with subtests.test(page=address, part=part, at="desk"):
                    assert faults(screen) == {}
                    if THOROUGH:
                        screen.photograph(artifacts / f"{WIDTH}x{HEIGHT}", f"{address}-{part}")
                if THOROUGH or part == next(iter(Task.PARTS)):
                    with subtests.test(page=address, part=part, at="phone"):
                        screen.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
                        screen.settle()
                        assert faults(screen) == {}
                        screen.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


def test_a_district_sees_its_own_and_the_citys_and_no_bank(browser, dashboard, subtests):
    with looking_at(browser, f"{dashboard.address}/registration") as screen:
        choose(screen, "演示登录 · 角色", "区级用户")
        chosen = screen.page.get_by_role("combobox", name="查看对象")
        assert chosen.input_value().endswith("（试点地区）")
        for title in (page.title for page in task_pages().values()):
            screen.page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
            screen.drawn()
            for part in Task.PARTS.values():
                with subtests.test(page=title, part=part):
                    open_part(screen, part)
                    assert faults(screen) == {}
                    text = " ".join(screen.page.get_by_test_id("stMain").all_inner_texts())
                    assert "演示国有银行" not in text and "演示股份银行" not in text
                    assert heading(screen).startswith(title)
