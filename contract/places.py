"""Where things are kept: a record in a file of the home or on a PostgreSQL server, the archive in a folder of the home
or where hosts share it; each by an address, or by a file of mode 600 that holds one.

At one address each region has a place of its own: a schema, a folder. Whatever regions are given, they never mix.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from contract.errors import CallError

SCHEMES = ("postgresql://", "postgres://")
OF_ARCHIVES = ("file:///", "s3://")
LONGEST = 4096  # bytes of a file that holds nothing but an address
OTHERS = 0o077  # the bits of group and everybody


@dataclass(frozen=True)
class Server:
    """One record on a server. The URL is libpq's own and may hold a password: it is shown nowhere."""

    url: str = field(repr=False)
    record: str  # "ledger" or "audit"
    region: str = ""  # whose it is, where several are declared

    @property
    def schema(self) -> str:
        """The schema that holds its tables."""
        return f"{self.record}_{self.region}" if self.region else self.record

    @property
    def name(self) -> str:
        """Host and database, and the schema of a region, for people; no user, no password, no option."""
        parts = urlsplit(self.url)
        own = f"的{self.schema}" if self.region else ""
        return f"PostgreSQL {parts.netloc.rpartition('@')[2] or '本机'}{parts.path}{own}"

    def exists(self) -> bool:
        """Whoever configures a server says that the record is there; whether it answers is told by who opens it."""
        return True


Place = Path | Server


@dataclass(frozen=True)
class SharedArchive:
    """An archive that hosts share: a folder on shared storage, or one of an object store. The URI may hold a key: it is
    shown nowhere."""

    uri: str = field(repr=False)

    @property
    def name(self) -> str:
        """Where it lies, for people; no key, no option."""
        return bare(self.uri)

    @property
    def folder(self) -> Path | None:
        parts = urlsplit(self.uri)
        return Path(unquote(parts.path)) if parts.scheme == "file" else None


Archive = Path | SharedArchive


def folder_of(archive: Archive) -> Path | None:
    """The folder that an archive is on this host; None of an object store."""
    return archive if isinstance(archive, Path) else archive.folder


def bare(uri: str) -> str:
    """A URI without what may be secret in it: user, key, options."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{unquote(parts.path)}" if parts.scheme else uri


def region_folder(code: str) -> str:
    """The folder that holds what is of a region; nothing of its own without a code."""
    return f"region={code}" if code else ""


def of_region(uri: str, region: str) -> str:
    """The URI of a region's own folder in a shared place; the place itself without a region."""
    if not region:
        return uri
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{region_folder(region)}"))


def is_url(text: str) -> bool:
    return text.startswith(SCHEMES)


@lru_cache(maxsize=8)
def server_of(text: str, record: str, region: str = "") -> Server:
    """A region's record on the server that a URL names, or a file that holds one in its only line.

    Raises CallError where it names none, or others may read the file.
    """
    return Server(_address(text, SCHEMES, "台账的地址：应为postgresql://…", "台账服务器的口令"), record, region)


def place_of(text: str, record: str, region: str = "") -> Place:
    """What a caller names: a URL, a file that holds one, or else the SQLite file itself, which need not be there."""
    path = Path(text)
    if is_url(text):
        return server_of(text, record, region)
    if path.is_file() and path.open("rb").read(len(SCHEMES[1])).startswith(b"postgres"):
        return server_of(text, record, region)
    return path


@lru_cache(maxsize=8)
def shared_archive_of(text: str, region: str = "") -> SharedArchive:
    """A region's archive in the place that a URI names, or a file that holds one in its only line.

    Raises CallError as `server_of`.
    """
    uri = _address(text, OF_ARCHIVES, "原件库的地址：应为file:///…或s3://…", "原件库的密钥")
    return SharedArchive(of_region(uri, region))


def archive_place_of(text: str, region: str = "") -> Archive:
    """What a caller names: a URI, a file that holds one, or else a folder itself, which need not be there."""
    named = text.startswith(OF_ARCHIVES) or Path(text).is_file()
    return shared_archive_of(text, region) if named else Path(text)


def _address(text: str, schemes: tuple[str, ...], expected: str, secret: str) -> str:
    """An address itself, or the one that a file holds in its only line and shows to nobody but its owner."""
    if text.startswith(schemes):
        return text
    path = Path(text)
    try:
        address = path.read_bytes()[:LONGEST].decode().strip() if path.is_file() else ""
    except UnicodeDecodeError:
        address = ""
    if not address.startswith(schemes) or len(address.splitlines()) != 1:
        raise CallError(f"{path.name}不是{expected}，或只含一行这种地址的文件")
    if stat.S_IMODE(path.stat().st_mode) & OTHERS:
        raise CallError(f"{path.name}载有{secret}，其他用户可以读取，请改为600后再试")
    return address
