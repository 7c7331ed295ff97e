"""Every step at which a command changes something on disk, counted and named, and a kill before any one of them."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import duckdb

from contract.settings import PROJECT

# Functions in C by which Python changes files and databases: `sys.setprofile` sees each call, whoever makes it.
SYSTEM = {"replace", "rename", "fsync", "unlink", "remove", "mkdir", "rmdir", "chmod", "open", "link", "truncate"}
SYSTEM |= {"ftruncate", "write", "pwrite", "sendfile", "copy_file_range"}
METHODS = {"BufferedWriter.write", "BufferedWriter.flush", "TextIOWrapper.write", "FileIO.write"}
METHODS |= {"Cursor.execute", "Connection.execute", "Connection.commit", "Connection.rollback", "Connection.close"}
DATABASE = ("execute", "close", "register", "unregister")  # DuckDB's calls, which a profile does not see


def on_disk(home: Path) -> str:
    """All that a process leaves behind if it is killed now: names, and the contents of what is still written to.

    What is being built counts as there or not there: the next start removes it, whatever it holds.
    """
    known = hashlib.blake2b()
    for path in sorted(home.rglob("*")):
        known.update(str(path.relative_to(home)).encode())
        if path.is_file() and not path.name.startswith(".building-"):
            whole = path.parent.name != "warehouse" and path.suffix == ""
            known.update(str(path.stat().st_size).encode() if whole else path.read_bytes())
    return known.hexdigest()


class Steps:
    """Counts steps in this process, names them, tells what is on disk before each, and does `fatal` before one.

    Where two steps find the same on disk, a kill before either leaves the same: one of them is enough to try.
    """

    def __init__(self, home: Path | None = None, number: int = 0, fatal: Callable[[], None] | None = None) -> None:
        self.names: list[str] = []
        self.found: list[str] = []
        self._home, self._number, self._fatal = home, number, fatal

    def start(self) -> None:
        opened = duckdb.connect
        duckdb.connect = lambda *given, **named: _Counted(opened(*given, **named), self.step)
        sys.setprofile(self._called)

    def stop(self) -> None:
        sys.setprofile(None)

    def step(self, what: str, frame: FrameType) -> None:
        self.names.append(f"{_place(frame)} {what}")
        if self._home:
            sys.setprofile(None)
            self.found.append(on_disk(self._home))
            sys.setprofile(self._called)
        if self._fatal and len(self.names) == self._number:
            self._fatal()

    def _called(self, frame: FrameType, event: str, function: object) -> None:
        if event != "c_call":
            return
        name = getattr(function, "__qualname__", "")
        if (getattr(function, "__module__", None) == "posix" and name in SYSTEM) or name in METHODS:
            self.step(name, frame)


class _Counted:
    """A DuckDB connection whose calls are steps."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, step: Callable[[str, FrameType], None]) -> None:
        self._connection, self._step = connection, step

    def __getattr__(self, name: str) -> object:
        if name in DATABASE:
            self._step(f"duckdb.{name}", sys._getframe(1))
        return getattr(self._connection, name)

    def __enter__(self) -> _Counted:
        return self

    def __exit__(self, *_: object) -> None:
        self._step("duckdb.close", sys._getframe(1))
        self._connection.close()


def _place(frame: FrameType | None) -> str:
    """The nearest function of the project that makes the call."""
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(PROJECT) and "tests" not in path.parts and ".venv" not in path.parts:
            return f"{path.relative_to(PROJECT).with_suffix('').as_posix().replace('/', '.')}.{frame.f_code.co_name}"
        frame = frame.f_back
    return "?"


def counted(home: Path, work: Callable[[], int | None]) -> Callable[[], None]:
    """The work, with a line printed for each of its steps at its end: what is on disk before it, and its name."""

    def whole() -> None:
        steps = Steps(home)
        steps.start()
        try:
            work()
        finally:
            steps.stop()
            for found, name in zip(steps.found, steps.names, strict=True):
                print("step", found, name)

    return whole


def steps_of(printed: str) -> list[tuple[str, str]]:
    """What is on disk before each step that was counted, and its name."""
    lines = [line.split(" ", 2) for line in printed.splitlines() if line.startswith("step ")]
    return [(found, name) for _, found, name in lines]


def states(steps: list[tuple[str, str]]) -> list[tuple[int, str]]:
    """Number (from 1) and name of the first step at each state of the disk."""
    before = [None, *(found for found, _ in steps)]
    return [(number, name) for number, (found, name) in enumerate(steps, 1) if found != before[number - 1]]


def killed_before(number: int, work: Callable[[], int | None]) -> Callable[[], int | None]:
    """The work, killed before one of its steps."""
    return _with(Steps(number=number, fatal=lambda: os.kill(os.getpid(), signal.SIGKILL)), work)


def refused_at(number: int, work: Callable[[], int | None]) -> Callable[[], int | None]:
    """The work, on a disk that is full for one of its steps."""

    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return _with(Steps(number=number, fatal=full), work)


def _with(steps: Steps, work: Callable[[], int | None]) -> Callable[[], int | None]:
    def whole() -> int | None:
        steps.start()
        return work()

    return whole
