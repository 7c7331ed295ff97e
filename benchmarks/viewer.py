"""A viewer without a browser: the framework's own protocol over a real websocket, up to when a page stands."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PAGE_SECONDS = 60  # after which a page counts as not opened
STREAM = "/_stcore/stream"
ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
FAILED = "页面未能打开".encode()  # as `pages.shell.states` says it


@dataclass(frozen=True)
class Opened:
    """One page opened: seconds from asking to the end of its run, bytes that came, whether an error was shown."""

    page: str
    seconds: float
    received: int
    failed: bool


@dataclass
class Browser:
    """What a browser keeps between two tabs: its cookies, at the address that its user opens.

    `place`: the host and port to connect to, where that is not what the address names: a process behind no proxy.
    """

    address: str
    place: tuple[str, int] | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def secure(self) -> bool:
        return urlsplit(self.address).scheme == "https"

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def sent(self) -> dict[str, str]:
        """The header that says the cookies."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    def load(self) -> None:
        """Loads the page itself. Raises OSError."""
        self._ask("GET", "/", {"Accept": "text/html"})

    def sign_in(self, name: str, password: str) -> None:
        """Fills in the form of the built-in accounts. Raises PermissionError where it does not lead in."""
        status = self.post("/sign-in", name=name, password=password)
        if status != HTTPStatus.SEE_OTHER:
            raise PermissionError(f"{name} is not let in: {status}")

    def post(self, path: str, **fields: str) -> int:
        """Sends a form of one of our own pages, to go on to the first page; gives the status of the answer."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.address}
        return self._ask("POST", path, kind, urlencode(fields | {"next": "/"}).encode())

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> int:
        connection = self._connection()
        try:
            connection.request(method, path, body, {"Host": self.host} | self.sent | headers)
            answer = connection.getresponse()
            answer.read()
            for said in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = said.partition(";")[0].partition("=")
                self.cookies[name] = value
        except http.client.HTTPException as error:  # the line ended in the middle
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()
        return answer.status

    def _connection(self) -> http.client.HTTPConnection:
        place = ":".join(map(str, self.place)) if self.place else self.host
        if self.secure:  # nginx of a test, with a certificate of its own
            return http.client.HTTPSConnection(place, timeout=PAGE_SECONDS, context=ssl._create_unverified_context())
        return http.client.HTTPConnection(place, timeout=PAGE_SECONDS)


@asynccontextmanager
async def session(browser: Browser | str):
    """A connection as a browser's tab opens one: the page loaded first, then its websocket. An address alone is a
    browser that has kept nothing."""
    browser = browser if isinstance(browser, Browser) else Browser(browser)
    await asyncio.to_thread(browser.load)
    place = dict(zip(("host", "port"), browser.place, strict=True)) if browser.place else {}
    async with connect(
        f"{'wss' if browser.secure else 'ws'}://{browser.host}{STREAM}",
        origin=browser.address,
        subprotocols=["streamlit"],
        additional_headers=browser.sent,
        ssl=ssl._create_unverified_context() if browser.secure else None,
        max_size=None,
        compression=None,
        open_timeout=PAGE_SECONDS,
        ping_interval=None,
        **place,
    ) as line:
        yield line


async def told(line: ClientConnection, page: str, query: str = "") -> AsyncIterator[tuple[ForwardMsg, bytes]]:
    """What the server says, message by message with its bytes, when a page is opened by its address as a click on the
    menu does; ends with the run that shows it.

    A run that asks to be run again is not yet its end. Raises TimeoutError, and ConnectionClosed where the server is
    gone.
    """
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    await line.send(message.SerializeToString())
    async with asyncio.timeout(PAGE_SECONDS):
        while True:
            content = await line.recv()
            said = ForwardMsg.FromString(content)
            yield said, content
            if said.WhichOneof("type") == "script_finished" and said.script_finished in ENDS:
                return


async def open_page(line: ClientConnection, page: str, query: str = "") -> Opened:
    """Opens a page; returns when it stands. Raises as `told`."""
    begun, received, failed = time.perf_counter(), 0, False
    async for said, content in told(line, page, query):
        received += len(content)
        failed = failed or _is_error(said, content)
    return Opened(page, time.perf_counter() - begun, received, failed)


def _is_error(said: ForwardMsg, content: bytes) -> bool:
    """Whether a message shows an error, as the framework or the pages themselves do, or ends a run that never began."""
    if said.WhichOneof("type") == "script_finished":
        return said.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
    return said.WhichOneof("type") == "delta" and (
        said.delta.new_element.WhichOneof("type") == "exception" or FAILED in content
    )
