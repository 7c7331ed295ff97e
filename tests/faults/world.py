"""A small pilot to be hurt: homes in the states that a command begins with, and what it should end with."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contract.places import SharedArchive
from contract.settings import Home, parse_time
from ledger.archive import prepare
from ledger.events import Ledger
from ledger.roster import admissions
from tests.etl.conftest import roster
from tests.etl.submissions import BANK, DISTRICT, PERIOD, change, csv_files, submission, workbook
from tests.faults.processes import Child, command, light, must
from tests.faults.served import Ledgers
from tests.faults.soundness import told

NOW = "2026-11-16T09:00:00"
OTHER_BANK = "B002"


@dataclass(frozen=True)
class Case:
    """A command, the home that it begins with, and what snapshots tell before it and after it."""

    name: str
    home: Path
    arguments: tuple[str | Path, ...]
    before: str
    after: str


@dataclass(frozen=True)
class World:
    """The cases by name, and the folder that rounds work in."""

    root: Path
    cases: dict[str, Case]
    is_light: bool
    first: Path  # a home that is listed and published once
    seconds: dict[str, float]  # how long commands take that are left alone
    ledgers: Ledgers | None = None  # where they lie on a server

    def copy(self, home: Path, to: Path) -> Path:
        """A home of its own, with a ledger of its own."""
        shutil.rmtree(to, ignore_errors=True)
        if self.ledgers:
            self.ledgers.copy(home, to)
        return shutil.copytree(home, to)

    def run(self, work: Callable[[], int | None], name: str = "output") -> Child:
        """Starts work in a child of its own."""
        return Child(light(work) if self.is_light else work, self.root / f"{name}.txt")

    def command(self, home: Path, *arguments: str | Path, now: str = NOW) -> Callable[[], None]:
        return command(home, now, *arguments)


def _lay_out(folder: Path, deliveries: dict[str, object]) -> Path:
    """Files (bytes) and folders (files by name)."""
    for name, content in deliveries.items():
        path = folder / name
        if isinstance(content, bytes):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        else:
            path.mkdir(parents=True)
            for file, data in content.items():
                (path / file).write_bytes(data)
    return folder


def first_deliveries() -> dict[str, object]:
    return {
        f"1/{PERIOD}_{BANK}.xlsx": workbook(submission()),
        f"2/{PERIOD}_{DISTRICT}": csv_files(submission(DISTRICT)),
    }


def second_deliveries(again: bytes) -> dict[str, object]:
    """Of each kind one: replaced, returned, new, as a folder, the same bytes again, refused."""
    return {
        f"1/{PERIOD}_{BANK}.xlsx": workbook(change(submission(), "B1", {"amount": "900"})),
        f"2/{PERIOD}_{BANK}.xlsx": workbook(change(submission(), "B1", {"amount": "一千"})),
        f"3/{PERIOD}_{OTHER_BANK}.xlsx": workbook(submission(OTHER_BANK)),
        f"4/{PERIOD}_{DISTRICT}": csv_files(change(submission(DISTRICT), "R2", {"pool_balance": "8000"})),
        f"5/{PERIOD}_{BANK}.xlsx": again,
        "6/来历不明.xlsx": b"no workbook",
    }


def build(root: Path, is_light: bool, ledgers: Ledgers | None = None) -> World:
    """Writes the first home under a folder: members listed, two submissions, published once."""
    given = first_deliveries()
    _lay_out(root / "first", given)
    _lay_out(root / "second", second_deliveries(again=given[f"1/{PERIOD}_{BANK}.xlsx"]))
    world = World(root, {}, is_light, root / "load-base", {}, ledgers)
    if ledgers:
        ledgers.add(world.first)

    def register() -> None:
        if isinstance(Home(world.first).archive, SharedArchive):
            prepare(Home(world.first).archive)
        ledger = Ledger(Home(world.first).ledger)
        ledger.append(parse_time(NOW), admissions(roster(BANK, OTHER_BANK, DISTRICT), [], "测试"))

    must(world.run(register))
    _timed(world, "load", world.first, "load", root / "first")
    return world


def _timed(world: World, name: str, home: Path, *arguments: str | Path) -> None:
    began = time.monotonic()
    must(world.run(world.command(home, *arguments)))
    world.seconds[name] = time.monotonic() - began


def add_cases(world: World) -> World:
    """The same world with the three commands to be hurt: a load; its publication; and a rebuild after both."""
    second = world.root / "second"
    homes = {name: world.root / f"{name}-base" for name in ("load", "publish", "rebuild")}
    world.copy(homes["load"], homes["publish"])
    _timed(world, "load --no-publish", homes["publish"], "load", second, "--no-publish")
    world.copy(homes["publish"], homes["rebuild"])
    _timed(world, "publish", homes["rebuild"], "publish")
    digests = {
        name: must(world.run(lambda home=home: print(told(Home(home))))).printed.strip() for name, home in homes.items()
    }
    assert digests["load"] == digests["publish"] != digests["rebuild"]
    arguments = {"load": ("load", second), "publish": ("publish",), "rebuild": ("rebuild",)}
    for name, home in homes.items():
        world.cases[name] = Case(name, home, arguments[name], digests[name], digests["rebuild"])
    return world
