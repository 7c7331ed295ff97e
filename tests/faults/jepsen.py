"""Many writers on a server that is hurt meanwhile: one linear chain, everything acknowledged once, nothing refused.

After the manner of Jepsen: processes append and note what they were told; a nemesis kills them, stops the server's
backends, stalls and cuts lines, cuts them at the moment of a COMMIT, and crashes the server. Where there is a standby,
it is cut off and crashed too, commits that wait for it are made to answer, it takes over, and the server before comes
back uncalled. In the end the chain is held against all notes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from contract.places import Server
from contract.settings import PROJECT
from ledger.events import Ledger
from tests.faults.proxy import AFTER, ASIDE
from tests.faults.servers import CANCELLED, ENDED, Alone, Pair
from tests.faults.tally import Tally
from tests.postgres import ROLE

NAMES = ("甲", "乙", "丙")
KILLED = "a writer killed"
SYNCHRONOUS, ASYNCHRONOUS = STANDBYS = ("synchronous", "asynchronous")
SECONDS_PER_APPEND = 1  # after which a run that does not come to its end is a failure
WITH_STANDBY = 5  # times as many: a server begins anew as a copy of the other each time that one takes over


class Writers:
    """Processes that append, each with its notes; a killed one is followed by another of its name."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self.folder = url, folder
        self._lives: Counter[str] = Counter()
        self._fallen: list[int] = []  # exit codes of those that ended by themselves
        self._running = {name: self._begun(name) for name in NAMES}

    def _begun(self, name: str) -> subprocess.Popen:
        self._lives[name] += 1
        begin = 1_000_000 * self._lives[name]  # no two lives give an entry the same name
        call = [sys.executable, "-m", "tests.faults.appending", self._url, name, str(begin), str(self.folder)]
        return subprocess.Popen(call, cwd=PROJECT)

    def kill(self, name: str) -> None:
        before = self._running[name]
        if before.poll() is not None:
            self._fallen.append(before.returncode)
        before.kill()
        before.wait()
        self._running[name] = self._begun(name)

    @contextmanager
    def paused(self, name: str) -> Iterator[None]:
        pid = self._running[name].pid
        with _stopped(pid):
            yield

    def end(self) -> list[int]:
        """Lets each come to its end; gives their exit codes."""
        (self.folder / "over").touch()
        return self._fallen + [writer.wait(timeout=120) for writer in self._running.values()]

    def notes(self) -> list[list[str]]:
        paths = [self.folder / f"{name}.notes" for name in NAMES]
        return [
            line.split()
            for path in paths
            if path.exists()
            for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
            if line.endswith("\n")
        ]


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    """One that is gone meanwhile is not missed."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


class Nemesis:
    """What is done to writers, lines and servers, one thing at a time."""

    def __init__(self, servers: Alone, writers: Writers, chance: Random, pause: float) -> None:
        self._servers, self._writers, self._chance, self._pause = servers, writers, chance, pause
        self.does: dict[str, tuple[int, Callable[[], None]]] = {
            KILLED: (4, lambda: writers.kill(chance.choice(NAMES))),
            "a writer paused": (2, self._pause_writer),
            "a backend paused": (4, self._pause_backend),
            "a backend ended": (2, self._end_backend),
            "all lines stalled": (3, self._stall),
            "all lines cut": (3, self._cut),
            f"a line cut at COMMIT, {AFTER}": (6, lambda: self._cut_commit(AFTER)),
            f"a line cut at COMMIT, {ASIDE}": (4, lambda: self._cut_commit(ASIDE)),
            "a line cut at COMMIT, and nobody let in": (3, self._cut_and_refuse),
            "the server crashed": (2, servers.crash),
        }
        if isinstance(servers, Pair):
            self.does |= {
                "the standby cut off": (3, lambda: self._without_standby(lambda: None)),
                "the standby crashed": (1, servers.crash_standby),
                "the standby took over": (2, servers.take_over),
                "the standby took over, and the server before came back uncalled": (
                    2, lambda: servers.take_over(self._a_while),
                ),
                "the standby took over, and the server before went on": (
                    2, lambda: servers.take_over(self._a_while, dies=False),
                ),
                "the standby cut off, waits for it cancelled, then took over": (
                    2, lambda: self._without_standby(lambda: servers.end_waits(CANCELLED), servers.take_over),
                ),
                "the standby cut off, waits for it ended, then took over": (
                    2, lambda: self._without_standby(lambda: servers.end_waits(ENDED), servers.take_over),
                ),
                "the standby cut off, the server crashed, then the standby took over": (
                    2, lambda: self._without_standby(servers.crash, servers.take_over),
                ),
            }  # fmt: skip

    def strike(self) -> str:
        name = self._chance.choices(list(self.does), [weight for weight, _ in self.does.values()])[0]
        self.does[name][1]()
        time.sleep(self._chance.uniform(0, self._pause / 2))
        return name

    def _pause_writer(self) -> None:
        with self._writers.paused(self._chance.choice(NAMES)):
            time.sleep(self._pause)

    def _pause_backend(self) -> None:
        with self._servers.primary.connected("postgres") as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE usename = %s"
            found = [pid for (pid,) in connection.execute(query, (ROLE,))]
        if found:
            with _stopped(self._chance.choice(found)):
                time.sleep(self._pause * self._chance.choice((0.3, 1, 4)))

    def _end_backend(self) -> None:
        with self._servers.primary.connected("postgres") as connection:
            query = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s ORDER BY random() LIMIT 1"
            )
            connection.execute(query, (ROLE,))

    def _stall(self) -> None:
        for line in self._servers.lines.values():
            line.stall()
        time.sleep(self._pause * self._chance.choice((0.3, 1, 4)))
        for line in self._servers.lines.values():
            line.flow()

    def _cut(self) -> None:
        for line in self._servers.lines.values():
            line.cut()

    def _cut_commit(self, when: str) -> None:
        line = self._servers.line
        line.cuts_commit = when
        until = time.monotonic() + 3
        while line.cuts_commit and time.monotonic() < until:
            time.sleep(0.005)
        line.cuts_commit = ""

    def _cut_and_refuse(self) -> None:
        """Longer than a writer looks for the outcome."""
        self._cut_commit(self._chance.choice((AFTER, ASIDE)))
        self._servers.line.refuses = True
        self._servers.line.cut()
        time.sleep(1.5)
        self._servers.line.refuses = False

    def _a_while(self) -> None:
        time.sleep(self._chance.uniform(0.5, 3))

    def _without_standby(self, *then: Callable[[], object]) -> None:
        """What is done while commits wait for it; time enough for a writer to be told something between."""
        wire = self._servers.wire
        wire.stall()
        for act in then:
            time.sleep(self._pause * self._chance.choice((0.3, 1, 4)))
            act()
        wire.flow()


def jepsen(folder: Path, appends: int, seed: int, pause: float = 0.3, standby: str | None = None) -> Tally:
    """Hurts a server of its own until so many entries were acknowledged, then holds its chain against the notes.

    `standby`: whether it has one, for which commits wait, or do not (`SYNCHRONOUS`, `ASYNCHRONOUS`).
    """
    tally, chance = Tally(f"{len(NAMES)} writers and a nemesis"), Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    servers = Pair(waits=standby == SYNCHRONOUS) if standby else Alone()
    try:
        database = servers.primary.new_database()
        writers = Writers(servers.url(database), folder)
        nemesis = Nemesis(servers, writers, chance, pause)
        until = time.monotonic() + 60 + appends * SECONDS_PER_APPEND * (WITH_STANDBY if standby else 1)
        try:
            while _acknowledged(writers) < appends and time.monotonic() < until:
                time.sleep(chance.uniform(0, pause))
                done = nemesis.strike()
                (tally.killed if done == KILLED else tally.count)(done)
        finally:
            codes = writers.end()
        with tally.round("in the end"):
            assert codes == [0] * len(NAMES), f"writers ended with {codes}"
            _hold_against(Ledger(Server(servers.primary.url(database), "ledger")), writers.notes(), tally, appends)
    finally:
        servers.remove()
    return tally


def _acknowledged(writers: Writers) -> int:
    return sum(words[0] == "yes" for words in writers.notes())


def _hold_against(ledger: Ledger, notes: list[list[str]], tally: Tally, appends: int) -> None:
    ledger.verify()
    events = ledger.events()
    assert [event.seq for event in events] == list(range(1, len(events) + 1)), "numbers have gaps"
    kept = Counter(event.subject for event in events)
    twice = [subject for subject, count in kept.items() if count > 1]
    assert not twice, f"appended twice: {twice}"
    told: dict[str, list[list[str]]] = defaultdict(list)
    for word, subject, *facts in notes:
        told[subject].append([word, *facts])
    where = {event.subject: [str(event.seq), event.hash] for event in events}
    assert kept.keys() <= told.keys(), "events that nobody appended"
    counted = Counter[str]()
    for subject, said in told.items():
        last, *facts = said[-1]
        counted["retried and acknowledged" if last == "yes" and len(said) > 2 else last] += 1
        assert [word for word, *_ in said].count("yes") <= 1, f"{subject} was acknowledged twice"
        if last == "yes":
            assert where.get(subject) == facts, f"{subject} was acknowledged at {facts}, and is at {where.get(subject)}"
        elif last == "no":
            assert subject not in kept, f"{subject} was refused, and is there"
    for word, number in counted.items():
        tally.places[f"entries whose last word is: {word}"] += number
    tally.places["events of the chain"] += len(events)
    acknowledged = sum(number for word, number in counted.items() if "yes" in word or "acknowledged" in word)
    assert acknowledged >= appends, f"no more than {acknowledged} entries were acknowledged in time"
