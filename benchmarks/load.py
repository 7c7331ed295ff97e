"""Many viewers at once on several dashboards of one home: how long pages take, and what memory they need.

    python -m benchmarks.load HOME --viewers 50 --every 10 --processes 2 --seconds 180 --kill

Each viewer opens a page, chosen at random from those in its menu, every so many seconds, and now and then a new tab.
With `--kill` one process is killed half-way and started again: its viewers go on to the others, as behind nginx.
Viewers and dashboards share the machine; what the viewers themselves take is told too. HOME is written to by nobody.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from math import ceil
from pathlib import Path

import click
from websockets.exceptions import WebSocketException

from benchmarks.viewer import Opened, open_page, session
from contract.settings import PROJECT, Home
from etl.snapshot.opened import connect
from etl.upkeep.machine import machine
from pages.shell.navigation import SECTIONS

MB = 1 << 20
RESULTS = Path(__file__).resolve().parent / "results"
LOCAL = "127.0.0.1"
START_SECONDS = 120
NEW_TAB = 1 / 6  # of all openings
AGAIN_SECONDS = 0.5  # before a browser that lost its line asks again
TARGETS = {"p95": 2.0, "memory_mb": 1536}


@dataclass
class Dashboards:
    """The processes: port → process, and which answer."""

    home: Path
    ports: list[int]
    log: Path
    running: dict[int, subprocess.Popen] = field(default_factory=dict)

    def start(self, port: int) -> None:
        options = ("--server.address", LOCAL, "--server.port", str(port), "--server.headless", "true")
        with self.log.open("ab") as output:
            self.running[port] = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", *options],
                cwd=PROJECT,
                env=os.environ | {"PILOT_HOME": str(self.home)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def memory_mb(self) -> dict[int, float]:
        """Port → MB of its process, with its share of pages that several have (PSS)."""
        return {port: _memory(process.pid) for port, process in self.running.items() if process.poll() is None}

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
            process.kill()


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


async def _await_all(dashboards: Dashboards) -> None:
    until = time.monotonic() + START_SECONDS
    for port in dashboards.ports:
        while not await _answers(port):
            if time.monotonic() > until:
                raise RuntimeError(f"no answer on port {port}: {dashboards.log.read_text('utf-8')[-2000:]}")
            await asyncio.sleep(0.2)


@dataclass(frozen=True)
class Role:
    """Who a viewer is, as the demonstration sign-in takes it from the address, and the pages in its menu."""

    query: str
    pages: tuple[str, ...]


def roles(home: Path) -> list[Role]:
    """Two fifths analysts, two fifths banks, one fifth districts, of the demonstration in a home."""
    with connect(Home(home).current_snapshot()) as connection:
        rows = connection.execute("SELECT code, kind FROM member ORDER BY code").fetchall()
    codes = {kind: sorted({code for code, its in rows if its == kind}) for kind in ("bank", "district")}
    entries = [entry for listed in SECTIONS.values() for entry in listed]
    every = tuple(entry.address for entry in entries)
    few = ("overview", "filing", "evaluation")
    return [
        *(Role("", every) for _ in range(20)),
        *(Role(f"as=institution-{code}", few) for code in codes["bank"][:20]),
        *(Role(f"as=district-{code}", few) for code in codes["district"][:10]),
    ]


@dataclass
class Figures:
    """What was measured: pages opened (`at` seconds from the start), those that failed by why, MB by second."""

    opened: list[tuple[float, Opened]] = field(default_factory=list)
    failed: Counter = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)


async def _view(number: int, role: Role, addresses: list[str], every: float, until: float, kept: Figures) -> None:
    """One viewer until the end: opens a page at each of its moments, or once the one before stands."""
    choose, begun = random.Random(number), time.monotonic()
    home = number % len(addresses)
    moment = begun + choose.random() * every
    while time.monotonic() < until:
        try:
            async with session(addresses[home]) as line:
                while time.monotonic() < until:
                    await asyncio.sleep(max(0.0, moment - time.monotonic()))
                    moment = max(moment + every, time.monotonic())
                    page = await open_page(line, choose.choice(role.pages), role.query)
                    kept.opened.append((time.monotonic() - begun, page))
                    if choose.random() < NEW_TAB:
                        break
        except TimeoutError:
            kept.failed["took too long"] += 1
        except (OSError, WebSocketException) as error:
            kept.failed[type(error).__name__] += 1
            home = (home + 1) % len(addresses)
            await asyncio.sleep(AGAIN_SECONDS)


async def _watch(dashboards: Dashboards, begun: float, until: float, kept: Figures) -> None:
    while time.monotonic() < until:
        together = await asyncio.to_thread(lambda: sum(dashboards.memory_mb().values()))
        kept.memory.append((time.monotonic() - begun, together))
        await asyncio.sleep(2)


async def _kill(dashboards: Dashboards, moment: float) -> None:
    await asyncio.sleep(moment)
    port = dashboards.ports[0]
    dashboards.running[port].kill()
    dashboards.running[port].wait()
    await asyncio.sleep(2)  # as systemd waits
    dashboards.start(port)


async def run(dashboards: Dashboards, viewers: int, every: float, seconds: float, kill: bool) -> Figures:
    """The load from its first second to its last."""
    await _await_all(dashboards)
    everyone, kept = roles(dashboards.home), Figures()
    addresses = [f"http://{LOCAL}:{port}" for port in dashboards.ports]
    begun = time.monotonic()
    until = begun + seconds
    tasks = [
        _view(number, everyone[number % len(everyone)], addresses, every, until, kept) for number in range(viewers)
    ]
    killing = [_kill(dashboards, seconds / 2)] if kill else []
    await asyncio.gather(*tasks, *killing, _watch(dashboards, begun, until, kept))
    return kept


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * share) - 1)] if ordered else 0.0


def summary(kept: Figures, seconds: float) -> dict[str, object]:
    """The figures of a load: seconds of pages, failures, MB; the first minute, in which caches fill, apart."""
    warm = [page for at, page in kept.opened if at > min(60, seconds / 3)]
    by_page = defaultdict(list)
    for page in warm:
        by_page[page.page].append(page.seconds)
    slowest = sorted(((percentile(times, 0.95), name, len(times)) for name, times in by_page.items()), reverse=True)
    third = [mb for at, mb in kept.memory if at > seconds * 2 / 3]
    middle = [mb for at, mb in kept.memory if seconds / 3 < at <= seconds * 2 / 3]
    return {
        "opened": len(kept.opened),
        "warm": len(warm),
        "p50": statistics.median([page.seconds for page in warm] or [0.0]),
        "p95": percentile([page.seconds for page in warm], 0.95),
        "longest": max((page.seconds for page in warm), default=0.0),
        "first_minute_p95": percentile([page.seconds for at, page in kept.opened if at <= 60], 0.95),
        "showed_an_error": sum(page.failed for _, page in kept.opened),
        "not_opened": dict(kept.failed),
        "received_mb": sum(page.received for _, page in kept.opened) / MB,
        "memory_mb": max((mb for _, mb in kept.memory), default=0.0),
        "memory_growth_mb": statistics.mean(third or [0.0]) - statistics.mean(middle or [0.0]),
        "slowest": [{"page": name, "p95": time, "opened": count} for time, name, count in slowest[:6]],
    }


@click.command()
@click.argument("home", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--viewers", default=50, show_default=True)
@click.option("--every", default=10.0, show_default=True, help="Seconds between two pages of a viewer.")
@click.option("--processes", default=2, show_default=True)
@click.option("--seconds", default=180.0, show_default=True)
@click.option("--first-port", default=8601, show_default=True)
@click.option("--kill", is_flag=True, help="Kill one process half-way and start it again.")
def main(home: Path, viewers: int, every: float, processes: int, seconds: float, first_port: int, kill: bool) -> None:
    """Run the load on the demonstration in HOME, and print and keep the figures."""
    RESULTS.mkdir(exist_ok=True)
    moment = datetime.now(UTC)
    path = RESULTS / f"load-{moment:%Y%m%dT%H%M%S}.json"
    ports = list(range(first_port, first_port + processes))
    dashboards = Dashboards(home.resolve(), ports, path.with_suffix(".log"))
    try:
        for port in ports:
            dashboards.start(port)
        kept = asyncio.run(run(dashboards, viewers, every, seconds, kill))
    finally:
        dashboards.stop()
    told = summary(kept, seconds)
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    told |= dict(zip(("cpu_dashboards", "cpu_viewers"), (it.ru_utime + it.ru_stime for it in usage), strict=True))
    settings = {"viewers": viewers, "every": every, "processes": processes, "seconds": seconds, "kill": kill}
    facts = {fact.subject: fact.state for fact in machine()}
    content = {"at": moment.isoformat(timespec="seconds"), "machine": facts, "settings": settings, "figures": told}
    content |= {"memory": kept.memory, "pages": [(round(at, 1), asdict(page)) for at, page in kept.opened]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, value in told.items():
        click.echo(f"{name:<18}{value:>10.2f}" if isinstance(value, float) else f"{name:<18}{value}")
    missed = [name for name, most in TARGETS.items() if told[name] > most]
    click.echo(f"missed: {', '.join(missed)}" if missed else "targets met")
    click.echo(f"→ {path}")


if __name__ == "__main__":
    main()
