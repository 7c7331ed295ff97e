"""The filing page in a real browser: from the matrix to a member's filing, and a file handed in."""

from __future__ import annotations

import pytest

from tests.browser.screen import looking_at

pytestmark = pytest.mark.browser


def test_a_cell_of_the_matrix_opens_that_filing(browser, dashboard):
    with looking_at(browser, f"{dashboard.address}/filing?period=2026-10") as screen:
        grid = screen.page.locator('[data-testid="stDataFrame"]').first
        grid.scroll_into_view_if_needed()
        box = grid.bounding_box()
        screen.page.mouse.click(box["x"] + box["width"] - 20, box["y"] + 32 + 16)  # the first member's last month
        screen.page.wait_for_url("**/filing?*part=detail*member=B001*")
        screen.settle()
        assert any("收到时间" in piece for piece in screen.text())


def test_a_returned_version_shows_what_to_mend(browser, dashboard):
    address = f"{dashboard.address}/filing?part=detail&member=B014&period=2026-07&version=1"
    with looking_at(browser, address) as screen:
        text = " ".join(screen.text())
        assert "已退回" in text and "须改正1处" in text and "2026-07-32" in text


def test_a_file_that_is_no_workbook_is_refused_with_the_reason(browser, acted_on, tmp_path):
    broken = tmp_path / "2026-10_B003.xlsx"
    broken.write_bytes("这不是工作簿".encode())
    with looking_at(browser, f"{acted_on.address}/filing?part=upload") as screen:
        screen.page.locator('input[type="file"]').set_input_files(broken)
        screen.settle()
        screen.page.get_by_role("button", name="报送并校验1个文件").click()
        screen.page.get_by_text("本次报送结果").wait_for(timeout=60_000)
        text = " ".join(screen.text())
        assert "已拒收" in text and "数据版本未变" in text and "无法读取" in text
        assert screen.exceptions() == []
