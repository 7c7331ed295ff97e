"""The gate before everything: every request and every message of a websocket is held against the session it belongs to.

Outside the framework and before it sees anything: Host and Origin, the session's cookie, whose file or upload it is.
What a visitor sends under the name of a header of ours is thrown away. A session is asked for in the store each time.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import quote

from contract.errors import PilotError
from contract.settings import home
from ledger.access import sessions, store
from ledger.access.configured import SignIn, running
from pages.gate import entrance
from pages.gate.answers import BROWSER, CSS, NOT_KEPT, SVG, Answer, cookie, forward, plain, redirect
from pages.gate.asking import ADDRESS_HEADER, FORWARDED, OWN_HEADER, UNSAFE, Asked, form, own_path
from pages.gate.framework import MEDIA, UPLOAD, may_fetch, may_upload
from pages.gate.health import Health
from pages.gate.server import HEADERS, ICON, Shield, is_local
from pages.gate.sheets import STYLE, STYLE_PATH, said, sheet, way
from pages.shell.log import note_error

LOG = logging.getLogger("pilot.gate")
OPEN = {
    STYLE_PATH: Answer(body=STYLE, kind=CSS, kept=True),
    "/favicon.ico": Answer(body=ICON.read_bytes(), kind=SVG, kept=True),
}
# Of the framework: what nobody needs here, and what is for whom configuration names alone.
CLOSED = ("/auth/", "/oauth2callback", "/_stcore/agent", "/_stcore/script-health-check", "/app/static/")
MONITORED = ("/_stcore/metrics", "/_stcore/health")
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
POLICY_VIOLATION = 1008
NOT_HERE = "演示登录只对本机开放：请在运行本系统的计算机上用127.0.0.1访问。"
# Looks at sessions are short and many; signing in waits for a provider or a slow hash, and must not hold them up.
LOOKS, SIGNS = ThreadPoolExecutor(8, "looks"), ThreadPoolExecutor(6, "signs")


@dataclass(frozen=True)
class Visitor:
    """Who asks: the holder of what the framework keeps, and how to tell whether that still is so."""

    holder: str
    token: str = ""  # of the session; empty in the demonstration
    new_cookie: tuple[bytes, bytes] | None = None


class Gate:
    """ASGI middleware around everything else. Reads the configuration when the server starts."""

    def __init__(self, app):
        self.app, self.configured = app, running(home())

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        asked = Asked(scope, self.configured)
        try:
            found = await self._found(asked, receive)
        except PilotError as error:
            found = _failed(HTTPStatus.SERVICE_UNAVAILABLE, str(error), note_error(error))
        except Exception as error:  # whatever it was, a visitor is shown no trace of it
            found = _failed(HTTPStatus.INTERNAL_SERVER_ERROR, "系统处理时发生错误，已记入日志", note_error(error))
        if isinstance(found, Answer):
            return await self._answer(asked, found, send)
        if asked.is_websocket:
            return await self._watched(asked, found, receive, send)
        return await self.app(told(scope, found.holder, asked.address), receive, self._also(send, found, asked.path))

    async def _found(self, asked: Asked, receive) -> Answer | Visitor:
        """What the gate answers itself, or the visitor for whom the request goes on."""
        if asked.monitors and asked.path in MONITORED and asked.method == "GET":
            return Visitor("")
        refusal = _misplaced(asked)
        if refusal:
            return refusal
        if asked.path in OPEN and not asked.is_websocket:
            return OPEN[asked.path]
        if asked.path.startswith((entrance.IN, entrance.OUT, entrance.STATE)) and not asked.is_websocket:
            return await self._entrance(asked, receive)
        visitor = await self._visitor(asked)
        if isinstance(visitor, Answer):
            return visitor
        if asked.path.startswith(CLOSED) or asked.path == MONITORED[0]:
            return plain(HTTPStatus.NOT_FOUND, "没有这一地址")
        foreign = (asked.path.startswith(MEDIA) and not may_fetch(asked.path, visitor.holder)) or (
            asked.path.startswith(UPLOAD) and not may_upload(asked.path, visitor.holder)
        )
        return (
            plain(HTTPStatus.FORBIDDEN, "这一地址不属于您的会话，或已失效：请在页面上重新操作") if foreign else visitor
        )

    async def _entrance(self, asked: Asked, receive) -> Answer:
        if self.configured.demonstration:
            return plain(HTTPStatus.OK, "demonstration") if asked.path == entrance.STATE else redirect("/")
        route = entrance.ROUTES.get((asked.method, asked.path))
        if route is None:
            return plain(HTTPStatus.NOT_FOUND, "没有这一地址")
        fields = await form(receive) if asked.method == "POST" else {}
        if fields is None:
            return plain(HTTPStatus.BAD_REQUEST, "提交的内容不是本系统的表单")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(LOOKS if asked.path == entrance.STATE else SIGNS, route, asked, fields)

    async def _visitor(self, asked: Asked) -> Visitor | Answer:
        if self.configured.demonstration:
            return _browser(asked)
        token = entrance.session_cookie(asked)
        session = await _look(self.configured, token, touch=True)
        if session:
            return Visitor(session.holder, token)
        if not asked.wants_page:
            return plain(HTTPStatus.UNAUTHORIZED, "请先登录")
        query = asked.scope.get("query_string", b"").decode("latin-1")
        wanted = own_path(asked.path + (f"?{query}" if query else ""))
        if asked.from_elsewhere:
            return forward(wanted)  # the browser has held the cookie back: now our own page leads there
        return redirect(entrance.IN + (f"?next={quote(wanted, safe='/')}" if wanted != "/" else ""))

    async def _answer(self, asked: Asked, answer: Answer, send) -> None:
        if asked.is_websocket:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        headers = [*HEADERS.items(), *answer.all_headers, *self._transport]
        await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    @property
    def _transport(self) -> tuple[tuple[bytes, bytes], ...]:
        return (STRICT_TRANSPORT,) if self.configured.secure else ()

    def _also(self, send, visitor: Visitor, path: str):
        """A `send` that sets the browser's cookie, binds the framework's own to TLS, and lets no cache keep a file."""

        async def sent(message):
            if message["type"] == "http.response.start":
                headers = [self._bound(pair) for pair in message.get("headers", [])]
                headers += [visitor.new_cookie] if visitor.new_cookie else []
                headers += [NOT_KEPT] if path.startswith(MEDIA) else []
                message = message | {"headers": [*headers, *self._transport]}
            await send(message)

        return sent

    def _bound(self, pair: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        name, value = pair
        unbound = name.lower() == b"set-cookie" and b"secure" not in value.lower()
        return (name, value + b"; Secure") if self.configured.secure and unbound else pair

    async def _watched(self, asked: Asked, visitor: Visitor, receive, send) -> None:
        """A websocket for as long as its session lives: asked at each message, and now and then between them."""
        over = asyncio.Event()

        async def alive(touch: bool) -> bool:
            if visitor.token and not over.is_set():
                try:
                    session = await _look(self.configured, visitor.token, touch)
                except PilotError as error:
                    note_error(error)
                    session = None
                if session is None and not over.is_set():
                    over.set()
                    with suppress(Exception):  # the visitor may be gone already
                        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return not over.is_set()

        async def received():
            message = await receive()
            if message["type"] == "websocket.receive" and not await alive(touch=True):
                return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
            return message

        async def sent(message):
            if not over.is_set():
                await send(message)

        async def watch():
            while await alive(touch=False):
                await asyncio.sleep(self.configured.watch_seconds)

        watching = asyncio.create_task(watch()) if visitor.token else None
        try:
            await self.app(told(asked.scope, visitor.holder, asked.address), received, sent)
        finally:
            if watching:
                watching.cancel()


async def _look(with_: SignIn, token: str, touch: bool) -> sessions.Session | None:
    return await asyncio.get_running_loop().run_in_executor(LOOKS, partial(sessions.look, home(), with_, token, touch))


def told(scope, holder: str, address: str):
    """The request as the framework is to see it: held by whom, from where, without what a visitor says itself."""
    kept = [pair for pair in scope["headers"] if pair[0] not in (OWN_HEADER, ADDRESS_HEADER, *FORWARDED)]
    return scope | {"headers": [*kept, (OWN_HEADER, holder.encode()), (ADDRESS_HEADER, address.encode())]}


def _misplaced(asked: Asked) -> Answer | None:
    """A refusal of what did not come to our address, or was sent by another site's page."""
    if asked.configured.demonstration and not is_local((asked.scope.get("server") or ("",))[0]):
        return plain(HTTPStatus.FORBIDDEN, NOT_HERE)
    if not asked.to_us:
        words = NOT_HERE if asked.configured.demonstration else f"请从{asked.configured.public}访问。"
        return plain(HTTPStatus.FORBIDDEN, words)
    # Whatever another page sends, the framework would look up a public host to judge it: it is not to see it at all.
    says_whose = bool(asked.headers("origin")) or asked.is_websocket or asked.method in UNSAFE
    if says_whose and not asked.from_our_page:
        LOG.warning("refused: a %s from another site's page, or from none", asked.scope["type"])
        return plain(HTTPStatus.FORBIDDEN, "请求不是由本系统的页面发出的，未予办理。")
    return None


def _browser(asked: Asked) -> Visitor | Answer:
    """The demonstration's visitor: a browser of this machine, told from every other by a cookie of ours."""
    kept = asked.cookie(asked.configured.cookie_name(BROWSER))
    if kept:
        return Visitor(f"browser-{store.hashed(kept)[:32]}")
    if not asked.wants_page:
        return plain(HTTPStatus.UNAUTHORIZED, "请先打开首页")
    made = secrets.token_urlsafe(32)
    return Visitor(f"browser-{store.hashed(made)[:32]}", new_cookie=cookie(asked.configured, BROWSER, made))


def _failed(status: int, words: str, log_id: str) -> Answer:
    line = f"{words}。请稍后再试；仍不成功的，请把日志编号{log_id}告知管理员"
    return Answer(status, sheet("暂时不能打开", said(line, "alert"), way(entrance.IN, "重试", quiet=True)))


# From the outside in; a class, its arguments and its keywords each, as the server unpacks them.
MIDDLEWARE = ((Health, (), {}), (Gate, (), {}), (Shield, (), {}))
