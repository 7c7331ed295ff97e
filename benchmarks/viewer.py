"""A viewer without a browser: the framework's own protocol over a real websocket, up to when a page stands."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

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


def cookies(address: str) -> str:
    """What a browser would send back after loading the page itself: its cookies, as one header."""
    parts = urlsplit(address)
    connection = _connection(parts.scheme, parts.netloc)
    try:
        connection.request("GET", "/", headers={"Accept": "text/html", "Host": parts.netloc})
        answer = connection.getresponse()
        answer.read()
        given = answer.headers.get_all("Set-Cookie") or []
    finally:
        connection.close()
    return "; ".join(cookie.partition(";")[0] for cookie in given)


def _connection(scheme: str, place: str) -> http.client.HTTPConnection:
    if scheme == "https":  # nginx of a test, with a certificate of its own
        return http.client.HTTPSConnection(place, timeout=PAGE_SECONDS, context=ssl._create_unverified_context())
    return http.client.HTTPConnection(place, timeout=PAGE_SECONDS)


@asynccontextmanager
async def session(address: str):
    """A connection as a browser's tab opens one: the page loaded first, then its websocket."""
    parts = urlsplit(address)
    given = await asyncio.to_thread(cookies, address)
    secure = parts.scheme == "https"
    async with connect(
        f"{'wss' if secure else 'ws'}://{parts.netloc}{STREAM}",
        origin=address,
        subprotocols=["streamlit"],
        additional_headers={"Cookie": given} if given else {},
        ssl=ssl._create_unverified_context() if secure else None,
        max_size=None,
        compression=None,
        open_timeout=PAGE_SECONDS,
        ping_interval=None,
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
