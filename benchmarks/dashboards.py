"""The processes of a load: dashboards on one home, each on a port of this machine, and what they need of its memory."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from contract.settings import PROJECT

LOCAL = "127.0.0.1"
START_SECONDS = 120
AGAIN_SECONDS = 2  # before systemd starts a process anew


@dataclass
class Dashboards:
    """The processes: port → process."""

    home: Path
    ports: list[int]
    log: Path
    settings: Mapping[str, str] = field(default_factory=dict)  # of their environment
    running: dict[int, subprocess.Popen] = field(default_factory=dict)

    def start(self, port: int) -> None:
        options = ("--server.address", LOCAL, "--server.port", str(port), "--server.headless", "true")
        with self.log.open("ab") as output:
            self.running[port] = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", *options],
                cwd=PROJECT,
                env=os.environ | {"PILOT_HOME": str(self.home)} | self.settings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def memory_mb(self) -> float:
        """MB of all processes together, of pages that several have a share each (PSS)."""
        return sum(_memory(process.pid) for process in self.running.values() if process.poll() is None)

    async def answer(self) -> None:
        """Waits until all do. Raises RuntimeError, with what they have said, where one does not."""
        until = time.monotonic() + START_SECONDS
        for port in self.ports:
            while not await _answers(port):
                if time.monotonic() > until:
                    raise RuntimeError(f"no answer on port {port}: {self.log.read_text('utf-8')[-2000:]}")
                await asyncio.sleep(0.2)

    async def lose_one(self, after: float) -> None:
        """Kills the first after so many seconds, and starts it again as systemd does."""
        await asyncio.sleep(after)
        port = self.ports[0]
        self.running[port].kill()
        self.running[port].wait()
        await asyncio.sleep(AGAIN_SECONDS)
        self.start(port)

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
            process.kill()
            process.wait()


def _memory(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOCAL, port)
    except OSError:
        return False
    writer.close()
    return True
