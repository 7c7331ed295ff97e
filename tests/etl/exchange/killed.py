"""An export killed at its every step: `python -m tests.etl.exchange.killed HOME FOLDER`, in a process of its own.

HOME has published twice. FOLDER is exported to from its first data version. For each step that leaves another state on
the disk, a copy of it is exported to from the second by a child that is killed there; then it must show the one before
or all of the new one, and the next export must complete it. Prints how many states there were.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

import etl.exchange.export
from contract.settings import Home
from etl.exchange.export import export
from etl.exchange.manifest import MAKING, opened
from etl.exchange.tables import tables
from etl.snapshot.opened import current, numbered
from etl.warehouse.snapshot_files import file_digest
from tests.faults.processes import Child, must
from tests.faults.steps import Steps

ONE_IN = 5
TABLES = ("B1", "presence", "member")


def shown(folder: Path) -> str:
    """The name of what a folder shows, once it is sure that all of it is there as it was written."""
    place, manifest = opened(folder)
    for part in manifest.parts:
        assert file_digest(place / part.path) == part.sha256, part.path
    return place.name


def seen_by_readers(folder: Path) -> tuple:
    """What a folder shows from outside: its entries, and which of them is current."""
    pointer = folder / "CURRENT"
    return sorted(path.name for path in folder.iterdir()), pointer.exists() and pointer.read_bytes()


class Watched(Steps):
    """Steps that also tell what readers see before each."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.seen: list[tuple] = []

    def step(self, what: str, frame: FrameType) -> None:
        self.seen.append(seen_by_readers(self._home))
        super().step(what, frame)


def counted(home: Home, folder: Path) -> None:
    """Prints the numbers of steps to kill at: where readers see something else than the step before, and one in
    `ONE_IN` of those that change anything else on the disk."""
    steps = Watched(folder)
    steps.start()
    export(home, folder, "测试")
    steps.stop()
    pairs = list(enumerate(zip(steps.seen, steps.found, strict=True), 1))
    turns = [number for (number, now), (_, before) in zip(pairs[1:], pairs, strict=False) if now[0] != before[0]]
    others = [number for (number, now), (_, before) in zip(pairs[1:], pairs, strict=False) if now[1] != before[1]]
    print(*sorted({*turns, *others[::ONE_IN]}))


def killed_at(home: Home, folder: Path, number: int) -> None:
    steps = Steps(number=number, fatal=lambda: os.kill(os.getpid(), signal.SIGKILL))
    steps.start()
    export(home, folder, "测试")


def main(home: Home, first: Path) -> None:
    few = {code: table for code, table in tables().items() if code in TABLES}
    etl.exchange.export.tables = lambda: few  # what is true of some files is true of more
    etl.exchange.export.current = lambda home: numbered(home, 1)
    must(Child(lambda: killed_at(home, first, 0), first.parent / "output.txt"))
    etl.exchange.export.current = current
    work, output = first.parent / "killed", first.parent / "output.txt"

    def copied() -> Path:
        """The same files: hard links among them stay."""
        shutil.rmtree(work, ignore_errors=True)
        return shutil.copytree(first, work, copy_function=os.link)

    states = must(Child(lambda: counted(home, copied()), output)).printed.split()
    before, names = shown(first), set()
    for state in map(int, states):
        folder = copied()
        assert Child(lambda folder=folder, state=state: killed_at(home, folder, state), output).ended().code is None
        names.add(shown(folder))
        must(Child(lambda folder=folder: print(export(home, folder, "测试").name), output))
        assert shown(folder) != before
        assert not [path.name for path in folder.iterdir() if path.name.startswith(MAKING)]
    assert before in names and len(names) > 1
    print(len(states))


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), Path(sys.argv[2]))
