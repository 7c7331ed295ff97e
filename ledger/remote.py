"""A folder that a URI names, on shared storage or in an object store, through pyarrow's file systems: what is put
there, read and listed; what the store refuses, in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlencode, urlsplit, urlunsplit

import pyarrow as pa
from pyarrow import fs

from contract.errors import CallError, PilotError
from contract.places import bare
from contract.storage import system_words
from ledger.archive import sync

OPTIONS, VIRTUAL = ("scheme", "endpoint_override", "tls_ca_file_path"), "force_virtual_addressing"
CONNECT_SECONDS, ANSWER_SECONDS, ATTEMPTS = 3, 5, 3
# Of a store's error, whose text is English and of several lines: what it holds, and what that comes to.
WORDS = (
    (("curlCode: 28", "REQUEST_TIMEOUT"), "没有在限定时间内答复，请稍后再试"),
    (("NETWORK_CONNECTION", "curlCode"), "连接不上：没有启动、地址不对或网络不通"),
    (("SIGNATURE", "ACCESS_KEY", "CREDENTIALS", "ACCESS_DENIED", "status 403"), "密钥不对，或没有给这个密钥权限"),
    (("NO_SUCH_BUCKET",), "没有这个桶"),
    (("status 507",), "空间已满"),
    (("SLOW_DOWN", "SERVICE_UNAVAILABLE", "INTERNAL_FAILURE", "status 5"), "暂时不能服务，请稍后再试"),
)
ANSWER = re.compile(r"AWS Error \w+( \(HTTP status \d+\))?")


class Remote:
    """What the store itself refuses becomes a PilotError that names it."""

    def __init__(self, uri: str, called: str) -> None:
        """`called`: what people call it. Raises CallError for what is no address of a storage."""
        self.name, self._called = bare(uri), called
        try:
            self._system, self._folder = _object_store(uri) if uri.startswith("s3:") else fs.FileSystem.from_uri(uri)
        except (pa.ArrowException, OSError, ValueError) as error:
            expected = "应如file:///mnt/pilot或s3://桶/目录"
            told = reason(error).replace(uri, self.name)  # it may repeat the address with its key
            raise CallError(f"{called}“{self.name}”{expected}：{told}") from None

    def read(self, name: str, most: int | None = None) -> bytes | None:
        """The bytes under a name, so many of them at most; None where there are none."""
        with self._told("读取"):
            try:
                with self._system.open_input_stream(self._path(name)) as stream:
                    return stream.read(most)
            except (FileNotFoundError, NotADirectoryError):
                return None

    def chunks(self, name: str, size: int) -> Iterator[bytes]:
        """The bytes under a name that is there, so many at once."""
        with self._told("读取"):
            stream = self._system.open_input_stream(self._path(name))
        with stream:
            while True:
                with self._told("读取"):
                    chunk = stream.read(size)
                if not chunk:
                    return
                yield chunk

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Puts bytes under a name, durably. An object store shows them when all are there; of a file half may stay
        where this is cut off."""
        with self._told("写入"):
            if self._is_local:
                self._system.create_dir(self._path(name).rpartition("/")[0], recursive=True)
            stream = self._system.open_output_stream(self._path(name))
        for chunk in chunks:  # an error of what gives them is none of the store's
            with self._told("写入"):
                stream.write(chunk)
        with self._told("写入"):
            stream.close()
            self._settle(name)

    def replace(self, name: str, content: bytes) -> None:
        """Puts bytes under a name whole or not at all: a file is written aside."""
        aside = f".{name}" if self._is_local else name
        self.write(aside, [content])
        if self._is_local:
            with self._told("写入"):
                self._system.move(self._path(aside), self._path(name))
                sync(Path(self._folder))

    def size(self, name: str) -> int | None:
        """How many bytes lie under a name; None where there are none."""
        with self._told("读取"):
            found = self._system.get_file_info(self._path(name))
        return found.size if found.type == fs.FileType.File else None

    def listed(self, *, deep: bool = False) -> Iterator[tuple[str, int]]:
        """Name, from the folder on, and size of all that lies in it, or at any depth below."""
        with self._told("读取"):
            wanted = fs.FileSelector(self._folder, allow_not_found=True, recursive=deep)
            found = self._system.get_file_info(wanted)
        for info in found:
            if info.type == fs.FileType.File:
                yield info.path[len(self._path("")) :], info.size

    def remove(self, name: str) -> None:
        with self._told("写入"):
            self._system.delete_file(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._folder.rstrip('/')}/{name}"

    @property
    def _is_local(self) -> bool:
        return isinstance(self._system, fs.LocalFileSystem)

    def _settle(self, name: str) -> None:
        """Makes a file survive a loss of power, where the store is a file system."""
        if self._is_local:
            path = Path(self._path(name))
            sync(path)
            sync(path.parent)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """What the store refuses, in one line that names it and no file of this host."""
        try:
            yield
        except (pa.ArrowException, OSError) as error:
            raise PilotError(f"{self._called}{self.name}不能{what}：{reason(error)}") from error


def _object_store(uri: str) -> tuple[fs.FileSystem, str]:
    """The store and the folder in it. It is waited for so long and no longer, and takes what is small in one request,
    which a URI by itself cannot say; a bucket may be part of the host's name, as some stores demand."""
    parts = urlsplit(uri)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if unknown := given.keys() - {"region", VIRTUAL, *OPTIONS}:
        raise ValueError(f"不支持选项{'、'.join(sorted(unknown))}")
    own = {name: given[name] for name in OPTIONS if name in given}
    if VIRTUAL in given:
        own[VIRTUAL] = given.pop(VIRTUAL) == "true"
    # It checks the address, and asks for the bucket's region where none is stated.
    found, folder = fs.FileSystem.from_uri(urlunsplit(parts._replace(query=urlencode(given))))
    if parts.username:
        own |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password or "")}
    limits = {"connect_timeout": CONNECT_SECONDS, "request_timeout": ANSWER_SECONDS}
    retries = fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS)
    store = fs.S3FileSystem(region=found.region, retry_strategy=retries, allow_delayed_open=True, **limits, **own)
    return store, folder


def reason(error: Exception) -> str:
    """What a store or the system refuses, in one line."""
    if isinstance(error, OSError) and error.errno:
        return system_words(error)
    text = str(error)
    for marks, words in WORDS:
        if any(mark in text for mark in marks):
            return words
    answer = ANSWER.search(text)
    return f"答复为{answer[0]}" if answer else text.splitlines()[0] if text else type(error).__name__
