"""A browser before the gate, without a network: it keeps cookies, fills in forms, and opens websockets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urlsplit

PAGE = "text/html,*/*"


class Inner:
    """Stands in for the framework: says by whom a request is held, and notes every message of a websocket."""

    def __init__(self) -> None:
        self.seen: list[dict] = []
        self.messages: list[bytes] = []

    async def __call__(self, scope, receive, send):
        self.seen.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] == "websocket.receive":
                self.messages.append(message["bytes"])
                await send({"type": "websocket.send", "bytes": b"drawn"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"_xsrf=1; Path=/")]})
        await send({"type": "http.response.body", "body": b"inner"})

    @property
    def holder(self) -> str:
        """By whom the last request was held, as the gate told it."""
        return self._told(b"x-pilot-holder")

    @property
    def address(self) -> str:
        """From where the last request came, as the gate told it."""
        return self._told(b"x-pilot-address")

    def _told(self, header: bytes) -> str:
        (value,) = [value.decode() for name, value in self.seen[-1]["headers"] if name == header]
        return value


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    @property
    def cookies(self) -> list[str]:
        return [value for key, value in self.headers if key == "set-cookie"]


@dataclass
class Visitor:
    """One browser at one address; `origin` is what it says by itself of the page that it is on."""

    app: Callable
    host: str = "pilot.example"
    origin: str = "https://pilot.example"
    address: str = "10.0.0.7"
    server: str = "10.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Got:
        return self.ask("GET", path, **({"accept": PAGE} | headers))

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Got:
        kind = {"content-type": "application/x-www-form-urlencoded", "origin": self.origin}
        return self.ask("POST", path, urlencode(fields or {}).encode(), **(kind | headers))

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Got:
        sent: list[dict] = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        asyncio.run(self.app(self.scope("http", path, headers) | {"method": method}, receive, send))
        pairs = [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]
        text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
        got = Got(sent[0]["status"], pairs, text)
        self._keep(got)
        return got

    def scope(self, kind: str, path: str, headers: dict[str, str]) -> dict:
        parts = urlsplit(path)
        named = {"host": self.host} | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            named["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {
            "type": kind,
            "path": parts.path,
            "query_string": parts.query.encode(),
            "server": (self.server, 8501),
            "client": (self.address, 50000),
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }

    def _keep(self, got: Got) -> None:
        for line in got.cookies:
            name, _, value = line.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)

    def websocket(self, *acts: Callable[[], object] | bytes, **headers: str) -> list[dict]:
        """What is sent on a websocket that brings these messages; what is a function is done in between."""
        sent: list[dict] = []
        waiting = [{"type": "websocket.connect"}, *acts, {"type": "websocket.disconnect", "code": 1000}]

        async def receive():
            while callable(waiting[0]):
                waiting.pop(0)()
            message = waiting.pop(0)
            return {"type": "websocket.receive", "bytes": message} if isinstance(message, bytes) else message

        async def send(message):
            sent.append(message)

        named = {"origin": self.origin} | headers
        scope = self.scope("websocket", "/_stcore/stream", {key: value for key, value in named.items() if value})
        asyncio.run(self.app(scope, receive, send))
        return sent


def fields_of(page: str) -> dict[str, str]:
    """Name → value of the hidden inputs of a page's first form."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {unescape(name): unescape(value) for name, value in found}


def alert(page: str) -> str:
    """The one sentence in which a page says what is wrong."""
    (said,) = re.findall(r'role="alert">([^<]*)<', page)
    return unescape(said)
