"""Acts in a real browser: checked without handing in, answered before publishing, papers and consequences beside."""

from __future__ import annotations

import pytest

from tests.browser.screen import Screen, looking_at
from tests.etl.submissions import change, submission, workbook

pytestmark = pytest.mark.browser
PUBLISHED_MS = 240_000  # for a data version to be made on a busy machine


def as_role(screen: Screen, name: str) -> None:
    box = screen.page.get_by_role("combobox", name="演示登录 · 角色")
    box.click()
    box.press("ArrowDown")  # the first click after writing only ends the writing
    screen.page.get_by_role("option", name=name, exact=True).click()
    screen.settle()


def test_a_file_is_checked_first_and_then_handed_in_with_an_answer_at_once(browser, acted_on, tmp_path):
    path = tmp_path / "2026-10_B003.xlsx"
    path.write_bytes(workbook(change(submission(), "B1", {"disbursed_on": "2026-13-40"})))
    with looking_at(browser, f"{acted_on.address}/filing?part=upload") as screen:
        page = screen.page
        page.locator('input[type="file"]').set_input_files(path)
        page.get_by_role("button", name="先校验，不报送").click()
        page.get_by_text("预先校验结果（未报送，未计版本）").wait_for(timeout=60_000)
        screen.settle()
        assert any("2026-13-40" in piece for piece in screen.text())
        with page.expect_download() as marked:
            page.get_by_role("button", name="下载标注问题的工作簿").click()
        assert marked.value.suggested_filename == "B003_2026-10_预先校验.xlsx"
        assert "本次报送结果" not in " ".join(screen.text())
        page.get_by_role("button", name="报送并校验1个文件").click()
        page.get_by_text("本次报送结果：1个文件").wait_for(timeout=60_000)
        page.get_by_text("正在计入新的数据版本").wait_for()  # answered, and the data version follows
        page.get_by_text("已生成，本页已按新版本显示").wait_for(timeout=PUBLISHED_MS)
        screen.settle()
        assert any("请改正" in piece for piece in screen.text())
        assert screen.exceptions() == [] and screen.errors == []


def test_what_is_typed_stays_and_a_second_person_reads_before_approving(browser, acted_on, tmp_path):
    paper = tmp_path / "核查.txt"
    paper.write_bytes("三户企业贷款占比过高".encode())
    with looking_at(browser, f"{acted_on.address}/roster?part=decisions&decision=watch&member=B001") as screen:
        page = screen.page
        page.get_by_label("事由").fill("集中度上升")
        page.get_by_label("文号").fill("演示〔2026〕99号")
        page.locator('[data-testid="stForm"] input[type="file"]').last.set_input_files(paper)
        screen.settle()
        page.get_by_role("button", name="提出，待另一人批准").click()
        page.get_by_text("待另一人批准", exact=False).first.wait_for()
        page.get_by_text("已登记为2026年第").wait_for(timeout=30_000)
        screen.settle()
        assert page.get_by_label("事由").is_visible() and page.get_by_label("事由").input_value() == ""
        page.get_by_label("事由").fill("已写了一半")
        page.get_by_role("button", name="制作文书").first.click()
        page.get_by_text("已制作").wait_for(timeout=30_000)
        screen.settle()
        assert page.get_by_label("事由").input_value() == "已写了一半"
        as_role(screen, "复核人")
        page.get_by_text("现在还不能批准：陈述申辩期限为2026-11-27").wait_for()
        card = page.locator('[class*="st-key-proposal-"]').filter(has_text="演示〔2026〕99号").first
        card.get_by_text("材料（1件）").click()
        screen.settle()
        card.get_by_text("查看文字内容").click()
        card.get_by_text("三户企业贷款占比过高").wait_for()
        card.get_by_role("button", name="批准").click()
        page.get_by_text("由“在册”转为“关注”").wait_for()
        page.get_by_role("button", name="确认批准").click()
        page.get_by_text("号事项已批准").wait_for(timeout=30_000)
        page.get_by_text("正在生成新的数据版本").wait_for()
        assert screen.exceptions() == []


def test_a_reminder_and_a_districts_note_are_recorded_on_their_pages(browser, acted_on):
    with looking_at(browser, f"{acted_on.address}/filing?part=work&period=2026-10") as screen:
        page = screen.page
        box = page.locator('[data-testid="stDataFrame"]').first.bounding_box()
        page.mouse.click(box["x"] + 16, box["y"] + 35 + 17)
        screen.settle()
        page.get_by_role("button", name="登记催报").click()
        page.get_by_text("催报函", exact=True).first.click()
        page.get_by_label("联系的人").fill("王五")
        page.get_by_role("button", name="登记", exact=True).click()
        page.get_by_text("催报函已生成").wait_for(timeout=PUBLISHED_MS)  # another data version is in the making
        assert screen.exceptions() == []
    with looking_at(browser, f"{acted_on.address}/firms?period=2026-09") as screen:
        page = screen.page
        as_role(screen, "区级用户")
        page.get_by_role("button", name="登记对接记录").click()
        page.get_by_label("对接情况").fill("已走访，材料齐备")
        page.get_by_role("button", name="登记", exact=True).click()
        page.get_by_text("的对接记录已登记").wait_for(timeout=30_000)
        screen.settle()
        assert "已走访，材料齐备" in screen.text()
