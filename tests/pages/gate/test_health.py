"""The server's own routes answer this machine alone, and the service manager hears that the server turns."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from pages.gate.health import Health, Supervised


async def beyond(scope, receive, send):
    """What lies behind the middleware: says that it was reached."""
    await send({"type": "reached"})


def asked(path: str, client: str = "127.0.0.1", headers: tuple = ()) -> tuple[int, dict]:
    """Status and content of an answer; status 0 where the request went on."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "client": (client, 4711), "headers": list(headers)}
    asyncio.run(Health(beyond)(scope, None, send))
    return (0, {}) if sent[0]["type"] == "reached" else (sent[0]["status"], json.loads(sent[1]["body"]))


def test_it_lives(own_home):
    assert asked("/health") == (200, {"alive": True})


def test_ready_where_pages_can_be_served_and_not_where_not(own_home):
    own_home.mkdir()
    status, told = asked("/ready")
    assert (status, told["ready"]) == (200, True)
    (own_home / "ledger.db").write_bytes(b"x" * 4096)
    status, told = asked("/ready")
    assert (status, told["ready"]) == (503, False)
    assert [fact["what"] for fact in told["facts"] if not fact["fine"]] == ["台账"]


@pytest.mark.parametrize(("client", "headers"), [
    ("10.1.2.3", ()),
    ("127.0.0.1", ((b"X-Forwarded-For", b"127.0.0.1"),)),
    ("127.0.0.1", ((b"x-real-ip", b"127.0.0.1"),)),
    ("127.0.0.1", ((b"forwarded", b"for=127.0.0.1"),)),
])  # fmt: skip
@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_nobody_else_is_told(own_home, path, client, headers):
    assert asked(path, client, headers) == (404, {})


def test_other_addresses_go_on(own_home):
    assert asked("/overview")[0] == 0


def heard(monkeypatch, tmp_path, allowed: int) -> list[str]:
    """What the service manager hears from start to end of a server that lives three tenths of a second."""
    address = str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    monkeypatch.setenv("WATCHDOG_USEC", str(allowed))

    async def life():
        async def send(message):
            pass

        supervised = Supervised(send)
        await supervised({"type": "lifespan.startup.complete"})
        await asyncio.sleep(0.3)
        await supervised({"type": "lifespan.shutdown.complete"})

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.setblocking(False)
        asyncio.run(life())
        told = []
        try:
            while True:
                told.append(manager.recv(100).decode())
        except BlockingIOError:
            return told


def test_the_service_manager_hears_that_it_is_up_turns_and_ends(monkeypatch, tmp_path):
    first, *turns, last = heard(monkeypatch, tmp_path, 100_000)
    assert (first, last) == ("READY=1", "STOPPING=1")
    assert set(turns) == {"WATCHDOG=1"} and len(turns) >= 3


def test_without_a_watchdog_only_start_and_end_are_told(monkeypatch, tmp_path):
    assert heard(monkeypatch, tmp_path, 0) == ["READY=1", "STOPPING=1"]
