"""How people sign in: `access.toml` of a home (or the file that `PILOT_ACCESS` names); without it the demonstration."""

from __future__ import annotations

import ipaddress
import os
import ssl
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contract.errors import CallError
from contract.settings import Home
from ledger.guard.private import OTHERS

FILE = "access.toml"
VARIABLE = "PILOT_ACCESS"
ACCOUNTS, PROVIDER, DEMONSTRATION = "accounts", "oidc", "demonstration"
WAYS = (ACCOUNTS, PROVIDER, DEMONSTRATION)
MOST_HOURS, MOST_IDLE_MINUTES, MOST_WATCH_SECONDS, MOST_SKEW_SECONDS = 8, 30, 10, 300  # the design allows no more
CODES = ("optional", "required")
STRICT, LENIENT = CLOCKS = ("strict", "lenient")  # whether a code counts in its own half minute alone
SESSION_COOKIE = "pilot-session"
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Provider:
    """An OpenID provider: `claim` of its ID token is what a registered user is linked to.

    `acr`, `amr`: how strongly, and by which means, people must have signed in there; one of each that is named.
    `max_age_minutes`: how long ago that may have been; 0 for as long as the provider likes.
    `ca`: a file of the authorities that may have signed its certificate; empty for those known to the public.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    claim: str = "sub"
    name: str = "统一身份认证"
    skew_seconds: int = 60
    wait_seconds: float = 5.0
    scopes: str = "openid"
    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    max_age_minutes: int = 0
    ca: str = ""


@dataclass(frozen=True)
class SignIn:
    """The configuration: `public` is the address that users open, `proxies` may state whom they pass on.

    `monitors` may read health and metrics of the server. Hours and minutes are those of a session, which an open page
    outlives by `watch_seconds` at most.
    """

    ways: tuple[str, ...] = (DEMONSTRATION,)
    public: str = ""
    proxies: tuple[Network, ...] = ()
    monitors: tuple[Network, ...] = ()
    hours: float = MOST_HOURS
    idle_minutes: float = MOST_IDLE_MINUTES
    watch_seconds: float = MOST_WATCH_SECONDS
    code: str = "optional"
    code_clock: str = LENIENT
    provider: Provider | None = None

    @property
    def code_steps_around(self) -> int:
        """By how many steps of time before and after its own a one-time code counts: clocks of phones differ."""
        return 0 if self.code_clock == STRICT else 1

    @property
    def demonstration(self) -> bool:
        return self.ways == (DEMONSTRATION,)

    @property
    def has_accounts(self) -> bool:
        return ACCOUNTS in self.ways

    def cookie_name(self, name: str) -> str:
        """A cookie's name: with the prefix by which browsers hold it to this host and to TLS, where there is TLS."""
        return f"__Host-{name}" if self.secure else name

    @property
    def secure(self) -> bool:
        """Whether users reach the server by TLS alone, so that cookies may be bound to it."""
        return self.public.startswith("https://")

    @property
    def host(self) -> str:
        """What the Host header has to say: name, and port where the address names one."""
        return urlsplit(self.public).netloc


def access_file(home: Home) -> Path:
    """The file that configures sign-in, whether it is there or not."""
    return Path(os.environ.get(VARIABLE) or home.root / FILE)


def sign_in(home: Home) -> SignIn:
    """How people sign in to a home. Raises CallError for a file that others can read or that cannot be what it says."""
    path = access_file(home)
    try:
        if stat.S_IMODE(path.stat().st_mode) & OTHERS:
            raise CallError(f"{path.name}含有密钥，本机其他用户可以读取：请执行 chmod 600 {path.name}")
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if os.environ.get(VARIABLE):
            raise CallError(f"环境变量{VARIABLE}所指的登录配置文件不存在") from None
        return SignIn()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CallError(f"{path.name}无法读取，应为UTF-8编码的TOML文件：{error}") from None
    return _Reading(path.name, facts).sign_in()


@lru_cache(maxsize=8)
def _once(root: Path, _named: str) -> SignIn:
    return sign_in(Home(root))


def running(home: Home) -> SignIn:
    """The configuration with which this process runs: read once, so that a change waits for the next start."""
    return _once(home.root, os.environ.get(VARIABLE, ""))


@dataclass(frozen=True)
class _Reading:
    """A configuration while it is read: every value that is asked for is known, and every other is refused."""

    name: str
    facts: Mapping[str, Any]
    known: set[str] = field(default_factory=set)

    def sign_in(self) -> SignIn:
        ways = self._ways()
        public = self.text("server", "public").rstrip("/")
        if ways != (DEMONSTRATION,):
            self._check_public(public)
        configured = SignIn(
            ways=ways,
            public=public,
            proxies=self.networks("server", "proxies"),
            monitors=self.networks("server", "monitors"),
            hours=self.number("sessions", "hours", MOST_HOURS, MOST_HOURS),
            idle_minutes=self.number("sessions", "idle_minutes", MOST_IDLE_MINUTES, MOST_IDLE_MINUTES),
            watch_seconds=self.number("sessions", "watch_seconds", MOST_WATCH_SECONDS, MOST_WATCH_SECONDS),
            code=self.text("accounts", "code", "optional"),
            code_clock=self.text("accounts", "code_clock", LENIENT),
            provider=self._provider() if PROVIDER in ways else None,
        )
        if configured.code not in CODES:
            self.wrong("accounts.code", f"应为{'、'.join(CODES)}之一")
        if configured.code_clock not in CLOCKS:
            self.wrong("accounts.code_clock", f"应为{'、'.join(CLOCKS)}之一")
        self._refuse_unknown()
        return configured

    def wrong(self, key: str, what: str) -> None:
        raise CallError(f"{self.name}的{key}{what}")

    def value(self, table: str, key: str, otherwise: Any, kind: type | tuple[type, ...]) -> Any:
        label = f"{table}.{key}" if table else key
        self.known.add(label)
        holder = self.facts.get(table, {}) if table else self.facts
        found = holder.get(key, otherwise) if isinstance(holder, dict) else otherwise
        if not isinstance(found, kind) or isinstance(found, bool):
            self.wrong(label, "不是应有的类型，请对照运行维护手册")
        return found

    def text(self, table: str, key: str, otherwise: str = "") -> str:
        return self.value(table, key, otherwise, str).strip()

    def number(self, table: str, key: str, otherwise: float, most: float) -> float:
        found = self.value(table, key, otherwise, (int, float))
        if not 0 < found <= most:
            self.wrong(f"{table}.{key}", f"应大于0，至多{most:g}，现为{found:g}")
        return found

    def networks(self, table: str, key: str) -> tuple[Network, ...]:
        named = self.value(table, key, [], list)
        try:
            return tuple(ipaddress.ip_network(str(one)) for one in named)
        except ValueError:
            self.wrong(f"{table}.{key}", f'应为地址或网段，如["127.0.0.1"]，现为{named}')

    def _ways(self) -> tuple[str, ...]:
        named = tuple(self.value("", "sign_in", [DEMONSTRATION], list))
        if not named or set(named) - set(WAYS) or (DEMONSTRATION in named and len(named) > 1):
            self.wrong("sign_in", '应为["accounts"]、["oidc"]、["accounts", "oidc"]或["demonstration"]')
        return named

    def _check_public(self, public: str) -> None:
        parts = urlsplit(public)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
            self.wrong("server.public", "应为使用者打开的地址，如https://pilot.example.gov.cn，不带路径")
        if parts.scheme == "http" and parts.hostname not in LOCAL_NAMES:
            self.wrong("server.public", "须以https://开头：只有在本机试用时才可以不加密")

    def _provider(self) -> Provider:
        found = Provider(
            issuer=self.text("oidc", "issuer"),
            client_id=self.text("oidc", "client_id"),
            client_secret=self.text("oidc", "client_secret"),
            claim=self.text("oidc", "claim", "sub"),
            name=self.text("oidc", "name", Provider.name),
            skew_seconds=int(self.number("oidc", "skew_seconds", Provider.skew_seconds, MOST_SKEW_SECONDS)),
            wait_seconds=self.number("oidc", "wait_seconds", Provider.wait_seconds, 60),
            scopes=self.text("oidc", "scopes", Provider.scopes),
            acr=tuple(self.text("oidc", "acr").split()),
            amr=tuple(self.text("oidc", "amr").split()),
            max_age_minutes=self.value("oidc", "max_age_minutes", Provider.max_age_minutes, int),
            ca=self.text("oidc", "ca"),
        )
        if not 0 <= found.max_age_minutes <= MOST_HOURS * 60:
            self.wrong("oidc.max_age_minutes", f"应为0至{MOST_HOURS * 60}")
        issuer = urlsplit(found.issuer)
        if not found.client_id or not issuer.hostname:
            self.wrong("oidc", "须有issuer和client_id")
        if issuer.scheme != "https" and issuer.hostname not in LOCAL_NAMES:
            self.wrong("oidc.issuer", "须以https://开头")
        if found.ca:
            self._check_authorities(found.ca)
        return found

    def _check_authorities(self, path: str) -> None:
        try:
            ssl.create_default_context(cafile=path)
        except OSError:  # not there, not to be read, or without a certificate
            self.wrong("oidc.ca", f"应为本系统能读取的PEM证书文件，现为{path}")

    def _refuse_unknown(self) -> None:
        """A key that nothing reads is a mistake in writing; what is there of a way that is not chosen may stay."""
        tables = {label.partition(".")[0] for label in self.known if "." in label}
        for key, value in self.facts.items():
            inner = [f"{key}.{name}" for name in value] if isinstance(value, dict) and key in tables else [key]
            unknown = [label for label in inner if label not in self.known and label != PROVIDER]
            if unknown:
                self.wrong(unknown[0], "不认识，请对照运行维护手册")
