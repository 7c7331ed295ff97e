"""Reads packages in child processes with limits on memory and time: what comes in is hostile until shown otherwise."""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from etl.errors import RefusedFile
from etl.reading import Reading
from etl.readworker import TOO_LARGE
from etl.receive import Package
from etl.settings import PROJECT

SECONDS = 60
TOO_LONG = f"文件在{SECONDS}秒内没有读完，已拒收；请删除多余的工作表、空行和格式后重新报送"


class _Worker:
    """One child process; a file that kills or stalls it costs only itself: the next one gets a new child."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None

    def _started(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "etl.readworker"],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def read(self, package: Package) -> Reading | RefusedFile:
        process = self._started()
        late = threading.Timer(SECONDS, process.kill)
        late.start()
        try:
            pickle.dump(package, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            answer = pickle.load(process.stdout)
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            self._process = None
            process.kill()
            with contextlib.suppress(BrokenPipeError):
                process.communicate()
            return RefusedFile(TOO_LARGE if late.is_alive() else TOO_LONG)
        finally:
            late.cancel()
        return RefusedFile(answer) if isinstance(answer, str) else answer

    def close(self) -> None:
        if self._process is not None:
            self._process.stdin.close()
            self._process.wait()


def read_all(packages: Sequence[Package]) -> Iterator[Reading | RefusedFile]:
    """Readings in the order of the packages; a refusal in the place of a package that cannot be read."""
    count = min(len(packages), os.cpu_count() or 1)
    workers = [_Worker() for _ in range(count)]
    free = list(workers)

    def read(package: Package) -> Reading | RefusedFile:
        worker = free.pop()
        try:
            return worker.read(package)
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
