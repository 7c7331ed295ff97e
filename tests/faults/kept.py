"""The archives of all homes of a run in an object store: a process of its own, which holds each object as a file below
the home that it is of, so that a home that is copied has its objects too."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, MutableMapping
from http.server import ThreadingHTTPServer
from pathlib import Path

from contract.places import Archive, SharedArchive
from contract.settings import PROJECT, Home
from tests.object_store import BUCKET, Objects, Store

FOLDER = "archive"


def originals(home: Home) -> Path:
    """Where the files of a home's archive lie, seen from outside."""
    return home.root / FOLDER


class Archives:
    """Where the archive of each home below a folder lies, in this process and in those forked from it.

    This process speaks to the store in no other way: what does so has threads, which no fork takes along.
    """

    def __init__(self, root: Path) -> None:
        arguments = [sys.executable, "-m", "tests.faults.kept", str(root)]
        self._process = subprocess.Popen(arguments, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        where = f"endpoint_override=127.0.0.1:{self._process.stdout.readline().strip()}&scheme=http&region=local"
        os.environ |= dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "key")
        self._before = Home.archive

        def archive(home: Home) -> Archive:
            return SharedArchive(f"s3://{BUCKET}/{home.root.relative_to(root)}/{FOLDER}?{where}")

        Home.archive = property(archive)

    def remove(self) -> None:
        Home.archive = self._before
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()


class OnDisk(MutableMapping[str, bytes]):
    """Objects by their names, each a file."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _path(self, name: str) -> Path:
        return self._root / name.removeprefix(f"{BUCKET}/")

    def __getitem__(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise KeyError(name) from None

    def __setitem__(self, name: str, content: bytes) -> None:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}-{threading.get_ident()}")
        aside.write_bytes(content)
        os.replace(aside, path)

    def __delitem__(self, name: str) -> None:
        self._path(name).unlink()

    def __iter__(self) -> Iterator[str]:
        for found in self._root.glob(f"*/{FOLDER}/**/[!.]*"):
            if found.is_file():
                yield f"{BUCKET}/{found.relative_to(self._root)}"

    def __len__(self) -> int:
        return sum(1 for _ in self)


if __name__ == "__main__":
    handler = type("Handler", (Objects,), {"store": Store(held=OnDisk(Path(sys.argv[1]))), "woken": threading.Event()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
