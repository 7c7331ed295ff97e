"""Where a record lies: in a file of the home, or on a PostgreSQL server that a URL names."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from contract.errors import CallError

SCHEMES = ("postgresql://", "postgres://")
LONGEST = 4096  # bytes of a file that holds nothing but a URL
OTHERS = 0o077  # the bits of group and everybody


@dataclass(frozen=True)
class Server:
    """One record on a server. The URL is libpq's own and may hold a password: it is shown nowhere."""

    url: str = field(repr=False)
    record: str  # "ledger" or "audit": the schema that holds its tables

    @property
    def name(self) -> str:
        """Host and database, for people; no user, no password, no option."""
        parts = urlsplit(self.url)
        return f"PostgreSQL {parts.netloc.rpartition('@')[2] or '本机'}{parts.path}"

    def exists(self) -> bool:
        """Whoever configures a server says that the record is there; whether it answers is told by who opens it."""
        return True


Place = Path | Server


def is_url(text: str) -> bool:
    return text.startswith(SCHEMES)


@lru_cache(maxsize=8)
def server_of(text: str, record: str) -> Server:
    """The record on the server that a URL names, or a file that holds one in its only line.

    Raises CallError where it names none, or others may read the file.
    """
    if is_url(text):
        return Server(text, record)
    path = Path(text)
    try:
        url = path.read_bytes()[:LONGEST].decode().strip() if path.is_file() else ""
    except UnicodeDecodeError:
        url = ""
    if not is_url(url) or len(url.splitlines()) != 1:
        raise CallError(f"{path.name}不是台账的地址：应为postgresql://…，或只含一行这种地址的文件")
    if stat.S_IMODE(path.stat().st_mode) & OTHERS:
        raise CallError(f"{path.name}载有台账服务器的口令，其他用户可以读取，请改为600后再试")
    return Server(url, record)


def place_of(text: str, record: str) -> Place:
    """What a caller names: a URL, a file that holds one, or else the SQLite file itself, which need not be there."""
    path = Path(text)
    if is_url(text):
        return server_of(text, record)
    if path.is_file() and path.open("rb").read(len(SCHEMES[1])).startswith(b"postgres"):
        return server_of(text, record)
    return path
