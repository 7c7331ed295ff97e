"""What the server adds around Streamlit: where it may listen, headers on every answer, a page in Chinese."""

from __future__ import annotations

import asyncio

import pytest
import streamlit as st

from ledger.access.configured import SignIn
from pages.gate import server

PAGE = (
    b'<!DOCTYPE html><html lang="en"><head><title>Streamlit</title></head>'
    b"<body><noscript>You need\nJavaScript</noscript></body></html>"
)


async def streamlit_app(scope, receive, send):
    """Stands in for Streamlit: its page, compressed where that is offered, in two parts."""
    packed = any(name == b"accept-encoding" for name, _ in scope["headers"])
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"1"), (b"etag", b"x")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"packed" if packed else PAGE[:20], "more_body": True})
    await send({"type": "http.response.body", "body": b"" if packed else PAGE[20:]})


def answer(path: str = "/bank", accept: bytes = b"text/html,*/*", query: bytes = b"") -> tuple[int, dict, str]:
    """Status, headers and body of a browser's request through the shield."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "server": ("127.0.0.1", 8501),
        "headers": [(b"accept", accept), (b"accept-encoding", b"gzip")],
    }
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(server.Shield(streamlit_app)(scope, None, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body.decode()


def test_the_page_is_in_chinese_also_where_the_browser_takes_it_compressed():
    status, headers, body = answer()
    assert status == 200
    assert '<html lang="zh-CN">' in body and "知识产权" in body in body
    assert "Streamlit" not in body and "You need" not in body
    assert headers[b"content-length"] == str(len(body.encode())).encode()
    assert b"etag" not in headers


def test_the_style_is_known_before_the_first_thing_is_drawn():
    """Styles that come with the page's content move all that is there already."""
    body = answer()[2]
    assert f'<body><link rel="stylesheet" href="{server.marked("/pilot.css")}">' in body
    status, headers, style = answer("/pilot.css")
    assert (status, headers[b"content-type"]) == (200, b"text/css; charset=utf-8")
    assert "--ink:" in style and ".counts" in style and "@media print" in style


def test_our_script_is_loaded_first_and_kept_as_long_as_it_is_the_same():
    """Everything else waits for it; at the address of another version nothing is kept."""
    address = server.marked("/pilot.js")
    assert f'<head><script src="{address}"></script>' in answer()[2]
    version = address.partition("?")[2].encode()
    assert b"immutable" in answer("/pilot.js", query=version)[1][b"cache-control"]
    assert b"cache-control" not in answer("/pilot.js", query=b"older")[1]


def test_other_answers_pass_unchanged():
    assert answer(accept=b"*/*")[2] == "packed"


def test_the_overview_has_an_address_of_its_own_besides_the_first_page():
    status, headers, _ = answer("/overview", query=b"period=2026-09")
    assert (status, headers[b"location"]) == (307, b"/?period=2026-09")
    assert answer("/overview")[1][b"location"] == b"/"
    assert answer("/overview", accept=b"*/*")[0] == 200
    assert answer("/")[0] == 200


@pytest.mark.parametrize("path", ["/bank", "/pilot.js", "/overview"])
def test_every_answer_carries_the_security_headers(path):
    headers = answer(path)[1]
    assert server.HEADERS.items() <= headers.items()
    policy = headers[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy and "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert "http" not in policy


@pytest.mark.parametrize(
    ("address", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("", False), (None, False),
     ("192.168.1.7", False), ("example.org", False)],
)  # fmt: skip
def test_the_start_is_refused_on_any_other_address(monkeypatch, address, local):
    monkeypatch.setattr(st, "get_option", {"server.address": address}.get)
    if local:
        server.prepare(SignIn())
    else:
        with pytest.raises(SystemExit, match="127.0.0.1"):
            server.prepare(SignIn())


def test_with_sign_in_nobody_but_the_gate_believes_what_a_proxy_says(monkeypatch):
    """uvicorn by itself believes whoever is on this machine; the framework is told the name that it is reached by."""
    configured = SignIn(ways=("accounts",), public="https://pilot.example")
    monkeypatch.setattr(st, "get_option", {"server.address": "0.0.0.0"}.get)
    told = {}
    monkeypatch.setattr(server, "set_option", told.__setitem__)
    for believed in (None, "127.0.0.1", "*"):
        if believed:
            monkeypatch.setenv(server.BELIEVED, believed)
        else:
            monkeypatch.delenv(server.BELIEVED, raising=False)
        with pytest.raises(SystemExit, match=server.BELIEVED):
            server.prepare(configured)
    monkeypatch.setenv(server.BELIEVED, "")
    server.prepare(configured)
    assert told == {"server.allowedHosts": ["pilot.example"]}
