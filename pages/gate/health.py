"""Whether this server lives and can serve, told to this machine alone; to systemd, that it is up and still turns."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from contextlib import suppress

from contract.logbook import begin, take_in
from contract.settings import home
from etl.upkeep.health import is_ready, readiness

LIVES, READY = "/health", "/ready"
LOOPBACK = ("127.0.0.1", "::1")
# What a reverse proxy states: such a request comes from elsewhere, whatever its peer is.
FORWARDED = frozenset((b"forwarded", b"x-forwarded-for", b"x-real-ip"))
PROGRAM = "dashboard"


class Health:
    """ASGI middleware around all others, so that it answers whatever they refuse.

    `/health` says 200 as long as requests are answered at all. `/ready` says 200 where pages can be served, else 503,
    with what was looked at. Everyone else than this machine gets 404.
    """

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            begin(PROGRAM)
            return await self.app(scope, receive, Supervised(send))
        if scope["type"] != "http" or scope["path"] not in (LIVES, READY):
            return await self.app(scope, receive, send)
        if not from_here(scope):
            return await _say(send, 404, {})
        if scope["path"] == LIVES:
            return await _say(send, 200, {"alive": True})
        facts = await asyncio.to_thread(readiness, home())
        ready = is_ready(facts)
        told = [{"what": fact.subject, "state": fact.state, "fine": fact.fine} for fact in facts]
        return await _say(send, 200 if ready else 503, {"ready": ready, "facts": told})


def from_here(scope) -> bool:
    """Whether a request was made on this machine, and not handed on for another."""
    client = (scope.get("client") or ("",))[0]
    return client in LOOPBACK and FORWARDED.isdisjoint(name.lower() for name, _ in scope["headers"])


async def _say(send, status: int, content: dict) -> None:
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Supervised:
    """The `send` of a server's life: tells the service manager when it is up, at intervals that it turns, and its end.

    The interval is half of what `WATCHDOG_USEC` allows; a loop that hangs tells nothing, and is started anew.
    """

    def __init__(self, send) -> None:
        self.send = send
        self.turning: asyncio.Task | None = None

    async def __call__(self, message) -> None:
        await self.send(message)
        if message["type"] == "lifespan.startup.complete":
            take_in("streamlit", "uvicorn", "websockets")  # which have all been imported by now
            tell("READY=1")
            allowed = int(os.environ.get("WATCHDOG_USEC") or 0) / 1e6
            if allowed:
                self.turning = asyncio.create_task(_turn(allowed / 2))
        elif message["type"].startswith("lifespan.shutdown"):
            tell("STOPPING=1")
            if self.turning:
                self.turning.cancel()


async def _turn(seconds: float) -> None:
    while True:
        tell("WATCHDOG=1")
        await asyncio.sleep(seconds)


def tell(state: str) -> None:
    """Tells the service manager, where there is one (`NOTIFY_SOCKET`); one that went away is no reason to stop."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        channel.send(state.encode())
