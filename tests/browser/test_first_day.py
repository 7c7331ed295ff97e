"""The first day of real use: an empty home set up on its pages, one file handed in, and nothing called late."""

from __future__ import annotations

import pytest

from tests.browser.screen import looking_at
from tests.browser.server import serving
from tests.browser.test_pages import faults
from tests.etl.submissions import BANK, PERIOD, submission, workbook

pytestmark = pytest.mark.browser

ROSTER = f"编码,名称,类别,同组,评估上限（万元）,纳入日期\n{BANK},演示银行,机构,城市商业银行,1000,2026-03-02\n"


def test_an_office_is_set_up_and_takes_its_first_file(browser, tmp_path, subtests):
    (tmp_path / "名单.csv").write_text(ROSTER, encoding="utf-8-sig")
    (tmp_path / f"{PERIOD}_{BANK}.xlsx").write_bytes(workbook(submission()))
    with serving(tmp_path / "home", tmp_path / "first.log") as server, looking_at(browser, server.address) as screen:
        page = screen.page
        page.get_by_role("link", name="去启用准备").click()
        page.get_by_role("heading", name="启用准备").wait_for()
        screen.settle()
        page.locator('[data-testid="stFileUploader"] input').set_input_files(tmp_path / "名单.csv")
        page.get_by_role("button", name="登记名单").click()
        page.get_by_text("已发布数据版本第1版").wait_for()
        screen.settle()
        with subtests.test("a list alone"):
            for path in ("/", "/filing", "/warnings", "/setup"):
                screen.follow(server.address + path)
                assert faults(screen) == {}, path
        screen.follow(f"{server.address}/filing?part=upload")
        page.locator('[data-testid="stFileUploader"] input').set_input_files(tmp_path / f"{PERIOD}_{BANK}.xlsx")
        page.get_by_role("button", name="报送并校验1个文件").click()
        page.get_by_text("本次报送结果：1个文件").wait_for(timeout=60_000)
        with subtests.test("one member, one file"):
            for path in screen.navigation():
                screen.follow(server.address + path)
                assert faults(screen) == {}, path
        screen.follow(f"{server.address}/warnings?period={PERIOD}")
        assert not any("迟报或未报" in text for text in screen.text())
        screen.follow(f"{server.address}/filing?period={PERIOD}")
        assert not any("家未报送" in text or text == "○ 未报送" for text in screen.text())
