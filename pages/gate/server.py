"""What the server adds around Streamlit: where it may listen, security headers, and a face that is all Chinese."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.config import set_option
from streamlit.runtime.pages_manager import PagesManager

from contract.declarations import here, read_rows
from contract.settings import Home
from ledger.access.configured import SignIn

SCRIPT_PATH = "/pilot.js"
BELIEVED = "FORWARDED_ALLOW_IPS"  # whose X-Forwarded headers uvicorn believes: by itself those of this machine
OVERVIEW_PATH = "/overview"  # the framework knows its first page by "/" alone
SHELL = Path(__file__).parents[1] / "shell"  # where script and style of the pages lie
ICON = SHELL / "favicon.svg"
WORD_COLUMNS = ("english", "chinese", "unseen_because")


def framework_words() -> dict[str, str]:
    """Streamlit's own texts → Chinese, of `words.csv`; those that nobody sees here, with the reason there, left out."""
    return {row["english"]: row["chinese"] for row in read_rows(SHELL / "words.csv", *WORD_COLUMNS) if row["chinese"]}


SCRIPT = b"\n".join(
    (
        f"const PILOT_WORDS = {json.dumps(list(framework_words().items()), ensure_ascii=False)};".encode(),
        *(
            (SHELL / name).read_bytes()
            for name in ("chinese.js", "address.js", "reading.js", "steady.js", "session.js")
        ),
    )
)
STYLE_PATH = "/pilot.css"
STYLE = b"\n".join((SHELL / name).read_bytes() for name in ("style.css", "supervision.css", "print.css"))
# What stands beside the page: path → kind and bytes.
BESIDE = {SCRIPT_PATH: (b"text/javascript; charset=utf-8", SCRIPT), STYLE_PATH: (b"text/css; charset=utf-8", STYLE)}
KEPT = (b"cache-control", b"private, max-age=31536000, immutable")


def marked(path: str) -> str:
    """Its address with what it holds in a few letters: under that a browser may keep it for good."""
    return f"{path}?{hashlib.sha256(BESIDE[path][1]).hexdigest()[:12]}"


PAGE_CHANGES = (
    (rb'<html lang="en">', b'<html lang="zh-CN">'),
    (rb"<title>Streamlit</title>", "<title>知识产权金融试点监管</title>".encode()),
    # Before all else that the page loads: nothing of it runs until the script is there.
    (rb"<head>", f'<head><script src="{marked(SCRIPT_PATH)}"></script>'.encode()),
    # Known before the first thing is drawn, so that nothing moves when it comes; in the body, to come after the
    # framework's own styles, which it puts at the end of the head.
    (rb"<body>", f'<body><link rel="stylesheet" href="{marked(STYLE_PATH)}">'.encode()),
    (rb"(?s)<noscript>.*?</noscript>", "<noscript>请启用浏览器的JavaScript后再打开本系统。</noscript>".encode()),
)
INDEX = Path(st.__file__).parent / "static" / "index.html"
INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def content_policy() -> bytes:
    """Everything from here and nothing from elsewhere; of inline scripts only those that Streamlit's page holds."""
    hashes = (
        b64encode(hashlib.sha256(script).digest()).decode() for script in INLINE_SCRIPT.findall(INDEX.read_bytes())
    )
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {allowed}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
        "connect-src 'self' ws://127.0.0.1:* ws://localhost:*; frame-ancestors 'none'; form-action 'self'; "
        "base-uri 'none'; object-src 'none'"
    ).encode()


HEADERS = {
    b"content-security-policy": content_policy(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}


def is_local(address: str | None) -> bool:
    """Whether an address to listen on, or listened on, is this machine alone."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def check_places(own: Home) -> None:
    """Raises PilotError where the environment names a region that is not declared, or what is no address of a ledger or
    an archive."""
    here()
    _ = own.ledger, own.archive


def prepare(configured: SignIn) -> None:
    """Makes the framework answer at the address that is configured; ends the start with one line where it may not.

    Without configured sign-in it listens on this machine alone. With it, nobody but the gate reads what a proxy says
    of a visitor: the server underneath, which believes whoever is on this machine, is told to believe nobody.
    """
    address = st.get_option("server.address")
    if configured.demonstration:
        if not is_local(address):
            raise SystemExit(
                f"未配置统一登录时只能在本机运行：监听地址应为127.0.0.1或localhost，现为{address or '全部地址'}"
            )
    elif os.environ.get(BELIEVED) != "":
        raise SystemExit(f"已配置统一登录：请用scripts/serve.sh启动，或先设环境变量 {BELIEVED}=（空值）")
    else:
        set_option("server.allowedHosts", [urlsplit(configured.public).hostname])


def know_pages_by_navigation_only() -> None:
    """Keeps Streamlit from taking the folder `pages/` for its older kind of pages.

    Until `st.navigation` has run once it would look there by itself: serve a deep link without running `app.py`, or
    tell the first visitor that the page does not exist.
    """
    PagesManager.uses_pages_directory = False


class Shield:
    """ASGI middleware: adds headers, serves and links our script and style."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] == "http" and scope["path"] in BESIDE:
            kind, body = BESIDE[scope["path"]]
            is_this = marked(scope["path"]).encode().endswith(b"?" + (scope.get("query_string") or b"no version"))
            return await answer(send, 200, kind, body, *((KEPT,) if is_this else ()))
        if wants_page(scope):
            if scope["path"] == OVERVIEW_PATH:
                return await redirect(send, "/", scope.get("query_string", b""))
            return await self.app(uncompressed(scope), receive, rewriting(send))
        return await self.app(scope, receive, with_headers(send) if scope["type"] == "http" else send)


async def answer(send, status: int, content_type: bytes, body: bytes, *more: tuple[bytes, bytes]) -> None:
    """A whole response of our own, with more headers."""
    headers = [*HEADERS.items(), (b"content-type", content_type), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def redirect(send, path: str, query: bytes) -> None:
    """Sends the browser on to another address, with the parameters that it came with."""
    location = path.encode() + (b"?" + query if query else b"")
    headers = [*HEADERS.items(), (b"location", location), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 307, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def wants_page(scope) -> bool:
    """Whether a request may be answered with the page: what a browser sends when an address is opened."""
    accepted = dict(scope["headers"]).get(b"accept", b"") if scope["type"] == "http" else b""
    return scope.get("method") == "GET" and b"text/html" in accepted


def uncompressed(scope):
    """The request without the offer to take a compressed answer, so that the answer can be read and changed."""
    return scope | {"headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}


def with_headers(send):
    """A `send` that adds the security headers to every answer."""

    async def sent(message):
        if message["type"] == "http.response.start":
            message = message | {"headers": [*message["headers"], *HEADERS.items()]}
        await send(message)

    return sent


def rewriting(send):
    """A `send` that puts language, title and script into the one page Streamlit serves; other answers pass."""
    held: list[dict] = []  # the start and the body so far of a page, until all of it is there
    send = with_headers(send)

    async def rewritten(message):
        if message["type"] == "http.response.start" and is_page(message["headers"]):
            held.append(message)
            return
        if held:
            held.append(message)
            if message.get("more_body"):
                return
            start, body = held[0], b"".join(part.get("body", b"") for part in held[1:])
            for old, new in PAGE_CHANGES:
                body = re.sub(old, new, body)
            kept = [
                (name, value) for name, value in start["headers"] if name.lower() not in (b"content-length", b"etag")
            ]
            await send(start | {"headers": [*kept, (b"content-length", str(len(body)).encode())]})
            await send({"type": "http.response.body", "body": body})
            held.clear()
            return
        await send(message)

    return rewritten


def is_page(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a response is an HTML page."""
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)
