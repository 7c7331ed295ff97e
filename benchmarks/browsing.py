"""One page in a real browser, measured: until it stands, how far it moves, what it draws, what it costs the server."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.screen import FOLLOW, SETTLE_MS, SETTLED, Screen, looking_at
from tests.browser.server import Server

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
# Places in /proc/<pid>/stat after the command's name.
PARENT_FIELD, USER_FIELD, SYSTEM_FIELD = 1, 11, 12
BROWSER = "chromium"
# Seen from the first line of the page's life on: when it stands (milliseconds since the address was opened, looked at
# before each frame), and how long after a key a change has come to its end.
WATCH = f"""(() => {{
    const settled = {SETTLED};
    const each = (name, part) => [...document.querySelectorAll(`[data-testid="${{name}}"]`)].every(
        element => !element.checkVisibility() || element.querySelector(part));
    const stands = () => settled() && each('stPlotlyChart', '.main-svg') && each('stDataFrame', 'canvas');
    const until = condition => new Promise(resolve => {{
        const look = () => condition() ? resolve(performance.now()) : requestAnimationFrame(look);
        requestAnimationFrame(look);
    }});
    window.stood = until(stands);
    window.leads_on = address => {{
        const begun = performance.now();
        return ({FOLLOW})(address).then(() => until(stands)).then(ended => ended - begun);
    }};
    window.await_change = mark => {{
        addEventListener('keydown', () => {{
            const begun = performance.now();
            const marked = () => document.querySelector('[data-testid="stMain"]').textContent.includes(mark);
            window.changed = until(() => marked() && stands()).then(ended => ended - begun);
        }}, {{capture: true, once: true}});
    }};
}})()"""


@dataclass
class Drawing:
    """What a page has sent to draw it, until it is `whole`: elements by kind, messages and bytes."""

    elements: dict[str, int] = field(default_factory=dict)
    messages: int = 0
    size: int = 0
    whole: bool = False

    def take(self, payload: bytes | str) -> None:
        if self.whole:  # what comes over the same socket later is another drawing
            return
        message = ForwardMsg.FromString(payload)
        self.messages += 1
        self.size += len(payload)
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            kind = message.delta.new_element.WhichOneof("type")
            self.elements[kind] = self.elements.get(kind, 0) + 1


@dataclass
class Looks:
    """One page opened several times in the same window, then filtered several times. Seconds; shift without unit.

    `cpu`, `change_cpu`: processor seconds of the server for a later opening, and for a change; `browser_cpu`: of the
    browser, all its processes together, for a later opening. On a busy machine these say more than the clock.
    """

    cold: float
    warm: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    shifts: list[float] = field(default_factory=list)
    cpu: float = 0.0
    change_cpu: float = 0.0
    browser_cpu: float = 0.0
    drawing: Drawing = field(default_factory=Drawing)

    @property
    def again(self) -> float:
        return statistics.median(self.warm)

    @property
    def changed(self) -> float | None:
        return statistics.median(self.changes) if self.changes else None

    @property
    def shift(self) -> float:
        return statistics.median(self.shifts)


def cpu_seconds(server: Server) -> float:
    """Processor time that the server's process has taken so far."""
    stat = Path(f"/proc/{server.pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return (int(stat[USER_FIELD]) + int(stat[SYSTEM_FIELD])) * TICK_SECONDS


def browser_seconds() -> float:
    """Processor time that the browsers begun by this process have taken so far."""
    parents: dict[int, int] = {}
    taken: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            head, _, rest = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")
        except OSError:
            continue  # it ended while we looked
        fields, pid = rest.split(), int(folder.name)
        parents[pid] = int(fields[PARENT_FIELD])
        if head.partition("(")[2] == BROWSER:
            taken[pid] = (int(fields[USER_FIELD]) + int(fields[SYSTEM_FIELD])) * TICK_SECONDS

    def is_ours(pid: int) -> bool:
        while pid and pid != os.getpid():
            pid = parents.get(pid, 0)
        return bool(pid)

    return sum(seconds for pid, seconds in taken.items() if is_ours(pid))


def looks(browser: Browser, server: Server, path: str, runs: int, filters: Sequence[str]) -> Looks:
    """Opens a path as the first thing asked of the server, in a new window; then `runs` times more; then sets 报告期 at
    the side to each of the months in `filters`, which nobody has asked for before, where the page has a period."""
    with window(browser) as screen:
        found = Looks(opened(screen, server, path)[0])
        begun, browser_begun = cpu_seconds(server), browser_seconds()
        for run in range(runs):
            listen = _heard(screen.page, found.drawing) if run == runs - 1 else None
            seconds, shift = opened(screen, server, path)
            if listen:
                screen.page.remove_listener("websocket", listen)
                found.drawing.whole = True
            found.warm.append(seconds)
            found.shifts.append(shift)
        found.cpu = (cpu_seconds(server) - begun) / runs
        found.browser_cpu = (browser_seconds() - browser_begun) / runs
        if not screen.page.get_by_text("截至").count():
            filters = ()  # a page of no period, such as 启用准备
        begun = cpu_seconds(server)
        found.changes = [_changed(screen, month) for month in filters]
        if filters:
            found.change_cpu = (cpu_seconds(server) - begun) / len(filters)
    return found


def _heard(page: Page, drawing: Drawing) -> Callable[[WebSocket], None]:
    """Notes all that comes over the sockets which the page opens from now on."""

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", drawing.take)

    page.on("websocket", listen)
    return listen


def opened(screen: Screen, server: Server, path: str) -> tuple[float, float]:
    """Opens it: seconds until it stands, and how far it has moved once all is quiet."""
    screen.page.goto(f"{server.address}/{path}", wait_until="commit", timeout=SETTLE_MS)
    seconds = _awaited(screen.page, "stood")
    screen.settle()
    return seconds, screen.shift()


@contextmanager
def window(browser: Browser) -> Iterator[Screen]:
    """A window that was never used, and that tells when a page stands."""
    with looking_at(browser, "about:blank", settled=False) as screen:
        screen.watch_shifts()
        screen.page.add_init_script(WATCH)
        yield screen


def led_on(screen: Screen, server: Server, address: str) -> tuple[float, float]:
    """Follows an address of the open page as a click on a link of it does; seconds until the page stands with it, and
    processor seconds of the server."""
    begun = cpu_seconds(server)
    seconds = screen.page.evaluate("address => window.leads_on(address)", address) / 1000
    screen.settle()
    return seconds, cpu_seconds(server) - begun


def _changed(screen: Screen, month: str) -> float:
    """Chooses a month at the side; seconds from the key that chooses it until the page stands with it."""
    choice = screen.page.locator('[data-testid="stSidebar"] [data-testid="stSelectbox"]', has_text="报告期")
    choice.locator("input").click()
    screen.page.keyboard.insert_text(month)
    screen.page.get_by_role("option", name=month, exact=True).wait_for(timeout=SETTLE_MS)
    screen.page.evaluate("mark => window.await_change(mark)", f"截至{month}末")
    screen.page.keyboard.press("Enter")
    seconds = _awaited(screen.page, "changed")
    screen.settle()
    return seconds


def _awaited(page: Page, name: str) -> float:
    """A moment that the page is waiting for, in seconds."""
    page.wait_for_function(f"() => window.{name}", timeout=SETTLE_MS)
    return page.evaluate(f"() => window.{name}") / 1000
