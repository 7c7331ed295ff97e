"""What the gate answers by itself: status, body, cookies; and the names of the cookies."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from ledger.access.configured import SignIn
from pages.gate.sheets import sheet

HTML, TEXT, CSS, SVG = (
    b"text/html; charset=utf-8", b"text/plain; charset=utf-8", b"text/css; charset=utf-8", b"image/svg+xml",
)  # fmt: skip
STEP, BROWSER = "pilot-step", "pilot-browser"
NOT_KEPT = (b"cache-control", b"no-store")


@dataclass(frozen=True)
class Answer:
    """A whole answer; every one of these is about somebody, so no cache keeps it unless it says otherwise."""

    status: int = HTTPStatus.OK
    body: bytes = b""
    kind: bytes = HTML
    headers: tuple[tuple[bytes, bytes], ...] = ()
    kept: bool = False

    def with_headers(self, *headers: tuple[bytes, bytes]) -> Answer:
        return Answer(self.status, self.body, self.kind, (*self.headers, *headers), self.kept)

    @property
    def all_headers(self) -> list[tuple[bytes, bytes]]:
        own = [(b"content-type", self.kind), (b"content-length", str(len(self.body)).encode())]
        return [*own, *self.headers, *(() if self.kept else (NOT_KEPT,))]


def cookie(configured: SignIn, name: str, value: str, *, lax: bool = False, seconds: int | None = None):
    """The header that sets a cookie no script can read; it goes with the browser, or after so many seconds.

    `lax`: it comes along when a provider's page leads back to us; every other goes with requests of our pages alone.
    """
    parts = [f"{configured.cookie_name(name)}={value}", "Path=/", "HttpOnly", f"SameSite={'Lax' if lax else 'Strict'}"]
    parts += ["Secure"] if configured.secure else []
    parts += [f"Max-Age={seconds}"] if seconds is not None else []
    return b"set-cookie", "; ".join(parts).encode()


def without_cookie(configured: SignIn, name: str):
    return cookie(configured, name, "", seconds=0)


def redirect(path: str) -> Answer:
    """Sends the browser on, by GET, to a path of ours or a provider's address."""
    return Answer(HTTPStatus.SEE_OTHER, headers=((b"location", path.encode()),))


def forward(path: str) -> Answer:
    """A page that leads on by itself. Unlike a redirect it makes us the page that leads there, so that cookies go."""
    return Answer(body=sheet("正在进入", f'<p><a class="way" href="{_attribute(path)}">继续</a></p>', forward=path))


def plain(status: int, words: str) -> Answer:
    return Answer(status, words.encode(), TEXT)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
