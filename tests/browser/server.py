"""The dashboard as a process of its own, on a free port of this machine."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from contract.settings import PROJECT
from tests.processes import environment

T = TypeVar("T")
LOCAL = "127.0.0.1"
START_SECONDS = 60
WATCH = PROJECT / "tests" / "browser" / "watch"


@dataclass(frozen=True)
class Server:
    """A running dashboard: its address, its home, the file its output goes to, and its process."""

    address: str
    home: Path
    log: Path
    pid: int


def apart(looking: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives, run in a thread of its own: while a browser is open, an event loop runs in the test's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, looking).result()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return probe.getsockname()[1]


def watching(log: Path) -> dict[str, str]:
    """What the environment of a process needs so that whatever it reaches for beyond this machine is written down."""
    path = os.pathsep.join(filter(None, [str(WATCH), os.environ.get("PYTHONPATH")]))
    return {"PYTHONPATH": path, "PILOT_REACHED": str(_reached(log))}


def reached(log: Path) -> list[str]:
    """The names looked up and addresses reached beyond this machine by the processes watched with this log."""
    book = _reached(log)
    return sorted(set(book.read_text(encoding="utf-8").splitlines())) if book.exists() else []


def _reached(log: Path) -> Path:
    return log.with_name(f"{log.name}.reached")


def _start(
    port: int, home: Path, output: IO[bytes], script: str, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    options = ("--server.address", LOCAL, "--server.port", str(port), "--server.headless", "true")
    return subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, *options],
        cwd=PROJECT,
        env=environment(home, **settings),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )


def _await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the port accepts connections; asks the server nothing, so that the first request is the test's own."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection((LOCAL, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the dashboard did not start:\n{log.read_text(encoding='utf-8')[-4000:]}")


@contextmanager
def serving(home: Path, log: Path, port: int = 0, script: str = "app.py", **settings: str) -> Iterator[Server]:
    """A fresh dashboard on the given home, on a free port unless one is named, stopped at the end; with another script,
    whatever that draws. Nothing beyond this machine may have been reached for by then."""
    port = port or free_port()
    with log.open("wb") as output:
        process = _start(port, home, output, script, {**watching(log), **settings})
        try:
            _await_port(process, port, log)
            yield Server(f"http://{LOCAL}:{port}", home, log, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    assert reached(log) == []
