"""监管月报 worked on by two users in a browser: drafted, edited, returned, released, sent, corrected, withdrawn."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from briefing.issued.verifying import verify
from contract.settings import Home
from ledger.events import Ledger
from ledger.issues import EVENTS, RELEASED, WITHDRAWN, issues
from tests.browser.screen import Screen, looking_at
from tests.browser.server import serving

pytestmark = pytest.mark.browser

PERIOD = "2026-08"
# The demonstration has released an issue of September, so that this one is the second of the year.
PAGE = f"monthly?period={PERIOD}"
MADE_MS = 120_000  # until an issue has been checked, or its three files have been made


@pytest.fixture
def desk(demo_home: Path, tmp_path: Path) -> Iterator[tuple[str, Home]]:
    """A dashboard on a copy of the demonstration, and its home."""
    home = tmp_path / "demo"
    shutil.copytree(demo_home, home)
    with serving(home, tmp_path / "streamlit.log") as server:
        yield server.address, Home(home)


def press(screen: Screen, name: str, said: str = "") -> None:
    """Presses a button, and waits until the page says what came of it."""
    screen.page.get_by_role("button", name=name, exact=True).first.click()
    screen.page.wait_for_timeout(300)
    if said:
        screen.page.get_by_text(said).first.wait_for(timeout=MADE_MS)
    screen.settle()


def write(screen: Screen, label: str, text: str) -> None:
    """Types into a field, and leaves it as a person does."""
    field = screen.page.get_by_label(label, exact=False).locator("visible=true").last
    field.fill(text)
    field.press("Tab")
    screen.page.wait_for_timeout(300)


def edited(screen: Screen, words: str) -> str:
    """The first paragraph with words put behind it; gives what stood there, with figures in brackets."""
    press(screen, "改")
    field = screen.page.get_by_label("改写这一段", exact=False)
    before = field.input_value()
    write(screen, "改写这一段", before + words)
    return before


def look(browser: Browser, address: str, role: str) -> AbstractContextManager[Screen]:
    """The page as a user of a role opens it, in a window of its own."""
    return looking_at(browser, f"{address}/{PAGE}&as={role}")


def test_two_users_draft_edit_return_release_send_and_correct(browser, desk, artifacts):
    address, home = desk
    with look(browser, address, "analyst") as analyst, look(browser, address, "supervisor") as supervisor:
        press(analyst, "起草本期", "已起草2026年8月市级月报")
        before = edited(analyst, "【9.99亿元】。")
        press(analyst, "保存", "改文字不能改数")
        field = analyst.page.get_by_label("改写这一段", exact=False)
        assert field.input_value() == f"{before}【9.99亿元】。"  # nothing typed is lost
        write(analyst, "改写这一段", "好" * 50_000)
        press(analyst, "保存", "最多2000字，现有50000字")
        assert len(field.input_value()) == 50_000
        write(analyst, "改写这一段", f"{before}总体平稳。")
        press(analyst, "保存", "已保存")
        assert any("总体平稳。" in piece for piece in analyst.text())
        press(analyst, "送审", "已送审，须由另一人复核发布")
        assert analyst.page.get_by_role("button", name="发布", exact=True).count() == 0

        supervisor.go(f"{address}/{PAGE}&as=supervisor")
        supervisor.photograph(artifacts, "monthly-submitted")
        press(supervisor, "退回")
        write(supervisor, "原因", "首段请补充原因")
        press(supervisor, "退回起草人", "已退回起草人")

        analyst.go(f"{address}/{PAGE}&as=analyst")
        assert "退回：首段请补充原因" in "".join(analyst.text())
        press(analyst, "送审", "已送审")
        supervisor.go(f"{address}/{PAGE}&as=supervisor")
        press(supervisor, "发布")
        press(supervisor, "确认发布", "已发布为2026年第2期")

        analyst.go(f"{address}/{PAGE}&as=analyst")
        press(analyst, "登记分送")
        write(analyst, "收件单位", "市金融监管局办公室")
        press(analyst, "登记", "已登记分送市金融监管局办公室")
        press(analyst, "起草更正", "已起草对2026年第2期的更正")
        edited(analyst, "（已更正）")
        press(analyst, "保存", "已保存")
        press(analyst, "送审", "已送审")
        supervisor.go(f"{address}/{PAGE}&as=supervisor")
        press(supervisor, "发布")
        press(supervisor, "确认发布", "已发布为2026年第2期（更正）")
        supervisor.go(f"{address}/{PAGE}&as=supervisor&part=history")
        text = "".join(supervisor.text())
        assert "更正内容" in text and "2026年第2期原文" in text and "（已更正）" in text

        analyst.go(f"{address}/{PAGE}&as=analyst")
        press(analyst, "起草更正", "已起草对2026年第2期（更正）的更正")
        press(analyst, "撤稿")
        write(analyst, "撤稿原因", "无须再更正")
        press(analyst, "确认撤稿", "已撤稿")
        assert any("2026年第2期（更正）（2026年8月市级月报）" in piece for piece in analyst.text())
        for screen in (analyst, supervisor):
            assert screen.exceptions() == [] and screen.errors == []
    known = [issue for issue in issues(Ledger(home.ledger).events(*EVENTS)).values() if issue.period == PERIOD]
    assert [(issue.state, issue.name, len(issue.sent)) for issue in known[:2]] == [
        (RELEASED, "2026年第2期", 1), (RELEASED, "2026年第2期（更正）", 0)
    ]  # fmt: skip
    assert known[1].corrects == known[0].id and known[2].state == WITHDRAWN
    assert all(verified.same for verified in verify(home))
    Ledger(home.ledger).verify()


def test_a_district_waits_for_its_released_part(browser, dashboard):
    with looking_at(browser, f"{dashboard.address}/{PAGE}&as=district-110108") as screen:
        assert "本期月报尚未发布" in screen.text()
        assert screen.page.get_by_role("button", name="起草本期").count() == 0
        assert screen.exceptions() == [] and screen.errors == []
