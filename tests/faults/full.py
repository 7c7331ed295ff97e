"""Disks that are full: each call of Python refused in turn, a limit on what files may hold, a small file system."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

from contract.settings import Home
from tests.faults.everystep import mended
from tests.faults.processes import Ended, must
from tests.faults.soundness import check_kept, events
from tests.faults.steps import counted, refused_at, states, steps_of
from tests.faults.tally import Tally
from tests.faults.world import Case, World

KB, MB = 1 << 10, 1 << 20
# From what a command prints, through the ledger and its log, to staging and the snapshots.
LIMITS = (4 * KB, 16 * KB, 32 * KB, 48 * KB, 64 * KB, 96 * KB, 256 * KB, MB, 2 * MB, 4 * MB, 6 * MB, 8 * MB)
SPARE = (0, 16 * KB, 64 * KB, 128 * KB, 256 * KB, MB, 2 * MB, 4 * MB, 6 * MB, 8 * MB, 10 * MB, 12 * MB)
# A refusal of these ends in the words of the system; DuckDB and SQLite make their own calls, which the limit refuses.
REFUSABLE = (" write", " flush", " fsync", " open", " mkdir", " replace", " sendfile", ".write", ".flush")


def _is_clear(end: Ended) -> None:
    """The command was done, or said in one line why not."""
    assert end.code in (0, 1, 2), f"ended with {end.code}:\n{end.printed}"
    assert "Traceback" not in end.printed, end.printed
    if end.code == 2:
        (line,) = [line for line in end.printed.splitlines() if line.startswith("错误：")]
        assert any(words in line for words in ("磁盘", "允许的大小", "损坏或无法读写")), line


def _round(
    world: World,
    case: Case,
    home: Home,
    hurt: Callable[[], int | None],
    where: str,
    tally: Tally,
    disk: Path | None = None,
) -> None:
    """The command on a full disk; then, with room again, what must hold."""
    known = events(home)
    end = world.run(hurt).ended()
    tally.count(f"{where}: {'refused' if end.code == 2 else 'done'}")
    with tally.round(where):
        _is_clear(end)
    if disk:
        subprocess.run(["mount", "-o", f"remount,size={200 * MB}", disk], check=True)
    with tally.round(where):
        must(world.run(mended(world, case, home, lambda: check_kept(home, known, end.printed)), "check"))


def refused_calls(world: World, one_in: int = 1) -> Tally:
    """Each call of the system by which load and publish write, refused once."""
    tally = Tally("a full disk at every call")
    case = world.cases["load"]
    home = world.copy(case.home, world.root / "counted")
    first = states(steps_of(must(world.run(counted(home, world.command(home, *case.arguments)))).printed))
    writing = [(number, name) for number, name in first if name.endswith(REFUSABLE) and "commands" not in name]
    for number, name in writing[::one_in]:
        home = Home(world.copy(case.home, world.root / "full"))
        hurt = refused_at(number, world.command(home.root, *case.arguments))
        _round(world, case, home, hurt, name, tally)
    return tally


def limited_files(world: World, one_in: int = 1) -> Tally:
    """No file may grow beyond a limit: what SQLite and DuckDB write is refused by the system itself."""
    tally = Tally("files that may not grow")
    for case in (world.cases["load"], world.cases["publish"]):
        for limit in LIMITS[::one_in]:
            home = Home(world.copy(case.home, world.root / "full"))

            def hurt(home: Home = home, case: Case = case, limit: int = limit) -> int | None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                return world.command(home.root, *case.arguments)()

            _round(world, case, home, hurt, f"{case.name}, {limit // KB} KB", tally)
    return tally


def small_disk(world: World, one_in: int = 1) -> Tally:
    """A file system of its own with so much room left; where the system lets none be mounted, that is said."""
    tally = Tally("a small file system")
    place = world.root / "disk"
    place.mkdir(exist_ok=True)
    for case in (world.cases["load"], world.cases["publish"]):
        for spare in SPARE[::one_in]:
            if not _mounted(place, _size(case.home) + spare):
                tally.count("no file system could be mounted here")
                return tally
            try:
                home = Home(world.copy(case.home, place / "home"))
                _round(
                    world,
                    case,
                    home,
                    world.command(home.root, *case.arguments),
                    f"{case.name}, {spare // KB} KB left",
                    tally,
                    place,
                )
            finally:
                subprocess.run(["umount", place], check=True)
    return tally


def _size(folder: Path) -> int:
    """What a folder takes on a file system of pages."""
    page = 4 * KB
    return sum(-(-path.stat().st_size // page) * page + page for path in folder.rglob("*")) + page


def _mounted(place: Path, size: int) -> bool:
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True, check=False
        )
    except FileNotFoundError:
        return False
    return done.returncode == 0 and os.statvfs(place).f_bavail > 0
