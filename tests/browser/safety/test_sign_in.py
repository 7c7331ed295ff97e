"""Signing in as people do it: by account and by a provider, the wrong ways, and every way in which a session ends."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, expect

from benchmarks.viewer import Browser as Viewer
from benchmarks.viewer import session, told
from casework.access.accounts import link_subject
from contract.settings import PROJECT, Home
from ledger.access import accounts, passwords
from ledger.access.sessions import living
from ledger.access.store import SESSION, store_of
from ledger.audit import looks
from tests.browser.axe import AXE, GRAVE, RUN
from tests.browser.screen import HEIGHT, SETTLE_MS, SETTLED, WIDTH
from tests.browser.server import LOCAL, apart, free_port, serving
from tests.ledger.access.registered import register, register_all

GOOD = "三只灰鸽子飞过永定河，天晴"
SUBJECT = "employee-42"
AWAY_MS = 60_000  # a page learns at once that its session is over; on a busy machine it takes longer
pytestmark = pytest.mark.browser
SCRIPT = PROJECT / "tests" / "pages" / "gate" / "provider.mjs"


@dataclass
class Office:
    """A dashboard with sign-in both ways, and its home."""

    address: str
    home: Home
    browser: Browser
    contexts: list[BrowserContext]

    def desk(self, cookies: list | None = None) -> Page:
        """A browser of its own."""
        context = self.browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN")
        self.contexts.append(context)
        if cookies:
            context.add_cookies(cookies)
        page = context.new_page()
        page.set_default_timeout(SETTLE_MS)
        page.set_default_navigation_timeout(3 * SETTLE_MS)  # the first waits until the server has read its modules
        return page

    def sign_in(self, name: str, wanted: str = "/", password: str = GOOD) -> Page:
        page = self.desk()
        page.goto(self.address + wanted)
        enter(page, name, password)
        return page


def enter(page: Page, name: str, password: str) -> None:
    """By keyboard alone: the cursor is in the first field."""
    page.wait_for_url("**/sign-in**")
    expect(page.get_by_label("用户名")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def settled(page: Page) -> Page:
    page.wait_for_function(SETTLED)
    return page


async def seen_by_load(address: str, name: str) -> str:
    """All that a page says to a viewer without a browser who has signed in."""
    viewer = Viewer(address)
    await asyncio.to_thread(viewer.sign_in, name, GOOD)
    async with session(viewer) as line:
        return b"".join([content async for _, content in told(line, "dictionary")]).decode(errors="ignore")


def grave(page: Page, scheme: str = "light") -> list[str]:
    """What axe finds serious or critical, by day or by night."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN, [GRAVE, None])


@contextmanager
def providing(address: str) -> Iterator[str]:
    """The provider's address, while it runs."""
    command = ["node", SCRIPT, f"{address}/sign-in/callback", f"{address}/sign-out/done"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield next(line.strip() for line in process.stdout if line.startswith("http"))
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def office(browser: Browser, tmp_path: Path) -> Iterator[Office]:
    home, port = register_all(Home(tmp_path / "office")), free_port()
    address = f"http://{LOCAL}:{port}"
    for name in ("张三", "李四", "赵六"):
        accounts.keep(home, name, password=passwords.kept(GOOD))
    with providing(address) as issuer:
        file = home.root / "access.toml"
        file.write_text(
            f'sign_in = ["accounts", "oidc"]\n[server]\npublic = "{address}"\n[sessions]\nwatch_seconds = 0.5\n'
            f'[oidc]\nissuer = "{issuer}"\nclient_id = "pilot"\nclient_secret = "pilot-secret-of-the-tests"\n',
            encoding="utf-8",
        )
        file.chmod(0o600)
        link_subject(home, issuer, SUBJECT, "李四", "赵六")
        with serving(home.root, tmp_path / "streamlit.log", port=port, FORWARDED_ALLOW_IPS="") as server:
            found = Office(server.address, home, browser, [])
            yield found
            for context in found.contexts:
                context.close()


def test_people_sign_in_and_their_sessions_end(office: Office, artifacts: Path):
    # The wrong way, then the right one, to the page that was wanted.
    page = office.sign_in("张三", "/dictionary?period=2026-10", "falsch")
    expect(page.get_by_role("alert")).to_have_text("用户名或口令不对")
    page.screenshot(path=artifacts / "sign-in.png")
    assert grave(page) == grave(page, "dark") == []
    page.get_by_label("口令").fill(GOOD)
    page.keyboard.press("Enter")
    expect(settled(page).get_by_role("heading", name="指标字典", level=1)).to_be_visible()
    assert "/dictionary" in page.url
    expect(page.locator(".signed-in")).to_contain_text("张三 分析员")
    expect(page.get_by_text("演示登录")).to_have_count(0)

    # A second browser with a copied cookie goes on as long as the session, and no longer.
    copy = office.desk(page.context.cookies())
    copy.goto(office.address + "/dictionary")
    expect(settled(copy).locator(".signed-in")).to_contain_text("张三")
    page.get_by_role("link", name="退出登录").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("status")).to_contain_text("已退出")
    copy.wait_for_url("**/sign-in?next=*", timeout=AWAY_MS)
    assert living(office.home) == []

    # The viewer by which load is measured comes in as a browser does, or not at all.
    with pytest.raises(PermissionError, match="401"):
        Viewer(office.address).sign_in("张三", "falsch")
    assert "张三" in apart(seen_by_load(office.address, "张三"))

    # Too long, too idle, disabled in mid-session: the open page gives way to signing in, which says why.
    for back, why in (({"began": 9 * 3600}, "最长时限"), ({"seen": 31 * 60}, "没有操作"), ({}, "登记有变更")):
        enter(page.goto(office.address + "/dictionary") and page, "张三", GOOD)
        settled(page)
        if back:
            with store_of(office.home).writing() as connection:
                values = {name: SESSION.c[name] - seconds for name, seconds in back.items()}
                connection.execute(sa.update(SESSION).where(SESSION.c.ended == "").values(values))
        else:
            register(office.home, "张三", "analyst", disabled=True)
        page.wait_for_url("**/sign-in?next=*", timeout=AWAY_MS)
        expect(page.get_by_role("status")).to_contain_text(why)
    enter(page, "张三", GOOD)
    expect(page.get_by_role("alert")).to_contain_text("已停用")

    # Through the provider, and out at both.
    page = office.desk()
    page.goto(office.address + "/dictionary")
    page.get_by_role("link", name="用统一身份认证登录").click()
    page.locator('input[name="login"]').fill(SUBJECT)
    page.locator('input[name="password"]').fill("x")
    page.locator('button[type="submit"]').click()
    page.get_by_role("button", name="Continue").click()
    expect(settled(page).locator(".signed-in")).to_contain_text("李四 复核人")
    assert "/dictionary" in page.url

    # Who administers begins on 系统管理, sees no figure, makes an account, and ends a session.
    admin = settled(office.sign_in("赵六"))
    expect(admin.get_by_role("heading", name="系统管理", level=1)).to_be_visible()
    assert admin.locator('[data-testid="stSidebarNavLink"]', has_text="总览").count() == 0
    admin.screenshot(path=artifacts / "system.png")
    assert grave(admin) == []
    admin.get_by_text("账户", exact=True).click()
    settled(admin).get_by_label("为已登记的使用者开设账户").fill("孙七")
    admin.get_by_role("button", name="开设").click()
    said = admin.get_by_text("孙七的初始口令").inner_text()
    first = said.partition("：")[2].partition("。")[0].strip()
    for part in ("使用者与角色", "查阅记录", "谁能看什么"):
        admin.get_by_text(part, exact=True).click()
        expect(settled(admin).locator('[data-testid="stDataFrame"]').first).to_be_visible()
        expect(admin.get_by_text("页面未能打开")).to_have_count(0)

    # A first password is changed before anything is seen.
    new = office.sign_in("孙七", "/dictionary", first)
    new.get_by_label("新口令").fill("另一句自己想出来的话，很长")
    new.get_by_label("再输一次").fill("另一句自己想出来的话，很长")
    new.keyboard.press("Enter")
    expect(settled(new).locator(".signed-in")).to_contain_text("孙七 区级用户")

    # Two tabs, two users: what was drawn for the first gives way to what the second may see.
    tab = admin.context.new_page()
    tab.goto(office.address + "/sign-out")
    tab.get_by_role("button", name="退出登录").click()
    tab.get_by_role("link", name="重新登录").click()
    enter(tab, "孙七", "另一句自己想出来的话，很长")
    expect(settled(tab).locator(".signed-in")).to_contain_text("孙七")
    expect(admin.get_by_text("赵六")).to_have_count(0, timeout=AWAY_MS)
    if "/sign-in" in admin.url:  # the page learned that the first had left before the second had come
        admin.goto(office.address + "/system")
    expect(admin.locator(".signed-in")).to_contain_text("孙七", timeout=AWAY_MS)
    expect(settled(admin).get_by_text("无权查看")).to_be_visible()

    # The provider's sign-out asks for itself, and leads back.
    page.get_by_role("link", name="退出登录").click()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    expect(page.get_by_role("status")).to_contain_text("已退出")
    kinds = {(look.kind, look.user) for look in looks(office.home)}
    assert {("signed_in", "李四"), ("signed_out", "李四"), ("session_ended", "张三"), ("account_handled", "赵六"),
            ("sign_in_refused", "张三"), ("page_refused", "孙七")} <= kinds  # fmt: skip
