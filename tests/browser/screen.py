"""One page as a person sees it in a browser: opened, settled, read, photographed, with what went wrong on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, Page, Playwright

from tests.browser.server import LOCAL

CHROMIUM = Path("/usr/bin/chromium")
# As root Chromium has no sandbox; the rest keeps it from calling home by itself.
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTH, HEIGHT = 1366, 768
THOROUGH = bool(os.environ.get("PILOT_THOROUGH"))  # what takes minutes more than the suite has
SETTLE_MS = 60_000

SETTLED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const waiting = '[data-testid="stAppSkeleton"], [data-testid="stSkeleton"], [data-testid="stSpinner"]';
    return app?.dataset.testConnectionState === 'CONNECTED' && app.dataset.testScriptState === 'notRunning'
        && !document.querySelector(waiting);
}"""

# Every piece of text on the screen: text nodes that take up room, and what stands in empty inputs. Left out: icons
# (their names are ligatures), code (formulas are shown as they run) and links that appear only with the keyboard.
READ = """() => {
    const skip = 'script, style, noscript, code, pre, [data-testid="stSkipToContent"]';
    const seen = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true})
        && !getComputedStyle(element).fontFamily.includes('Material Symbols');
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, text = node.textContent.trim();
        if (text && !node.parentElement.closest(skip) && seen(node.parentElement)) found.push(text);
    }
    for (const input of document.querySelectorAll('[placeholder]'))
        if (input.matches(':placeholder-shown') && seen(input)) found.push(input.placeholder);
    return found;
}"""

# Sums the shifts of the page that no input caused, from its first line on.
SHIFTS = """(() => {
    window.shifted = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
})();"""

# What a screen reader or a pointer is told beside the text.
LABELS = """() => [...document.querySelectorAll('[aria-label], [title], [alt]')]
    .filter(element => !element.closest('[data-testid="stSkipToContent"]'))
    .flatMap(element => ['aria-label', 'title', 'alt'].map(name => element.getAttribute(name)))
    .filter(text => text && text.trim())"""

# Does what asks for a run, and waits until that has begun, however short, and ended: one that has not begun looks
# settled too. `most` milliseconds are waited for it to begin.
RUN = """async (most, ask) => {
    const app = document.querySelector('[data-testid="stApp"]'), started = performance.now();
    let begun = !app || app.dataset.testScriptState !== 'notRunning';
    const watch = new MutationObserver(() => { begun = true; });
    if (app) watch.observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
    ask();
    while (!begun && performance.now() - started < most) await new Promise(resolve => setTimeout(resolve, 10));
    while (app && app.dataset.testScriptState !== 'notRunning') await new Promise(resolve => setTimeout(resolve, 10));
    watch.disconnect();
}"""
# Follows an address as a click on a link of our own does (`pages/shell/address.js`).
FOLLOW = f"""address => ({RUN})(2000, () => {{
    history.pushState({{}}, '', address);
    dispatchEvent(new PopStateEvent('popstate', {{state: {{}}}}));
}})"""
BEGUN = f"() => ({RUN})(500, () => {{}})"

NAVIGATION = """() => [...document.querySelectorAll('[data-testid="stSidebarNavLink"]')].map(
    link => new URL(link.href).pathname)"""


@dataclass
class Screen:
    """An open page and what happened on it."""

    page: Page
    errors: list[str] = field(default_factory=list)  # of the console and of scripts
    foreign: list[str] = field(default_factory=list)  # addresses outside this machine

    def settle(self) -> None:
        """Wait until the page has nothing more to draw."""
        self.page.wait_for_function(SETTLED, timeout=SETTLE_MS)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(SETTLED, timeout=SETTLE_MS)

    def go(self, address: str) -> None:
        """Open another address in this window; what went wrong before is forgotten."""
        self.errors.clear()
        self.foreign.clear()
        self.page.goto(address, timeout=SETTLE_MS)  # a server's first page takes its time on a busy machine
        self.settle()

    def follow(self, address: str) -> None:
        """Turn to another address of the same dashboard as a link within it does, without loading the frame anew."""
        self.errors.clear()
        self.foreign.clear()
        self.page.evaluate(FOLLOW, address)
        self.settle()

    def drawn(self) -> None:
        """Wait until what was just chosen is drawn."""
        self.page.evaluate(BEGUN)
        self.settle()

    def text(self) -> list[str]:
        """What can be read on the screen, piece by piece."""
        return self.page.evaluate(READ)

    def labels(self) -> list[str]:
        """What stands in the page's attributes for those who do not see it, or point at it."""
        return self.page.evaluate(LABELS)

    def exceptions(self) -> list[str]:
        """What the framework shows of an error in the page's code."""
        return self.page.locator('[data-testid="stException"]').all_inner_texts()

    def navigation(self) -> list[str]:
        """The paths of the pages that the navigation offers, in its order; a folded group's pages are among them."""
        self.page.wait_for_selector('[data-testid="stSidebarNavLink"]', state="attached")
        more = self.page.locator('[data-testid="stSidebarNavViewButton"]')
        if more.count():
            more.click()
        return self.page.evaluate(NAVIGATION)

    def overflow(self) -> int:
        """How many pixels of the page lie beyond the window's right edge."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def watch_shifts(self) -> None:
        """From the next address on, sums how far the page moves by itself while it loads."""
        self.page.add_init_script(SHIFTS)

    def shift(self) -> float:
        """How far it has moved: the browser's measure of layout shift, without unit."""
        return self.page.evaluate("window.shifted")

    def photograph(self, folder: Path, name: str) -> None:
        """Two pictures: the window as it opens, and the page in its full height."""
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png")
        # The framework scrolls within the window, so a picture of all of it needs a window as high as the content.
        height = self.page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
        self.page.set_viewport_size({"width": WIDTH, "height": max(height, HEIGHT)})
        self.settle()
        self.page.screenshot(path=folder / f"{name}-full.png")
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium, without a window."""
    if not CHROMIUM.exists():
        raise RuntimeError(f"{CHROMIUM} is missing; `make test` installs it as root")
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_OPTIONS))


def _console_error(screen: Screen, message) -> None:
    address = message.location.get("url", "")
    if message.type == "error":
        screen.errors.append(f"{message.text} {address}".strip())


def _address(screen: Screen, address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("data", "blob", "about") and parts.hostname != LOCAL:
        screen.foreign.append(address)


NEW: dict[str, Any] = {
    "viewport": {"width": WIDTH, "height": HEIGHT},
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "reduced_motion": "reduce",
}
# On leaving the page, after its own handler has kept the demonstration's role.
FORGET = "addEventListener('pagehide', () => { sessionStorage.clear(); localStorage.clear(); })"
# Windows that a test has left in order, to be used again: a new one takes the browser three seconds of work, most of
# it to read the framework's scripts once more.
_left: WeakKeyDictionary[Browser, list[Page]] = WeakKeyDictionary()


def _window(browser: Browser) -> Page:
    """A window as a new one is: nothing kept, the usual size and light."""
    windows = _left.setdefault(browser, [])
    if not windows:
        return browser.new_page(**NEW)
    page = windows.pop()
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.emulate_media(media="null", color_scheme="light")
    return page


@contextmanager
def looking_at(browser: Browser, address: str, *, settled: bool = True) -> Iterator[Screen]:
    """Open an address in a window without a past, as a colleague who was sent the link would; without `settled` a
    window that was never used and that the caller sends to its addresses."""
    page = _window(browser) if settled else browser.new_page(**NEW)
    screen = Screen(page)
    heard = {
        "console": lambda message: _console_error(screen, message),
        "pageerror": lambda error: screen.errors.append(str(error)),
        "request": lambda request: _address(screen, request.url),
        "websocket": lambda socket: _address(screen, socket.url),
    }
    for event, hear in heard.items():
        page.on(event, hear)
    sound = False
    try:
        if settled:
            screen.go(address)
        yield screen
        sound = settled
    finally:
        for event, hear in heard.items():
            page.remove_listener(event, hear)
        if sound:
            page.evaluate(FORGET)
            page.goto("about:blank")  # while there is still a server behind the page
            page.context.clear_cookies()
            _left[browser].append(page)
        else:
            page.context.close()
