"""Reads packages in child processes that have given up all but reading: what comes in is hostile until shown otherwise.

See `etl.receiving.confinement` for what a child cannot do. Its answer is taken as hostile too: what it hands back is
made of the few classes named here, so that a child that a file has taken over can run nothing in this process.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

from contract.errors import RefusedFile
from contract.settings import PROJECT
from etl.reading.worker import AT, DONE, LENGTH, OUT_OF_MEMORY, REFUSED, SECONDS, send
from etl.receiving.confinement import MEMORY_BYTES

if TYPE_CHECKING:  # a child starts while these are imported, see `start_ahead`
    from etl.reading.submission import Reading
    from etl.receiving.receive import Package

TOO_LONG = f"文件在{SECONDS}秒内没有读完，已拒收；请删除多余的工作表、空行和格式后重新报送"
TOO_LARGE = "文件读取时占用内存过大，已拒收；请删除多余的工作表、空行和格式后重新报送"
BROKEN = "系统读取文件时出错（{}），未受理；请联系系统管理员，文件已存档"
READ_PACKAGE = "etl.reading.packages:read_package"
GET_READY = "etl.reading.packages:get_ready"
KEPT_SETTINGS = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ")  # no other setting is handed on: some are secrets
# Arrow's own allocator sets a gigabyte aside at once, which counts as used.
LEAN_CHILD = {"PYTHONDONTWRITEBYTECODE": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
ANSWERS = {
    "etl.reading.submission": {"CoverItem", "Problem", "Reading", "Table"},
    "etl.reading.remarks": {"Remark"},
    "datetime": {"date", "datetime", "time"},
    "decimal": {"Decimal"},
}


class _Answer(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        if name not in ANSWERS.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is no answer")
        return super().find_class(module, name)


class _Gone(Exception):
    """The child has ended, or what it says is no answer."""


class _Worker:
    """One child process; a file that kills or stalls it costs only itself: the next one gets a new child."""

    def __init__(self, folder: str | None = None) -> None:
        self._folder = folder
        self._process: subprocess.Popen | None = None
        self._unheard: list[str] = []  # what the child will say before it answers to work
        self.layers: tuple[str, ...] = ()

    def _start(self) -> None:
        settings = {name: os.environ[name] for name in KEPT_SETTINGS if name in os.environ}
        settings |= LEAN_CHILD | ({"TMPDIR": self._folder} if self._folder else {})
        self._process = subprocess.Popen(
            [sys.executable, "-m", "etl.reading.worker", *filter(None, [self._folder])],
            cwd=PROJECT,
            env=settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._unheard = ["layers"]

    def get_ready(self) -> None:
        """Starts a child that imports what it needs for reading, without waiting for it."""
        self._start()
        with contextlib.suppress(BrokenPipeError):  # its first work finds it gone
            send(self._process.stdin, (GET_READY, None))
        self._unheard.append("ready")

    def _meet(self) -> None:
        """Hears what a child says before its first work is done."""
        if self._process is None:
            self._start()
        for what in self._unheard:
            said = _heard(self._process.stdout)
            self.layers = said if what == "layers" else self.layers
        self._unheard = []

    def do(self, function: str, argument: object) -> object:
        """What `module:name` gives for the argument in the child. Raises RefusedFile where it gives nothing."""
        place = ""
        ended = threading.Event()
        timer = threading.Timer(SECONDS, lambda: (ended.set(), self._process.kill()))
        try:
            timer.start()
            self._meet()
            send(self._process.stdin, (function, argument))
            kind, value = _heard(self._process.stdout)
            while kind == AT:
                place = f"工作表“{value}”："
                kind, value = _heard(self._process.stdout)
        except (BrokenPipeError, _Gone):
            raise RefusedFile(place + self._why_gone(ended.is_set())) from None
        finally:
            timer.cancel()
        if kind == DONE:
            return value
        raise RefusedFile(
            value if kind == REFUSED else place + (TOO_LARGE if kind == OUT_OF_MEMORY else BROKEN.format(value))
        )

    def _why_gone(self, late: bool) -> str:
        """Why the child is there no more, or is no longer to be trusted."""
        process, self._process = self._process, None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return BROKEN.format("读取进程没有回答")
        finally:
            process.stdout.close()
        if late or process.returncode == -signal.SIGXCPU:
            return TOO_LONG
        # Rust ends a process that gets no memory, and so does the kernel.
        return TOO_LARGE if process.returncode in (-signal.SIGABRT, -signal.SIGKILL) else BROKEN.format("读取进程中断")

    def close(self) -> None:
        if self._process is not None:
            self._process.stdin.close()
            self._process.wait()


class _Message:
    """So many bytes of a stream, to be unpickled as they come: a large message is not held a second time."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream, self._left = stream, length

    def _taken(self, part: bytes) -> bytes:
        self._left -= len(part)
        return part

    def read(self, size: int) -> bytes:
        return self._taken(self._stream.read(min(size, self._left)))

    def readline(self) -> bytes:
        return self._taken(self._stream.readline(self._left))

    def readinto(self, buffer: memoryview) -> int:
        count = self._stream.readinto(memoryview(buffer)[: self._left])
        self._left -= count
        return count


def _heard(stream: BinaryIO) -> object:
    """The child's next message. Raises _Gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size or LENGTH.unpack(head)[0] > MEMORY_BYTES:
        raise _Gone
    try:
        return _Answer(_Message(stream, *LENGTH.unpack(head))).load()
    except Exception as error:  # what is cut off or made up fails in many ways
        raise _Gone from error


def in_child(function: str, argument: object, writes: bool = False) -> object:
    """What `module:name` gives for the argument, run in a child that can do nothing else.

    The argument and the answer are pickled; the answer may hold plain values and what `ANSWERS` names. With
    `writes` the function may write temporary files, in a folder of its own that is removed afterwards.

    Raises RefusedFile where the function does, or where it needs more memory or time than it may have.
    """
    with contextlib.ExitStack() as stack:
        worker = _Worker(stack.enter_context(TemporaryDirectory()) if writes else None)
        stack.callback(worker.close)
        return worker.do(function, argument)


def layers() -> tuple[str, ...]:
    """The layers of confinement that hold on this machine (see `etl.receiving.confinement`)."""
    worker = _Worker()
    try:
        worker.do("builtins:len", ())
        return worker.layers
    finally:
        worker.close()


_AHEAD: list[_Worker] = []


def start_ahead() -> None:
    """Starts the child that the next `read_all` reads with: it gets ready while the caller imports and prepares."""
    worker = _Worker()
    worker.get_ready()
    _AHEAD.append(worker)


def read_all(packages: Sequence[Package]) -> Iterator[Reading | RefusedFile]:
    """Readings in the order of the packages; a refusal in the place of a package that cannot be read."""
    count = min(len(packages), os.cpu_count() or 1)
    workers = [_AHEAD.pop() if _AHEAD else _Worker() for _ in range(count)]
    free = list(workers)

    def read(package: Package) -> Reading | RefusedFile:
        worker = free.pop()
        try:
            return worker.do(READ_PACKAGE, package)
        except RefusedFile as refusal:
            return refusal
        finally:
            free.append(worker)

    if not packages:
        return
    with ThreadPoolExecutor(count) as threads:
        try:
            yield from threads.map(read, packages)
        finally:
            for worker in workers:
                worker.close()
