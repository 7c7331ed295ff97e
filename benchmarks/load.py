"""Many viewers at once on several dashboards of one home: how long pages take, and what memory they need.

    python -m benchmarks.load HOME --signed-in --viewers 50 --every 10 --processes 2 --seconds 180 --kill

Each viewer opens a page, chosen at random from those in its menu, every so many seconds, and now and then a new tab.
With `--signed-in` each has an account, signs in by name and password, and comes through nginx where that is installed;
without it the demonstration's sign-in, where nobody does. With `--kill` one process is killed half-way and started
again: its viewers go on to the others. Viewers and dashboards share the machine; what the viewers themselves take is
told too. HOME stays as it is: with sign-in the load has a copy.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import shutil
import signal
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path

import click
from websockets.exceptions import WebSocketException

from benchmarks.dashboards import LOCAL, Dashboards
from benchmarks.office import PASSWORD, Desk, desks, open_office
from benchmarks.viewer import Browser, Opened, open_page, session
from etl.upkeep.machine import machine
from scripts.serving import alone
from scripts.serving.declaration import read

MB = 1 << 20
RESULTS = Path(__file__).resolve().parent / "results"
NEW_TAB = 1 / 6  # of all openings
AGAIN_SECONDS = 0.5  # before a browser that lost its line asks again
MINUTE = 60
TARGETS = {"p95": 2.0, "memory_mb": 1536}


@dataclass(frozen=True)
class Site:
    """What viewers come to: the address they open, and the processes to go to where no nginx leads there."""

    address: str
    places: tuple[tuple[str, int] | None, ...]
    is_signed_in: bool

    def browser(self, number: int) -> Browser:
        return Browser(self.address, self.places[number % len(self.places)])


@dataclass
class Figures:
    """What was measured: pages opened (`at` seconds from the start), those that failed by why, MB by second, and how
    long it took until everybody had signed in."""

    opened: list[tuple[float, Opened]] = field(default_factory=list)
    failed: Counter = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)
    signing_in: float = 0.0


async def _view(number: int, desk: Desk, browser: Browser, site: Site, every: float, until: float, kept: Figures):
    """One viewer until the end: opens a page at each of its moments, or once the one before stands."""
    choose, begun = random.Random(number), time.monotonic()
    query = "" if site.is_signed_in else desk.query
    home = number
    moment = begun + choose.random() * every
    while time.monotonic() < until:
        try:
            async with session(browser) as line:
                while time.monotonic() < until:
                    await asyncio.sleep(max(0.0, moment - time.monotonic()))
                    moment = max(moment + every, time.monotonic())
                    page = await open_page(line, choose.choice(desk.pages), query)
                    kept.opened.append((time.monotonic() - begun, page))
                    if choose.random() < NEW_TAB:
                        break
        except TimeoutError:
            kept.failed["took too long"] += 1
        except (OSError, WebSocketException) as error:
            kept.failed[type(error).__name__] += 1
            home += 1
            browser.place = site.places[home % len(site.places)]
            await asyncio.sleep(AGAIN_SECONDS)


async def _watch(dashboards: Dashboards, begun: float, until: float, kept: Figures) -> None:
    while time.monotonic() < until:
        kept.memory.append((time.monotonic() - begun, await asyncio.to_thread(dashboards.memory_mb)))
        await asyncio.sleep(2)


async def run(dashboards: Dashboards, site: Site, seated: list[Desk], every: float, seconds: float, kill: bool):
    """The load from its first second to its last."""
    await dashboards.answer()
    kept = Figures()
    browsers = [site.browser(number) for number in range(len(seated))]
    if site.is_signed_in:
        begun = time.monotonic()
        entering = (
            asyncio.to_thread(browser.sign_in, desk.viewer.name, PASSWORD)
            for browser, desk in zip(browsers, seated, strict=True)
        )
        await asyncio.gather(*entering)
        kept.signing_in = time.monotonic() - begun
    begun = time.monotonic()
    until = begun + seconds
    tasks = [
        _view(number, desk, browser, site, every, until, kept)
        for number, (desk, browser) in enumerate(zip(seated, browsers, strict=True))
    ]
    killing = [dashboards.lose_one(seconds / 2)] if kill else []
    await asyncio.gather(*tasks, *killing, _watch(dashboards, begun, until, kept))
    return kept


@contextmanager
def behind(ports: list[int], with_nginx: bool, is_signed_in: bool) -> Iterator[Site]:
    """What viewers come to: nginx as the service has it, one port beyond the processes', or the processes alone."""
    if not with_nginx:
        places = tuple((LOCAL, port) for port in ports)
        yield Site(f"http://localhost:{ports[0]}", places, is_signed_in)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        service = replace(
            read(), host="localhost", https_port=ports[-1] + 1, http_port=ports[-1] + 2, first_port=ports[0],
            processes=len(ports), nginx_log=f"{name}/log", certificate=f"{name}/tls.crt",
            certificate_key=f"{name}/tls.key",
        )  # fmt: skip
        alone.certify(service)
        with alone.front(service, folder):
            yield Site(f"https://{service.authority}", (None,), is_signed_in)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * share) - 1)] if ordered else 0.0


def by_minute(memory: Sequence[tuple[float, float]]) -> list[int]:
    """MB in each whole minute that was looked at, on average."""
    minutes = defaultdict(list)
    for at, mb in memory:
        minutes[int(at // MINUTE)].append(mb)
    return [round(statistics.mean(minutes[minute])) for minute in sorted(minutes)]


def summary(kept: Figures, seconds: float) -> dict[str, object]:
    """The figures of a load: seconds of pages, failures, MB; the first minute, in which caches fill, apart."""
    warm = [page for at, page in kept.opened if at > min(MINUTE, seconds / 3)]
    by_page = defaultdict(list)
    for page in warm:
        by_page[page.page].append(page.seconds)
    slowest = sorted(((percentile(times, 0.95), name, len(times)) for name, times in by_page.items()), reverse=True)
    third = [mb for at, mb in kept.memory if at > seconds * 2 / 3]
    middle = [mb for at, mb in kept.memory if seconds / 3 < at <= seconds * 2 / 3]
    return {
        "signing_in": kept.signing_in,
        "opened": len(kept.opened),
        "warm": len(warm),
        "p50": statistics.median([page.seconds for page in warm] or [0.0]),
        "p95": percentile([page.seconds for page in warm], 0.95),
        "longest": max((page.seconds for page in warm), default=0.0),
        "first_minute_p95": percentile([page.seconds for at, page in kept.opened if at <= MINUTE], 0.95),
        "showed_an_error": sum(page.failed for _, page in kept.opened),
        "not_opened": dict(kept.failed),
        "received_mb": sum(page.received for _, page in kept.opened) / MB,
        "memory_mb": max((mb for _, mb in kept.memory), default=0.0),
        "memory_growth_mb": statistics.mean(third or [0.0]) - statistics.mean(middle or [0.0]),
        "memory_by_minute": by_minute(kept.memory),
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
@click.option("--signed-in", is_flag=True, help="Viewers with accounts of their own, on a copy of HOME.")
@click.option("--bare", is_flag=True, help="Go to the processes straight, though nginx is installed.")
def main(
    home: Path, viewers: int, every: float, processes: int, seconds: float, first_port: int, kill: bool,
    signed_in: bool, bare: bool,
) -> None:  # fmt: skip
    """Run the load on the demonstration in HOME, and print and keep the figures."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is stopped
    RESULTS.mkdir(exist_ok=True)
    moment = datetime.now(UTC)
    path = RESULTS / f"load-{moment:%Y%m%dT%H%M%S}.json"
    ports = list(range(first_port, first_port + processes))
    seated = desks(home, viewers)
    with_nginx = signed_in and alone.IS_INSTALLED and not bare
    with ExitStack() as stack:
        site = stack.enter_context(behind(ports, with_nginx, signed_in))
        settings, place = {}, home.resolve()
        if signed_in:
            folder = Path(tempfile.mkdtemp(prefix="pilot-load-"))
            stack.callback(shutil.rmtree, folder)
            settings, place = {"FORWARDED_ALLOW_IPS": ""}, open_office(place, folder, site.address, seated)
        dashboards = Dashboards(place, ports, path.with_suffix(".log"), settings)
        stack.callback(dashboards.stop)
        for port in ports:
            dashboards.start(port)
        kept = asyncio.run(run(dashboards, site, seated, every, seconds, kill))
    told = {"through": "nginx" if with_nginx else "the processes themselves"} | summary(kept, seconds)
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    told |= dict(zip(("cpu_dashboards", "cpu_viewers"), (it.ru_utime + it.ru_stime for it in usage), strict=True))
    settings = {"viewers": viewers, "every": every, "processes": processes, "seconds": seconds, "kill": kill}
    settings |= {"signed_in": signed_in}
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
