"""An object store as far as data versions need one, in memory: S3's protocol over HTTP, for one bucket."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

BUCKET = "bucket"
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


class Objects(BaseHTTPRequestHandler):
    """Puts, in parts as well, gets of ranges, heads, lists, deletes. An object is there when its last part is."""

    held: dict[str, bytes]
    parts: dict[str, dict[int, bytes]]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

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
        return unquote(parts.path)[1:], parse_qs(parts.query, keep_blank_values=True)

    def content(self) -> bytes:
        """What was sent; in chunks of HTTP's, and within these of S3's own, where it is told so."""
        size = int(self.headers.get("Content-Length", 0))
        sent = unchunked(self.rfile) if self.headers.get("Transfer-Encoding") == "chunked" else self.rfile.read(size)
        signed = "aws-chunked" in self.headers.get("Content-Encoding", "")
        return unchunked(io.BytesIO(sent)) if signed else sent

    def do_PUT(self) -> None:
        key, query = self.asked
        content = self.content()
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
        prefix = query.get("prefix", [""])[0]
        names = sorted(key.partition("/")[2] for key in self.held)
        found = "".join(
            f"<Contents><Key>{name}</Key><Size>{len(self.held[f'{BUCKET}/{name}'])}</Size>"
            "<LastModified>2026-11-02T00:00:00.000Z</LastModified></Contents>"
            for name in names
            if name.startswith(prefix)
        )
        told = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
        self.answer(200, (XML + told).encode())

    def do_DELETE(self) -> None:
        self.held.pop(self.asked[0], None)
        self.answer(204)


@contextmanager
def object_store() -> Iterator[tuple[str, dict[str, bytes]]]:
    """The address of a folder in it, and what it holds by name."""
    kind = type("Store", (Objects,), {"held": {}, "parts": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            where = f"endpoint_override=127.0.0.1:{server.server_port}&scheme=http&region=local"
            yield f"s3://{BUCKET}/pilot?{where}", kind.held
        finally:
            server.shutdown()
