"""One request as the gate reads it: where it came to, from where, with which cookies, and the fields of its form."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ledger.access.configured import LOCAL_NAMES, Network, SignIn

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
LONGEST_FORM = 16_384  # bytes
UNSAFE = ("POST", "PUT", "DELETE", "PATCH")
# What the gate tells the framework; from outside it counts for nothing.
OWN_HEADER, ADDRESS_HEADER = b"x-pilot-holder", b"x-pilot-address"
FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"x-real-ip")


@dataclass(frozen=True)
class Asked:
    """A request or a websocket's handshake."""

    scope: Scope
    configured: SignIn

    @property
    def path(self) -> str:
        return self.scope["path"]

    @property
    def method(self) -> str:
        return self.scope.get("method", "GET")

    @property
    def is_websocket(self) -> bool:
        return self.scope["type"] == "websocket"

    def headers(self, name: str) -> list[str]:
        wanted = name.encode()
        return [value.decode("latin-1") for key, value in self.scope["headers"] if key == wanted]

    def header(self, name: str) -> str:
        """A header that is there once; empty where it is missing, and where two could be meant."""
        found = self.headers(name)
        return found[0] if len(found) == 1 else ""

    def cookie(self, name: str) -> str:
        """A cookie's value; empty where there is none, or where two could be meant."""
        values = []
        for line in self.headers("cookie"):
            for part in line.split(";"):
                try:
                    values += [morsel.value for key, morsel in SimpleCookie(part.strip()).items() if key == name]
                except CookieError:
                    continue
        return values[0] if len(values) == 1 else ""

    @property
    def query(self) -> dict[str, str]:
        pairs = parse_qs(self.scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        return {name: values[0] for name, values in pairs.items()}

    @property
    def wants_page(self) -> bool:
        return not self.is_websocket and self.method == "GET" and "text/html" in self.header("accept")

    @property
    def address(self) -> str:
        """From where it comes: who connected, or whom a configured proxy names as last in the row.

        A proxy appends whom it has seen; what stands before was written by whoever asked, and counts for nothing.
        """
        peer = (self.scope.get("client") or ("",))[0]
        named = [one.strip() for line in self.headers("x-forwarded-for") for one in line.split(",")]
        while named and within(peer, self.configured.proxies):
            peer = named.pop()
        return peer if is_address(peer) else ""

    @property
    def monitors(self) -> bool:
        """Whether it comes, straight, from where configuration lets health and metrics be read."""
        peer = (self.scope.get("client") or ("",))[0]
        straight = not any(self.headers(name.decode()) for name in FORWARDED)
        return straight and within(peer, self.configured.monitors)

    @property
    def to_us(self) -> bool:
        """Whether it came to the address that users open, as Host says."""
        host = self.header("host").lower()
        if self.configured.demonstration:  # any port: it may be reached through a tunnel of the user's own
            return host_name(host) in LOCAL_NAMES
        return host == self.configured.host.lower()

    @property
    def from_our_page(self) -> bool:
        """Whether a page of ours has sent it: Origin is there, and is our own address."""
        origin = self.header("origin")
        if self.configured.demonstration:
            return bool(origin) and origin in (f"http://{self.header('host')}", f"https://{self.header('host')}")
        return origin.lower() == self.configured.public.lower()

    @property
    def from_elsewhere(self) -> bool:
        """Whether another site's page leads here, so that the browser holds the session's cookie back."""
        return self.header("sec-fetch-site") == "cross-site"


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def within(address: str, networks: tuple[Network, ...]) -> bool:
    return is_address(address) and any(ipaddress.ip_address(address) in network for network in networks)


def host_name(host: str) -> str:
    """The name in a Host header; empty for what is none."""
    try:
        parts = urlsplit(f"//{host}")
        return (parts.hostname or "") if host == parts.netloc and not parts.username and parts.port != 0 else ""
    except ValueError:
        return ""


def own_path(wanted: str) -> str:
    """Where to go after signing in: a path of ours with its parameters, the first page where it is anything else."""
    parts = urlsplit(wanted)
    clean = wanted.isprintable() and "\\" not in wanted and len(wanted) <= 2000
    ours = not parts.scheme and not parts.netloc and wanted.startswith("/") and not wanted.startswith("//")
    inner = parts.path.startswith(("/sign-", "/_stcore", "/media", "/static", "/component", "/auth"))
    return wanted if clean and ours and not inner else "/"


async def form(receive: Receive) -> dict[str, str] | None:
    """The fields of a form; None where it is too long to be one of ours."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > LONGEST_FORM:
            return None
        if not message.get("more_body"):
            break
    try:
        pairs = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError:  # not UTF-8, or more fields than any of our forms has
        return None
    return {name: values[0] for name, values in pairs.items()}
