"""An object store in memory, as far as archive and data versions need one: S3's protocol over HTTP, for one bucket."""

from __future__ import annotations

import io
import os
import re
import signal
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

BUCKET = "bucket"
PART = 1 << 19  # bytes
XML = '<?xml version="1.0" encoding="UTF-8"?>'
RANGE = re.compile(r"bytes=(\d+)-(\d+)")


def unchunked(stream: BinaryIO) -> bytes:
    """Chunks each with its length before it, and perhaps a checksum after the last, as one."""
    found = b""
    while size := int(stream.readline().split(b";")[0], 16):
        found += stream.read(size)
        stream.readline()
    while stream.readline().strip():
        pass
    return found


@dataclass
class Store:
    """What it holds by name, and what it does to those who ask: how many puts it still takes before it is away (None:
    as many as come), whether it hears and says nothing, and which process it kills with `PART` of an object received.
    """

    uri: str = ""
    held: MutableMapping[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    puts: int = 0
    puts_left: int | None = None
    page: int = 1000  # names that one answer lists
    is_mute: bool = False
    is_dishonest: bool = False  # holds other bytes than it was given
    victim: int = 0

    def name(self, sha256: str) -> str:
        """Of an object of the archive."""
        return f"{BUCKET}/pilot/{sha256[:2]}/{sha256}"


class Objects(BaseHTTPRequestHandler):
    """Puts, in parts as well, gets of ranges, heads, lists, deletes. An object is there when its last part is."""

    store: Store
    woken: threading.Event
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    @property
    def held(self) -> MutableMapping[str, bytes]:
        return self.store.held

    @property
    def parts(self) -> dict[str, dict[int, bytes]]:
        return self.store.parts

    def parse_request(self) -> bool:
        """Whoever is away lets the connection go without a word."""
        asked = super().parse_request()
        if self.store.is_mute:
            self.woken.wait()
        if self.store.puts_left == 0 or self.store.is_mute:
            self.close_connection = True
            return False
        return asked

    def handle_one_request(self) -> None:
        with suppress(ConnectionError):  # of those who did not wait
            super().handle_one_request()

    def finish(self) -> None:
        with suppress(ConnectionError):
            super().finish()

    def answer(self, code: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(code)
        if code != 204:
            self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    @property
    def asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        is_virtual = self.headers.get("Host", "").startswith(f"{BUCKET}.")
        key = f"{BUCKET}{unquote(parts.path)}" if is_virtual else unquote(parts.path)[1:]
        return key, parse_qs(parts.query, keep_blank_values=True)

    def content(self) -> bytes:
        """What was sent; in chunks of HTTP's, and within these of S3's own, where it is told so."""
        size = int(self.headers.get("Content-Length", 0))
        sent = unchunked(self.rfile) if self.headers.get("Transfer-Encoding") == "chunked" else self.rfile.read(size)
        signed = "aws-chunked" in self.headers.get("Content-Encoding", "")
        return unchunked(io.BytesIO(sent)) if signed else sent

    def do_PUT(self) -> None:
        key, query = self.asked
        if self.store.victim:
            self.rfile.read(PART)
            os.kill(self.store.victim, signal.SIGKILL)
            self.close_connection = True
            return
        content = self.content()
        self.store.puts += 1
        if self.store.puts_left is not None:
            self.store.puts_left -= 1
        if self.store.is_dishonest:
            content = content[:-1] + bytes([content[-1] ^ 1])
        if "partNumber" in query:
            self.parts[query["uploadId"][0]][int(query["partNumber"][0])] = content
        else:
            self.held[key] = content
        self.answer(200, ETag='"0"')

    def do_POST(self) -> None:
        key, query = self.asked
        self.content()
        if "uploads" in query:
            upload = str(len(self.parts))
            self.parts[upload] = {}
            body = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
        elif "uploadId" in query:
            parts = self.parts.pop(query["uploadId"][0])
            self.held[key] = b"".join(parts[number] for number in sorted(parts))
            told = f"<Bucket>{BUCKET}</Bucket><Key>{key.partition('/')[2]}</Key>"
            body = f"<CompleteMultipartUploadResult>{told}</CompleteMultipartUploadResult>"
        else:
            body = "<DeleteResult></DeleteResult>"
        self.answer(200, (XML + body).encode())

    def do_HEAD(self) -> None:
        key, _ = self.asked
        if key in self.held:
            self.answer(200, length=str(len(self.held[key])), ETag='"0"', Last_Modified="Mon, 02 Nov 2026 00:00:00 GMT")
        else:
            self.answer(200 if key == BUCKET else 404)

    def do_GET(self) -> None:
        key, query = self.asked
        if "list-type" in query:
            return self.list(query)
        content = self.held.get(key)
        if content is None:
            return self.answer(404)
        wanted = RANGE.fullmatch(self.headers.get("Range", ""))
        if not wanted:
            return self.answer(200, content)
        first, last = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
        whole = f"bytes {first}-{last}/{len(content)}"
        return self.answer(206, content[first : last + 1], Content_Range=whole)

    def list(self, query: dict[str, list[str]]) -> None:
        prefix, within = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
        names = sorted(key.partition("/")[2] for key in self.held)
        folders = {f"{prefix}{name[len(prefix) :].partition('/')[0]}/" for name in names if name.startswith(prefix)}
        names = [name for name in names if not (within and within in name[len(prefix) :])]
        start = int(query.get("continuation-token", ["0"])[0])
        more, names = names[start + self.store.page :], names[start : start + self.store.page]
        found = "".join(
            f"<Contents><Key>{name}</Key><Size>{len(self.held[f'{BUCKET}/{name}'])}</Size>"
            "<LastModified>2026-11-02T00:00:00.000Z</LastModified></Contents>"
            for name in names
            if name.startswith(prefix)
        )
        if within:
            beneath = [name for name in sorted(folders) if f"{BUCKET}/{name[:-1]}" not in self.held]
            found += "".join(f"<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>" for name in beneath)
        goes_on = f"<NextContinuationToken>{start + self.store.page}</NextContinuationToken>" if more else ""
        cut = f"<IsTruncated>{str(bool(more)).lower()}</IsTruncated>{goes_on}"
        told = f"<ListBucketResult>{cut}{found}</ListBucketResult>"
        self.answer(200, (XML + told).encode())

    def do_DELETE(self) -> None:
        self.held.pop(self.asked[0], None)
        self.answer(204)


@contextmanager
def object_store() -> Iterator[Store]:
    """A folder in it, by its address."""
    store, woken = Store(), threading.Event()
    kind = type("Handler", (Objects,), {"store": store, "woken": woken})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            where = f"endpoint_override=127.0.0.1:{server.server_port}&scheme=http&region=local"
            store.uri = f"s3://{BUCKET}/pilot?{where}"
            yield store
        finally:
            woken.set()
            server.shutdown()
